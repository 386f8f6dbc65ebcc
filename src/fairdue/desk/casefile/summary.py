"""The whole on one page: figures and the course of events, computed from the sections and from nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from fairdue.core.dates import parse_instant

from .times import moment

Row = dict[str, Any]
STANDINGS = ("allowed", "warned", "outside", "not_judged")


def summary(sections: Mapping[str, Any]) -> Row:
    """Counts of contacts by standing and channel, the hours, the busiest day, money, red lines, and `timeline`."""
    made = sections["contacts"]
    voice = [row for row in made if row["channel"].startswith("voice") and row["direction"] == "out"]
    clocks = sorted(row["at"]["local"][11:16] for row in voice)
    talks = Counter(row["at"]["local"][:10] for row in voice if row["effective"] and row["role"] == "debtor")
    busiest = min(talks.items(), key=lambda pair: (-pair[1], pair[0])) if talks else None
    standing = Counter(row["standing"] for row in made)
    owed = [debt["owed"]["quote"] for debt in sections["debts"]]
    turns = [turn for call in sections["calls"] for turn in call["turns"]]
    return {
        "made": len(made),
        "standing": {name: standing[name] for name in STANDINGS},
        "channels": dict(sorted(Counter(row["channel"] for row in made).items())),
        "connected": sum(row["connected"] for row in made),
        "effective_calls": sum(row["effective"] for row in made),
        "to_others": sum(row["role"] != "debtor" for row in made),
        "earliest_call": clocks[0] if clocks else None,
        "latest_call": clocks[-1] if clocks else None,
        "busiest_day": {"day": busiest[0], "effective_calls": busiest[1]} if busiest else None,
        "refused": len(sections["denials"]),
        "unused": len(sections["unused_permits"]),
        "red_lines": sum(bool(turn.get("red")) for turn in turns),
        "owed_fen": None if None in owed else sum(quote["total_fen"] for quote in owed),
        "paid_fen": _paid(sections["debts"]),
        "days": days(sections),
        "timeline": timeline(sections),
    }


def _paid(debts: list[Row]) -> int:
    """Payments that stayed: less what was reversed of them."""
    entries = [entry for debt in debts for entry in debt["entries"]]
    paid = {e["reference"] for e in entries if e["kind"] == "payment"}
    total = sum(e["amount_fen"] for e in entries if e["kind"] == "payment")
    return total - sum(abs(e["amount_fen"]) for e in entries if e["kind"] == "reversal" and e["reverses"] in paid)


def days(sections: Mapping[str, Any]) -> list[Row]:
    """Per local day the contacts by standing, the refusals, and the rules that had a remark or refused."""
    found: dict[str, Row] = {}

    def of(at: Row, decision: Row | None) -> Row:
        day = at["local"][:10]
        empty = {"day": day, "made": 0, "standing": dict.fromkeys(STANDINGS, 0), "refused": 0, "rules": []}
        row = found.setdefault(day, empty)
        for rule in (decision or {}).get("rules", ()):
            if all(known["id"] != rule["id"] for known in row["rules"]):
                row["rules"].append({"id": rule["id"], "title": rule["title"]})
        return row

    for contact in sections["contacts"]:
        row = of(contact["at"], contact["permit"] and contact["permit"]["decision"])
        row["made"] += 1
        row["standing"][contact["standing"]] += 1
    for denial in sections["denials"]:
        of(denial["at"], denial["decision"])["refused"] += 1
    return [found[day] for day in sorted(found)]


def timeline(sections: Mapping[str, Any]) -> list[Row]:
    """What changed something, in order: `{"at", "what", …}`. Contacts count where they opened a matter; all stand in
    their own section."""
    events: list[Row] = []

    def note(at: Row | None, what: str, **detail: Any) -> None:
        if at is not None:
            events.append({"at": at, "what": what, **detail})

    for case in sections["cases"]:
        note(case["opened"], "case.opened", kind=case["kind"], number=case["number"], contact=case["contact"])
        note(case["closed"], "case.closed", kind=case["kind"], number=case["number"])
    for hold in sections["holds"]:
        note(hold["set"], "hold.set", kind=hold["kind"], by=hold["set_by"])
        note(hold["lifted"], "hold.lifted", kind=hold["kind"], by=hold["lifted_by"])
    for promise in sections["promises"]:
        note(promise["made"], "promise.made", fen=promise["amount_fen"], due_on=promise["due_on"])
        note(promise["decided"], f"promise.{promise['state']}", fen=promise["paid_fen"], due_on=promise["due_on"])
    for plan in sections["plans"]:
        note(plan["made"], "plan.agreed", fen=plan["total_fen"], parts=len(plan["parts"]))
    for debt in sections["debts"]:
        for entry in debt["entries"]:
            if entry["kind"] in ("payment", "reversal"):
                note(entry["booked"], f"entry.{entry['kind']}", fen=entry["amount_fen"], day=entry["value_date"])
    for alert in sections["crises"]:
        note(alert["raised"], "crisis.raised")
        note(alert["seen"], "crisis.seen", by=alert["seen_by"])
    for letter in sections["letters"]["items"]:
        note(letter["at"], "letter.sent", channel=letter["channel"], no=letter["no"])
    for event in sections["audit"]["rows"]:
        if event["kind"] == "case.answered":
            at = moment(parse_instant(event["at"]), sections["complaint"]["opened"]["zone"])
            note(at, "case.answered", number=event["subject"].removeprefix("case:"), by=event["actor"])
    return sorted(events, key=lambda event: (event["at"]["utc"], event["what"]))
