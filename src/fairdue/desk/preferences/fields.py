"""Keep the fields that the gate reads in step with the history. Called by the services only, inside their transaction."""

from __future__ import annotations

from typing import Any

from fairdue.desk.accounts.models import Customer, Line

from . import rules
from .models import Kind, Preference

STRANGER = "stranger"
"""A guarantor whose contract turns out not to be there owes nothing and is not contacted at all."""


def apply(row: Preference, customer: Customer, line: Line | None) -> None:
    """Put what the row says into the fields. Changes the objects given as well."""
    if row.kind == Kind.OPT_OUT:
        holder = line or customer
        _save(holder, opt_outs=_with(holder.opt_outs, row.value))
    elif row.kind == Kind.AGREED_HOURS:
        _save(customer, agreed_hours=list(rules.stored_window(row.value)))
    elif row.kind == Kind.INCONVENIENT:
        _save(customer, inconvenient=_with(customer.inconvenient, list(rules.stored_window(row.value))))
    elif row.kind == Kind.CONSENT:
        _save(customer, consents=_with(customer.consents, row.value))
    elif line is not None:
        _save(line, **_line_values(row))


def remove(row: Preference, customer: Customer, line: Line | None) -> None:
    """Take what an ended row said out of the fields."""
    if row.kind == Kind.OPT_OUT:
        holder = line or customer
        _save(holder, opt_outs=[name for name in holder.opt_outs if name != row.value])
    elif row.kind == Kind.AGREED_HOURS:
        if customer.agreed_hours == list(rules.stored_window(row.value)):
            _save(customer, agreed_hours=None)
    elif row.kind == Kind.INCONVENIENT:
        gone = list(rules.stored_window(row.value))
        _save(customer, inconvenient=[pair for pair in customer.inconvenient if list(pair) != gone])
    elif row.kind == Kind.CONSENT:
        _save(customer, consents=[name for name in customer.consents if name != row.value])
    elif line is not None:
        _save(line, **_line_before(row, line))


def _line_values(row: Preference) -> dict[str, Any]:
    return {
        Kind.WRONG_NUMBER: {"valid": False},
        Kind.WORKPLACE: {"employer_prohibits": True},
        Kind.REFUSED: {"refused": True},
        Kind.SOURCE: {"source": row.value},
        Kind.EVIDENCE: {"role": rules.ROLE_OF.get(row.value, "")},
    }[Kind(row.kind)]


def _line_before(row: Preference, line: Line) -> dict[str, Any]:
    """A source that is taken back leaves none; a role goes back to what it was, unless other evidence still proves it."""
    if row.kind == Kind.EVIDENCE:
        standing = Preference.objects.filter(line=line, kind=Kind.EVIDENCE, withdrawn_at=None).exclude(pk=row.pk)
        if any(rules.ROLE_OF.get(value) == line.role for value in standing.values_list("value", flat=True)):
            return {"role": line.role}
        before = row.before or line.role
        return {"role": STRANGER if before == "guarantor" else before}
    return {
        Kind.WRONG_NUMBER: {"valid": True},
        Kind.WORKPLACE: {"employer_prohibits": False},
        Kind.REFUSED: {"refused": False},
        Kind.SOURCE: {"source": rules.NO_SOURCE},
    }[Kind(row.kind)]


def _with(values: list[Any], more: Any) -> list[Any]:
    return values if more in values else [*values, more]


def _save(holder: Customer | Line, **values: Any) -> None:
    for name, value in values.items():
        setattr(holder, name, value)
    holder.save(update_fields=list(values))
