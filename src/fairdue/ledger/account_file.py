"""An account and its events in one YAML or JSON file, for `fairdue quote` and for golden tests.

    account_id: "6001"
    product: credit_card              # a code of packs/products
    lender_type: bank                 # bank consumer_finance microloan private telecom debt_buyer
    opened: 2019-05-01                # contract date, for the rate caps (may be left out)
    minimum_fen: 240000               # the overdue part, when the feed says it (may be left out)
    cycles: 1
    first_contact: 2026-03-02         # for a plan inside the commission period (`fairdue playbook render`; may be left out)
    closing: 2026-03-31               # the closing date of the commission (may be left out)
    due_items:
      - {due_date: 2026-01-30, principal_fen: 2400000, interest_fen: 0, fee_fen: 0}
    events:
      - {reference: P1, kind: payment, value_date: 2026-02-10, amount_fen: 100000}
      - {reference: R1, kind: reversal, value_date: 2026-02-12, amount_fen: 100000, reverses: P1}

Amounts are whole fen, never a decimal: YAML reads 24000.50 as a float. Kinds: opening charge payment reversal fee waiver;
`component` (cost interest penalty fee principal) says what a fee or waiver belongs to; `note` is printed with it.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from fairdue.core.findings import Finding, Place
from fairdue.core.money import MAX_FEN
from fairdue.core.text import Text
from fairdue.packs import PackError, line_of, read_yaml

from .facts import AccountFacts, DueItem, EventKind, LedgerEvent


def _iso(value: object) -> object:
    """JSON has no dates: an ISO text is read as one; anything else is left for the type check."""
    return date.fromisoformat(value) if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_iso)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Item(_Strict):
    due_date: Day
    principal_fen: int = Field(ge=0, le=MAX_FEN)
    interest_fen: int = Field(default=0, ge=0, le=MAX_FEN)
    fee_fen: int = Field(default=0, ge=0, le=MAX_FEN)


class _Event(_Strict):
    reference: str
    kind: EventKind = Field(strict=False)
    value_date: Day
    amount_fen: int = Field(le=MAX_FEN)
    booked_on: Day | None = None
    component: str | None = None
    reverses: str | None = None
    note: str = ""


class _File(_Strict):
    account_id: str
    product: str
    lender_type: str
    due_items: tuple[_Item, ...] = Field(strict=False)
    opened: Day | None = None
    cycles: int | None = Field(default=None, ge=0, le=1200)
    limit_fen: int | None = Field(default=None, ge=0, le=MAX_FEN)
    minimum_fen: int | None = Field(default=None, ge=0, le=MAX_FEN)
    credit_fen: int = Field(default=0, ge=0, le=MAX_FEN)
    currency: str = "CNY"
    first_contact: Day | None = None
    closing: Day | None = None
    events: tuple[_Event, ...] = Field(default=(), strict=False)


def read_account(path: Path) -> tuple[tuple[AccountFacts, tuple[LedgerEvent, ...]] | None, list[Finding]]:
    """The account of a file and its events; None with findings (file, line, field) when the file is not one."""
    try:
        value = read_yaml(path)
        raw = _File.model_validate(value)
    except PackError as exc:
        what = Text(zh=f"文件读不了:{exc}", en=f"The file cannot be read: {exc}")
        return None, [_finding(what, Place(path.name, exc.line))]
    except ValidationError as exc:
        findings = []
        for error in exc.errors():
            where = ".".join(str(part) for part in error["loc"])
            line = line_of(value, str(error["loc"][0]) if error["loc"] else None)
            message = Text(zh=f"{where}:{error['msg']}", en=f"{where}: {error['msg']}")
            findings.append(_finding(message, Place(path.name, line, where or None)))
        return None, findings
    items = tuple(DueItem(number=n, **dict(item)) for n, item in enumerate(raw.due_items, 1))
    plain = {f.name: getattr(raw, f.name) for f in fields(AccountFacts) if f.name not in ("due_items", "source")}
    facts = AccountFacts(due_items=items, source=Place(path.name, line_of(value)), **plain)
    return (facts, tuple(LedgerEvent(**dict(event)) for event in raw.events)), []


def _finding(what: Text, place: Place) -> Finding:
    why = Text(zh="没有完整的账户就没有报价。", en="Without the whole account there is no quote.")
    mend = Text(zh="对照账户文件格式改正。", en="Correct it as the account file format says.")
    return Finding(code="account.file", what=what, why=why, mend=mend, place=place)
