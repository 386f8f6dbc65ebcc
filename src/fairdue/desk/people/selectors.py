"""Reads of the agency register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from fairdue.core.findings import Finding
from fairdue.policy.agency import AgencyFacts, standing

from .models import Agency

SOON_DAYS = 30
"""A contract that ends within so many days is marked, so that it is renewed before calls are refused."""


@dataclass(frozen=True)
class AgencyRow:
    """An agency with what keeps it from working today, days to the end of its contract, and how much hangs on it."""

    agency: Agency
    findings: tuple[Finding, ...]
    days_left: int | None
    agents: int
    accounts: int

    @property
    def soon(self) -> bool:
        return self.days_left is not None and 0 <= self.days_left <= SOON_DAYS


def facts_of(agency: Agency) -> AgencyFacts:
    """The register's facts in the domain's form."""
    return AgencyFacts(agency.code, agency.listed, agency.contract_until, agency.contract_from)


def register(day: date) -> list[AgencyRow]:
    """Every agency by name; those with something wrong first."""
    agencies = Agency.objects.annotate(
        agents=Count("user", filter=Q(user__is_active=True), distinct=True),
        accounts=Count("account", filter=Q(account__status="open"), distinct=True),
    ).order_by("name", "pk")
    rows = [
        AgencyRow(
            agency,
            standing(facts_of(agency), day),
            (agency.contract_until - day).days if agency.contract_until else None,
            agency.agents,
            agency.accounts,
        )
        for agency in agencies
    ]
    return sorted(rows, key=lambda row: not row.findings)
