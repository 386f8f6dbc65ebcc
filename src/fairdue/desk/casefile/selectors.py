"""Collect a case file from the database, and read what was exported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from fairdue import __version__
from fairdue.core.text import Text
from fairdue.desk.cases.models import Case
from fairdue.desk.people.models import Role, User
from fairdue.desk.refusals import RefusedError

from . import contacts, debts, matters
from .masking import Mask
from .models import CaseFileExport
from .sealed import seal_document
from .summary import summary
from .times import iso

MAKERS = (Role.LEAD, Role.COMPLIANCE)
"""Who may export and read case files."""


def may_export(user: User) -> bool:
    """Whether this user may export a case file."""
    return user.role in MAKERS


def may_unmask(user: User) -> bool:
    """Whether this user may ask for personal data in plain, or read an export that has it."""
    return user.role == Role.COMPLIANCE


def case_by_number(number: str) -> Case:
    """The case of a number; raises `LookupError` naming it when there is none."""
    found = Case.objects.select_related("customer", "account").filter(number=number.strip()).first()
    if found is None:
        raise LookupError(f"no case {number!r}; see the number on the case's page")
    return found


def collect(case: Case, as_of: datetime, *, masked: bool = True) -> dict[str, Any]:
    """The sections of the file, by name, holding what was known at `as_of`. Reads, writes nothing."""
    customer = case.customer
    lines = list(customer.lines.order_by("pk"))
    mask = Mask(customer, lines, open_=not masked)
    made = contacts.contacts(customer, as_of, mask)
    sections: dict[str, Any] = {
        "complaint": matters.case_row(case, as_of, mask),
        "person": matters.person(customer, lines, mask),
        "debts": debts.debts(customer, as_of, mask),
        "contacts": made,
        "unused_permits": contacts.unused_permits(customer, as_of, mask),
        "denials": contacts.denials(customer, as_of, mask),
        "calls": contacts.calls(customer, as_of, mask),
        "crises": contacts.crises(customer, as_of, mask),
        "recordings": contacts.recordings(),
        "letters": contacts.letters(made),
        "promises": debts.promises(customer, as_of, mask),
        "plans": debts.plans(customer, as_of, mask),
        "holds": matters.holds(customer, as_of, mask),
        "cases": matters.cases(customer, as_of, mask),
        "audit": matters.audit(customer, as_of),
    }
    return {"summary": summary(sections), **sections}


def build(case: Case, as_of: datetime, *, masked: bool = True) -> tuple[bytes, dict[str, Any]]:
    """The signed JSON document and its sections. Raises `RefusedError` when the case was opened after `as_of`."""
    if case.opened_at > as_of:
        raise RefusedError(
            "casefile.too_early",
            Text("那个时刻还没有这个案件。", "The case was not opened yet at that time."),
            Text("选择立案之后的时刻。", "Choose a time after it was opened."),
        )
    head = {
        "case": case.number,
        "kind": case.kind,
        "as_of": as_of.isoformat(),
        "zone": settings.FAIRDUE_ZONE,
        "masked": masked,
        "institution": settings.FAIRDUE_INSTITUTION,
        "department": settings.FAIRDUE_DEPARTMENT,
        "hotline": settings.FAIRDUE_HOTLINE,
        "due_on": iso(case.due_on),
        "producer": f"fairdue {__version__}",
    }
    sections = collect(case, as_of, masked=masked)
    return seal_document(head, sections), sections


def exports_of(case: Case) -> QuerySet[CaseFileExport]:
    """Exports of a case, newest first, without their bodies."""
    return CaseFileExport.objects.filter(case=case).select_related("by").defer("body_sealed")
