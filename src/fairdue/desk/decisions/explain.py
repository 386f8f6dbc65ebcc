"""One stored decision, explained: rule by rule what it demands, where it stands, what it counted and what would lift it.

The decision itself is read as it was stored. Only words are added from the packs as they ship today (what a rule demands,
how sure we are of its text), and the picture's permitted hours when the pack has the same name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from fairdue.core.dates import local, local_day
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.call.models import Denial, Permit
from fairdue.desk.cases.models import Hold
from fairdue.desk.cases.selectors import citations, hold_rule
from fairdue.policy import Rule
from fairdue.policy.schema import CONFIDENCE

from . import words
from .contacts import Touch, of_day, touches
from .selectors import Row, row, visible
from .timeline import Day, day_of, pack_of, permitted_hours

UNCERTAIN = ("C", "R")
CALLS = ("count", "lost_contact")
"""Checks that count contacts; where one id stands for several checks, the counting one explains what was counted."""


@dataclass(frozen=True)
class Counted:
    """A contact that a rule looked at: counted or not, and why."""

    touch: Touch
    counted: bool
    why: Text


@dataclass(frozen=True)
class Explained:
    """A rule that refused or warned."""

    id: str
    title: Text
    why: Text
    demands: Text
    citation: Text
    confidence: str
    sure: Text
    rows: tuple[Counted, ...]
    change: words.Change
    hold: Hold | None

    @property
    def uncertain(self) -> bool:
        return self.confidence in UNCERTAIN


@dataclass(frozen=True)
class Seen:
    """A contact of the day with what the rules made of it."""

    touch: Touch
    rules: tuple[tuple[str, bool, Text], ...]  # (rule, counted, why)


@dataclass(frozen=True)
class Page:
    """Everything that the page of one decision shows."""

    row: Row
    sentence: Text
    denied: tuple[Explained, ...]
    warned: tuple[Explained, ...]
    passed: tuple[tuple[str, Text], ...]
    changes: tuple[words.Change, ...]
    next_lawful: datetime | None
    day: Day
    seen: tuple[Seen, ...]
    holds: tuple[Hold, ...]
    zones: tuple[str, ...]
    role: Text
    same_pack: bool
    event: AuditEvent | None

    @property
    def allowed(self) -> bool:
        return self.row.verdict != "deny"


def page_of(user: Any, kind: str, pk: int) -> Page | None:
    """The page of one decision, or None when there is none that this user may see."""
    found = visible(user)[0 if kind == "denial" else 1]
    related = ("customer", "line", "agent__agency", *(("account",) if kind == "permit" else ()))
    record = found.select_related(*related).filter(pk=pk).first()
    return None if record is None else explain(row(kind, record))


def explain(shown: Row) -> Page:
    """The explanation of a stored decision."""
    record, decision = shown.record, shown.record.decision
    customer = record.customer
    stored = decision.get("rules", [])
    named = [name for rule in stored for name in (*rule["counted"], *(left["id"] for left in rule["excluded"]))]
    known = touches(named, customer)
    holds = holds_at(record, shown.at)
    label = decision.get("pack", "")
    explained = [(rule["verdict"], _rule(rule, label, known, holds)) for rule in stored]
    denied = tuple(rule for verdict, rule in explained if verdict == "deny")
    warned = tuple(rule for verdict, rule in explained if verdict == "warn")
    lawful = parse_datetime(decision["next_lawful"]) if decision.get("next_lawful") else None
    zones = zones_of(record)
    changes = _changes(denied, lawful is not None)
    passed = tuple(dict.fromkeys(decision.get("passed", [])))
    checked = {*passed, *(rule.id for rule in (*denied, *warned))}
    today_pack = pack_of(label)
    seen = _seen(record, shown, stored, known)
    return Page(
        row=shown,
        sentence=_sentence(shown, denied, warned, len(checked), lawful, changes),
        denied=denied,
        warned=warned,
        passed=tuple((name, _title(name, label)) for name in passed),
        changes=changes,
        next_lawful=lawful,
        day=_day(shown, zones, seen, lawful),
        seen=seen,
        holds=holds,
        zones=zones,
        role=words.ROLES.get(_role(record), Text(_role(record), _role(record))),
        same_pack=today_pack is not None and today_pack.label == label,
        event=audit_event(shown),
    )


def audit_event(shown: Row) -> AuditEvent | None:
    """The event that was written with the decision."""
    record = shown.record
    if isinstance(record, Permit):
        subject, kind = f"permit:{record.number}", "permit.taken"
    else:
        subject, kind = f"denial:{record.pk}", "permit.denied"
    return AuditEvent.objects.filter(subject=subject, kind=kind).order_by("pk").first()


def holds_at(record: Denial | Permit, at: datetime) -> tuple[Hold, ...]:
    """The holds that stood on the customer at that instant."""
    standing = Q(lifted_at=None) | Q(lifted_at__gt=at)
    found = Hold.objects.filter(standing, customer=record.customer, set_at__lte=at)
    return tuple(found.select_related("set_by").order_by("set_at", "pk"))


def zones_of(record: Denial | Permit) -> tuple[str, ...]:
    """Every plausible zone of who would have been spoken to: as the decision had it, or (one made before facts were kept) as
    the files have it today."""
    if _facts(record).get("zones"):
        return tuple(sorted(_facts(record)["zones"]))
    line = record.line.zones if record.line is not None else []
    own = record.customer.zones if _role(record) == "debtor" else []
    return tuple(sorted({*line, *own}))


def _facts(record: Denial | Permit) -> dict[str, Any]:
    """What the decision rested on, as it was stored with it; {} for one made before facts were kept."""
    return record.decision.get("facts") or {}


def _role(record: Denial | Permit) -> str:
    told = _facts(record).get("role")
    if told:
        return told
    return record.line.role if record.line is not None else "debtor"


def _rule(stored: dict[str, Any], label: str, known: dict[str, Touch], holds: tuple[Hold, ...]) -> Explained:
    counts = bool(stored["counted"] or stored["excluded"])
    rule = _pack_rule(stored["id"], label, stored["title"]["zh"], counts)
    check = rule.check if rule else "facts" if stored["id"] == "desk.facts" else ""
    kind = str(rule.params.get("hold", "")) if rule and rule.check == "hold" else ""
    hold = next((held for held in holds if held.kind == kind), None)
    confidence = rule.source.confidence if rule else _confidence(stored["id"])
    rows = [Counted(known[name], True, _because(rule, known[name])) for name in stored["counted"]]
    rows += [Counted(known[left["id"]], False, Text.from_dict(left["why"])) for left in stored["excluded"]]
    rows.sort(key=lambda one: (one.touch.at is None, one.touch.at and one.touch.at.timestamp(), one.touch.id))
    return Explained(
        id=stored["id"],
        title=Text.from_dict(stored["title"]),
        why=Text.from_dict(stored["why"]),
        demands=_demands(stored, rule, kind),
        citation=_place(stored["citation"]),
        confidence=confidence,
        sure=CONFIDENCE.get(confidence, CONFIDENCE["house"]),
        rows=tuple(rows),
        change=_change(check, kind),
        hold=hold,
    )


def _pack_rule(rule_id: str, label: str, title: str = "", counts: bool = False) -> Rule | None:
    """The rule as it ships today. Of several parts with one id the one of this title, else the one that counts contacts
    if contacts were counted."""
    pack = pack_of(label)
    found = [rule for rule in pack.rules if rule.id == rule_id] if pack else []
    named = [rule for rule in found if rule.title.zh == title]
    fitting = [rule for rule in found if (rule.check in CALLS) == counts]
    return next(iter(named or fitting or found), None)


def _place(citation: dict[str, str]) -> Text:
    """Where it is written; the confidence has a line of its own on the page."""
    return Text(citation["zh"], re.sub(r" \(confidence [A-Z]\)", "", citation["en"]))


def _demands(stored: dict[str, Any], rule: Rule | None, hold: str) -> Text:
    """What the rule asks for in simple words: the pack's, the hold's, else its title."""
    if rule is not None and rule.why is not None:
        return Text(rule.why.zh, rule.why.en)
    if hold:
        return hold_rule(hold).stops.text
    return Text.from_dict(stored["title"])


def _because(rule: Rule | None, touch: Touch) -> Text:
    if touch.at is None:
        return words.GONE
    if touch.reserved:
        return words.RESERVED
    if rule is None:
        return words.COUNTED_ANYWAY
    name = "lost" if rule.check == "lost_contact" else str(rule.params.get("of", ""))
    said = words.COUNTED.get(name, words.COUNTED_ANYWAY)
    return Text(said.zh.format(s=touch.seconds), said.en.format(s=touch.seconds))


def _change(check: str, hold: str) -> words.Change:
    """What would lift the refusal; of a hold the rule of holds says it."""
    if hold:
        rule = hold_rule(hold)
        who = [words.LEAD] if "lead" in rule.lift_by else []
        who += [words.COMPLIANCE] if "compliance" in rule.lift_by else []
        two = Text("（两人先后核实）", " (two of them)") if rule.persons > 1 else Text("", "")
        proof = Text("；".join(kind.zh for kind in rule.evidence), "; ".join(kind.en for kind in rule.evidence))
        what = Text(f"{rule.ends.zh}解除要有凭证：{proof.zh}。", f"{rule.ends.en} Proof that is needed: {proof.en}.")
        names = Text("或".join(w.zh for w in who) + two.zh, " or ".join(w.en for w in who) + two.en)
        return words.Change(False, words.bare(what), names)
    if check in ("opt_out", "refusal"):
        right = hold_rule("channel_opt_out" if check == "opt_out" else "third_party_refusal")
        known = words.CHANGES.get(check)
        return words.Change(False, words.bare(right.ends.text), known.who if known else words.CUSTOMER)
    return words.CHANGES.get(
        check,
        words.Change(
            False,
            Text("请合规人员查看规则包里这一条", "Compliance has to look at this rule in the pack"),
            words.COMPLIANCE,
        ),
    )


def _changes(denied: tuple[Explained, ...], by_time: bool) -> tuple[words.Change, ...]:
    """What has to change, each once; where waiting is enough, whatever the rules say of events is left out."""
    found = dict.fromkeys(rule.change for rule in denied)
    return tuple(change for change in found if change.time or not by_time) or tuple(found)


def _confidence(rule_id: str) -> str:
    return citations().get(rule_id, {}).get("confidence", "house")


def _title(rule_id: str, label: str) -> Text:
    rule = _pack_rule(rule_id, label)
    return Text(rule.title.zh, rule.title.en) if rule else Text("", "")


def _sentence(
    shown: Row,
    denied: tuple[Explained, ...],
    warned: tuple[Explained, ...],
    checked: int,
    lawful: datetime | None,
    changes: tuple[words.Change, ...],
) -> Text:
    record = shown.record
    today = local_day(clock.now(), shown.zone)
    when = words.moment(shown.at, shown.zone, today)
    what, whom = words.act(record.channel), _whom(record)
    if shown.verdict != "deny":
        return words.sentence_allowed(when, what, whom, checked, len({rule.id for rule in warned}))
    reasons = list(dict.fromkeys(words.bare(rule.why) for rule in denied))
    earliest = words.moment(lawful, shown.zone, today) if lawful else None
    first = next((change for change in changes if not change.time), changes[0] if changes else None)
    change = words.bare(first.what) if first else words.COUNTED_ANYWAY
    return words.sentence_denied(when, what, whom, reasons, earliest, change)


def _whom(record: Denial | Permit) -> Text:
    customer, line = record.customer, record.line
    name = f"{customer.name_masked}{customer.honorific}"
    if line is None or line.role == "debtor":
        return Text(name, customer.name_masked)
    role = words.ROLES.get(line.role, Text(line.role, line.role))
    other = line.contact_name_masked
    return Text(f"{name}的{role.zh}{other}", f"{customer.name_masked}'s {role.en} {other}".strip())


def _seen(
    record: Denial | Permit, shown: Row, stored: list[dict[str, Any]], known: dict[str, Touch]
) -> tuple[Seen, ...]:
    """The contacts of the local day with what each rule made of them; reserved permits that were counted as well."""
    day = local_day(shown.at, shown.zone)
    there = {touch.id: touch for touch in of_day(record.customer, record.line, day, shown.zone)}
    there |= {
        name: touch for name, touch in known.items() if touch.at is not None and local_day(touch.at, shown.zone) == day
    }
    own = record.contact if isinstance(record, Permit) and hasattr(record, "contact") else None
    if own is not None:
        there.pop(f"contact:{own.pk}", None)
    label = record.decision.get("pack", "")
    out = []
    for name, touch in sorted(there.items(), key=lambda one: (one[1].at, one[0])):
        said: list[tuple[str, bool, Text]] = []
        for rule in stored:
            if name in rule["counted"]:
                said.append(
                    (rule["id"], True, _because(_pack_rule(rule["id"], label, rule["title"]["zh"], True), touch))
                )
            said += [
                (rule["id"], False, Text.from_dict(left["why"])) for left in rule["excluded"] if left["id"] == name
            ]
        out.append(Seen(touch, tuple(said)))
    return tuple(out)


def _day(shown: Row, zones: tuple[str, ...], seen: tuple[Seen, ...], lawful: datetime | None) -> Day:
    record, customer = shown.record, shown.record.customer
    own, facts = _role(record) == "debtor", _facts(record)
    hours = permitted_hours(
        record.decision.get("pack", ""),
        local_day(shown.at, shown.zone),
        zones,
        record.channel,
        facts.get("consents", customer.consents),
        facts.get("agreed_hours", customer.agreed_hours if own else None),
        facts.get("inconvenient", customer.inconvenient if own else ()),
    )
    marks = [
        (
            one.touch.at,
            one.touch.connected or one.touch.reserved,
            any(counted for _rule, counted, _why in one.rules),
            f"{local(one.touch.at, shown.zone):%H:%M}",
        )
        for one in seen
        if one.touch.at is not None
    ]
    return day_of(shown.at, shown.zone, marks, lawful, hours)
