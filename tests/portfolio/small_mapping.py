"""The small mapping that most import tests read through, and the day they stand at."""

from __future__ import annotations

from datetime import date

AS_OF = date(2026, 3, 2)

SMALL = """
mapping: small
kind: accounts
columns:
  debtor_id: {from: 客户号}
  name: {from: 姓名, type: person}
  account_id: {from: 账号}
  product: {from: 产品, map: {信用卡: credit_card, 现金贷: cash_loan}}
  lender_type: {default: bank}
  due_date: {from: 到期日}
  principal_fen: {from: 本金}
"""
HEADER = "客户号,姓名,账号,产品,到期日,本金"
