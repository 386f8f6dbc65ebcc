"""The packs' own test cases, written so that a compliance officer reads them.

    packs/policies/cn/cases/base.yaml      one whole request that passes (formats.md); `history` is added by the cases
    packs/policies/cn/cases/*.yaml         lists of cases:

    - name: 今天已有三次有效通话，第四次不行，明早八点可以
      set: {party.consents: []}            # fields by dotted path; `unset: [line.source]` takes one away
      calls: [{talk: 30}, {talk: 60}, {talk: 6, time: "09:05", day: 0}]
      expect: {verdict: deny, rules: [CN-GBT-03], next: "2026-03-03T08:00:00+08:00"}

A call row is short: `day` days before the request's local day (0), `time` of that day (09:00, 09:01, …), `talk` seconds
(both sides spoke unless `two_way: false`), `miss: true` for an unanswered one; any history field may be written as well.
`rules` must be among those broken, `kept` among those that spoke and passed, `next` is the next lawful moment (null: none).
Cases of the house (`common/cases`) are run on the base of every jurisdiction.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from fairdue.core.dates import local, parse_instant
from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.packs import PackError, line_of, pack_files, read_yaml

from .compiled import compiled
from .decide import Decision, decide
from .pack import HOUSE, STANDARD
from .parse import parse_request
from .request import RequestError
from .schema import Pack

_SHORT = {"day", "time", "miss", "talk"}


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its name, the whole request, what is expected, and where it stands."""

    name: str
    request: dict[str, Any]
    expect: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Hits:
    """Rule ids that some case broke, and that some case to which the rule speaks did not break."""

    broken: frozenset[str]
    kept: frozenset[str]


def load_cases(folder: Path) -> list[Case]:
    """The cases of a pack folder and those of the house on its base; [] for a pack without cases.

    Raises `PackError` when a file cannot be read or a case has no name or no expectation.
    """
    path = folder / "cases" / "base.yaml"
    if not path.exists():
        return []
    base = read_yaml(path)
    own = pack_files(folder / "cases")
    house = pack_files(HOUSE / "cases") if folder.parent == STANDARD else []
    return [case for file in (*own, *house) if file.name != "base.yaml" for case in _cases_of(file, base)]


def _cases_of(path: Path, base: Mapping[str, Any]) -> list[Case]:
    out = []
    for row in read_yaml(path) or []:
        line = line_of(row)
        if not isinstance(row, dict) or not row.get("name") or "verdict" not in (row.get("expect") or {}):
            raise PackError(f"{path}:{line}: a case needs `name` and `expect: {{verdict: …}}`", path, line)
        unknown = sorted(set(row) - {"name", "set", "unset", "calls", "expect"})
        if unknown:
            raise PackError(f"{path}:{line}: a case has no {', '.join(unknown)}", path, line)
        where = Place(f"{path.parent.parent.name}/cases/{path.name}", line)
        out.append(Case(row["name"], request_of(base, row), row["expect"], where))
    return out


def request_of(base: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """The whole request of a case."""
    raw: dict[str, Any] = copy.deepcopy(dict(base))
    for path, value in (row.get("set") or {}).items():
        *parts, last = path.split(".")
        part = raw
        for name in parts:
            if part.get(name) is None:
                part[name] = {}
            part = part[name]
        part[last] = value
    for path in row.get("unset") or []:
        *parts, last = path.split(".")
        part = raw
        for name in parts:
            part = part[name]
        del part[last]
    if row.get("calls"):
        raw["history"] = [history_row(raw, call, index) for index, call in enumerate(row["calls"])]
    return raw


def history_row(raw: Mapping[str, Any], call: Mapping[str, Any], index: int) -> dict[str, Any]:
    """A whole history row from the short form."""
    zone = ((raw.get("party") or {}).get("tz") or ["Asia/Shanghai"])[0]
    asked = parse_instant(raw["at"]) if raw.get("at") else parse_instant("2026-03-02T10:15:00+08:00")
    here = local(asked, zone)
    clock = time.fromisoformat(str(call.get("time") or f"09:{index:02d}"))
    at = datetime.combine(here.date() - timedelta(days=call.get("day", 0)), clock, tzinfo=here.tzinfo)
    miss = call.get("miss", False)
    row: dict[str, Any] = {
        "id": f"h{index}",
        "at": at.isoformat(),
        "channel": "voice_human",
        "mode": "interactive",
        "direction": "out",
        "line": (raw.get("line") or {}).get("id"),
        "role": "debtor",
        "connected": not miss and not call.get("reserved", False),
        "talk_seconds": call.get("talk", 0),
        "two_way": not miss,
        "debt": (raw.get("debt") or {}).get("id"),
        "product": (raw.get("debt") or {}).get("product"),
    }
    return row | {key: value for key, value in call.items() if key not in _SHORT}


def run_case(case: Case, pack: Pack) -> tuple[Decision | None, list[str]]:
    """The decision and what differs from the expectation, in plain words; [] when all is as expected."""
    try:
        decision = decide(parse_request(case.request), pack)
    except RequestError as exc:
        return None, [str(exc)]
    expect, wrong = case.expect, []
    broken = {rule.id for rule in decision.rules if rule.verdict != "pass"}
    passed = {rule.id for rule in decision.rules if rule.verdict == "pass"} - broken
    if decision.verdict != expect["verdict"]:
        wrong.append(
            f"verdict is {decision.verdict} ({', '.join(sorted(broken)) or 'no rule'}), not {expect['verdict']}"
        )
    for rule_id in expect.get("rules", []):
        if rule_id not in broken:
            wrong.append(f"{rule_id} is not broken; broken: {', '.join(sorted(broken)) or 'none'}")
    for rule_id in expect.get("kept", []):
        if rule_id not in passed:
            wrong.append(f"{rule_id} did not speak and pass")
    if "next" in expect:
        told = decision.as_dict()["next_lawful"]
        if told != expect["next"]:
            wrong.append(f"next lawful moment is {told}, not {expect['next']}")
    return decision, wrong


def run_cases(cases: Sequence[Case], pack: Pack) -> tuple[list[Finding], Hits]:
    """Run all cases: a finding for each that is not as expected, and which rules they hit both ways."""
    findings: list[Finding] = []
    broken: set[str] = set()
    kept: set[str] = set()
    ready = compiled(pack)
    for case in cases:
        decision, wrong = run_case(case, pack)
        findings += [_failed(case, text) for text in wrong]
        if decision is None:
            continue
        request = parse_request(case.request)
        now_broken = {rule.id for rule in decision.rules if rule.verdict != "pass"}
        broken |= now_broken
        if request.at is not None and request.zones and request.jurisdiction == pack.jurisdiction:
            day = local(request.at, request.zones[0]).toordinal()
            kept |= {bound.rule.id for bound in ready.speaking(request, day)[0]} - now_broken
    return findings, Hits(frozenset(broken), frozenset(kept))


def _failed(case: Case, text: str) -> Finding:
    return Finding(
        code="policy.case",
        what=Text(f"“{case.name}”：{text}。", f"“{case.name}”: {text}."),
        why=Text("规则包没有按它自己的例子判断。", "The pack does not decide as its own example says."),
        mend=Text("改规则或改例子，看哪个错了。", "Correct the rule or the case, whichever is wrong."),
        place=case.place,
    )
