"""Changes of the agency register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from fairdue.core.text import Text
from fairdue.desk.audit import services as audit
from fairdue.desk.refusals import RefusedError

from .models import Agency, Role, User

REGISTRARS = (Role.COMPLIANCE, Role.ADMIN)
FACTS = ("listed", "listed_on", "contract_from", "contract_until")
"""What the audit event keeps before and after; a name and an address may change without a word about the gate."""


@transaction.atomic
def save_agency(agency: Agency, by: User, changed: list[str]) -> Agency:
    """Create an agency or store its changed facts. Raises `RefusedError` for anyone but compliance and administrators."""
    if by.role not in REGISTRARS:
        raise RefusedError(
            "agency.role",
            Text(
                "只有合规人员和管理员可以登记外部机构。", "Only compliance and administrators keep the agency register."
            ),
            Text("把变化告诉合规人员。", "Tell compliance what has changed."),
        )
    before = Agency.objects.select_for_update().filter(pk=agency.pk).first() if agency.pk else None
    agency.save()
    payload: dict[str, Any] = {"code": agency.code, "fields": sorted(changed), "after": _facts(agency)}
    if before is not None:
        payload["before"] = _facts(before)
    kind = "people.agency_changed" if before is not None else "people.agency_created"
    audit.write(kind, actor=by, subject=f"agency:{agency.pk}", payload=payload)
    return agency


def _facts(agency: Agency) -> dict[str, Any]:
    values = {name: getattr(agency, name) for name in FACTS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
