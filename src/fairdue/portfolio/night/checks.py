"""What is odd in the rows: each check is a query that gives a key and a count, and the sentence that goes with it."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from fairdue.core.findings import Finding, Place, Severity
from fairdue.core.text import Text

from .inputs import WHY


@dataclass(frozen=True, slots=True)
class Check:
    """`sql` gives (key, count); the sentence is `key what (count)`."""

    code: str
    sql: str
    what: Text
    mend: Text
    severity: Severity = Severity.WARNING


_REFUSED = "SELECT COALESCE(account_id, '?'), COUNT(*) FROM refused WHERE code = '{}' GROUP BY 1"
CHECKS = (
    Check(
        "night.account.duplicate",
        _REFUSED.format("night.account.duplicate"),
        Text("账户重复出现,只取应还最多的一行", "appears more than once; only the row with the most due is used"),
        Text("在来源里去重。", "Remove the duplicates at the source."),
    ),
    Check(
        "night.account.id",
        _REFUSED.format("night.account.id"),
        Text("缺账户号或债务人号,未参与计算", "has no account or debtor id and was left out"),
        Text("补上编号。", "Give both ids."),
        Severity.ERROR,
    ),
    Check(
        "night.account.amount",
        _REFUSED.format("night.account.amount"),
        Text(
            "金额缺失、为负或大得不可信,未参与计算", "has no amount, a negative or an incredible one and was left out"
        ),
        Text("金额写非负整数分。", "Write amounts as whole, non-negative fen."),
        Severity.ERROR,
    ),
    Check(
        "night.account.due_date",
        "SELECT account_id, COUNT(*) FROM accounts_in WHERE due_date IS NULL AND due_fen > 0 GROUP BY 1",
        Text("没有到期日,不算逾期", "has no due date and is not treated as late"),
        Text("补上到期日。", "Give the due date."),
    ),
    Check(
        "night.account.product",
        "SELECT COALESCE(product, '?'), COUNT(*) FROM accounts_in a WHERE NOT EXISTS (SELECT 1 FROM rates r WHERE r.product = a.product) GROUP BY 1",
        Text(
            "产品没有参数,未计利息和违约金", "is a product without parameters: no interest or late charge was computed"
        ),
        Text("在 packs/products 里加上这个产品。", "Add the product to packs/products."),
    ),
    Check(
        "night.event.time",
        "SELECT COALESCE(account_id, debtor_id, '?'), COUNT(*) FROM events_in WHERE local_day IS NULL GROUP BY 1",
        Text("有事件没有时间,未计入", "has events without a time; they were not counted"),
        Text("补上时间。", "Give the time."),
    ),
    Check(
        "night.event.kind",
        "SELECT COALESCE(kind, '?'), COUNT(*) FROM events_in WHERE kind IS NULL OR kind NOT IN ('payment', 'attempt', 'conversation', 'promise', 'letter') GROUP BY 1",
        Text("不是规定的事件类型,未计入", "is not a kind of event the night knows; not counted"),
        Text("用规定的类型。", "Use the kinds of formats.md."),
    ),
    Check(
        "night.event.account",
        "SELECT COALESCE(account_id, '?'), COUNT(*) FROM events_in e WHERE kind = 'payment' AND NOT EXISTS (SELECT 1 FROM accounts_in a WHERE a.account_id = e.account_id) GROUP BY 1",
        Text("有还款,但账户不在账户文件里", "has payments but is not in the accounts file"),
        Text("核对账号,或补上账户。", "Check the number or supply the account."),
    ),
    Check(
        "night.event.debtor",
        "SELECT COALESCE(debtor_id, '?'), COUNT(*) FROM events_in e WHERE kind <> 'payment' AND NOT EXISTS (SELECT 1 FROM zones z WHERE z.debtor_id = e.debtor_id) GROUP BY 1",
        Text("有联系记录,但没有账户", "has contacts but no account"),
        Text("核对债务人号。", "Check the debtor id."),
        Severity.INFO,
    ),
    Check(
        "night.event.amount",
        "SELECT COALESCE(account_id, debtor_id, '?'), COUNT(*) FROM events_in WHERE kind = 'payment' AND (amount_fen IS NULL OR amount_fen <= 0) GROUP BY 1",
        Text("还款金额不是正数,未计入", "has payments without a positive amount; they were not counted"),
        Text("金额写正数。", "Write positive amounts."),
    ),
    Check(
        "night.event.future",
        "SELECT COALESCE(account_id, debtor_id, '?'), COUNT(*) FROM events_in, params WHERE local_day > as_of GROUP BY 1",
        Text("有晚于作业日的事件,未计入", "has events after the day; they were not counted"),
        Text("核对日期。", "Check the dates."),
    ),
    Check(
        "night.task.debtor",
        "SELECT COALESCE(debtor_id, '?'), COUNT(*) FROM tasks_in t WHERE NOT EXISTS (SELECT 1 FROM zones z WHERE z.debtor_id = t.debtor_id) GROUP BY 1",
        Text("有待办,但没有账户", "has a task but no account"),
        Text("核对债务人号。", "Check the debtor id."),
    ),
)


def row_findings(con: duckdb.DuckDBPyConnection, limit: int = 1000) -> list[Finding]:
    """At most `limit` findings of each code in a stable order; one more says how many were not listed."""
    out: list[Finding] = []
    for check in CHECKS:
        rows = con.execute(f"{check.sql} ORDER BY 1 LIMIT {limit}").fetchall()
        for key, count in rows:
            text = Text(f"{key} {check.what.zh}({count})。", f"{key} {check.what.en} ({count}).")
            out.append(Finding(check.code, text, WHY, check.mend, Place("night", None, str(key)), check.severity))
        if len(rows) == limit:
            total = con.execute(f"SELECT COUNT(*) FROM ({check.sql}) counted").fetchone()  # noqa: S608 - our own query
            more = (total[0] if total else limit) - limit
            if more:
                text = Text(f"另有 {more} 个:{check.what.zh}。", f"{more} more: {check.what.en}.")
                out.append(Finding(check.code, text, WHY, check.mend, Place("night"), check.severity))
    return out
