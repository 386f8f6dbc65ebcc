"""The checks by name, the parameters each takes, and which way each parameter may be tightened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..parse import seconds_of
from ..schema import Params
from . import counts, duties, people, standing, times
from .found import Check

Maker = Callable[[Params], Check]

_NAMED: dict[Maker, tuple[str, ...]] = {
    times.hours: ("opens", "closes", "opening", "closing", "weekdays", "lifted_by", "lifted_over_dpd"),
    times.days_closed: ("closed", "country", "lifted_by", "agreed_lifts"),
    times.agreed_hours: (),
    times.inconvenient: (),
    counts.count: ("of", "days", "at_most", "effective_seconds"),
    people.who_pays: (),
    people.evidence: ("role",),
    people.contact_purpose: (),
    people.allowed_roles: ("roles", "unless_purpose"),
    people.lost_contact: ("failed_calls",),
    people.refusal: (),
    people.debtor_able: (),
    standing.facts: ("needs",),
    standing.source: ("allowed",),
    standing.line_valid: (),
    standing.workplace: ("always",),
    standing.opt_out: (),
    standing.hold: ("hold", "zh", "en"),
    standing.limitation: ("zh", "en"),
    standing.consent_needed: ("consents", "inbound_days"),
    duties.agency_listed: (),
    duties.agency_contract: (),
    duties.agency_notice: (),
    duties.placement: (),
    duties.certificate: (),
    duties.visit_private: (),
    duties.visit_staff: ("at_least",),
    duties.visit_recording: (),
    duties.validation: ("days",),
    duties.email_notice: ("days",),
    duties.work_email: (),
    duties.transfer_notice: ("only_if_known", "placement_counts"),
}

CHECKS: dict[str, Maker] = {maker.__name__: maker for maker in _NAMED}
"""Name → maker of the check."""

PARAMS: dict[str, frozenset[str]] = {maker.__name__: frozenset(names) for maker, names in _NAMED.items()}
"""The parameters a check takes; another one is refused when the pack is loaded."""


def _fewer(new: Any, old: Any) -> bool:
    return set(new) <= set(old)


TIGHTER: dict[str, Callable[[Any, Any], bool]] = {
    "at_most": lambda new, old: new <= old,
    "at_least": lambda new, old: new >= old,
    "days": lambda new, old: new >= old,
    "inbound_days": lambda new, old: new <= old,
    "effective_seconds": lambda new, old: new <= old,
    "failed_calls": lambda new, old: new >= old,
    "opens": lambda new, old: seconds_of(new) >= seconds_of(old),
    "closes": lambda new, old: seconds_of(new) <= seconds_of(old),
    "lifted_over_dpd": lambda new, old: new >= old,
    "allowed": _fewer,
    "roles": _fewer,
    "consents": _fewer,
    "lifted_by": _fewer,
    "needs": lambda new, old: set(new) >= set(old),
    "closed": lambda new, old: set(new) >= set(old),
    "always": lambda new, old: bool(new) >= bool(old),
}
"""For each parameter, when a new value is at least as strict as the old one; others may not be changed by an overlay.

`effective_seconds` is tightened downwards (shorter calls count as well). `days` of a notice period (validation) would be
tightened downwards, so the rules that use it that way are not open to overlays: see `FIXED`."""

FIXED = frozenset({("validation", "days")})
"""(check, parameter) pairs for which TIGHTER's direction would loosen."""


def edges_of(check: str, params: Params) -> tuple[int, ...]:
    """Seconds of the local day at which this rule's answer may turn from no to yes."""
    return (times.window_of_rule(params)[0],) if check == "hours" else ()
