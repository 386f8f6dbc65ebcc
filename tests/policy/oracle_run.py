"""Decide generated requests with the engine and with the oracle, and print where they differ.

    python tests/policy/oracle_run.py 1000000 [seed] [processes]

Prints a line for each of the first differences, how often each rule was broken and kept, and the pace of both. Exit status 1
when anything differs or a rule was not hit both ways.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import oracle

from fairdue.policy import Pack, decide, jurisdictions, load_pack, no_pack, parse_request

CHUNK = 5000
SHOWN = 20
ONE_WAY = {"FD-SCOPE", "FD-TIME"}
"""They speak only when they deny."""


@dataclass
class Tally:
    """What a run found."""

    requests: int = 0
    differences: list[str] = field(default_factory=list)
    different: int = 0
    incomplete: int = 0
    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    engine_seconds: float = 0.0
    oracle_seconds: float = 0.0

    def add(self, other: Tally) -> None:
        """Join another part of the run."""
        self.requests += other.requests
        self.differences = (self.differences + other.differences)[:SHOWN]
        self.different += other.different
        self.incomplete += other.incomplete
        self.hits += other.hits
        self.verdicts += other.verdicts
        self.engine_seconds += other.engine_seconds
        self.oracle_seconds += other.oracle_seconds

    def one_sided(self, packs: dict[str, Pack]) -> list[str]:
        """Rules that were never broken, or never kept."""
        never = {rule.id for pack in packs.values() for rule in pack.rules if rule.check == "limitation"}
        ids = {rule.id for pack in packs.values() for rule in pack.rules} - never
        broken = {rule for rule, way in self.hits if way != "pass"}
        kept = {rule for rule, way in self.hits if way == "pass"}
        return sorted((ids - broken) | (ids - kept))


def packs() -> dict[str, Pack]:
    """The packs that ship; a finding ends the run."""
    out = {}
    for name in jurisdictions():
        out[name], findings = load_pack(jurisdiction=name)
        if findings:
            raise SystemExit("\n".join(finding.line() for finding in findings))
    return out


def run(seed: int, count: int) -> Tally:
    """Compare `count` requests of one seed."""
    known, tally = packs(), Tally()
    for raw in oracle.requests(seed=seed, count=count):
        begun = time.perf_counter()
        pack = known.get(raw.get("jurisdiction") or "")
        asked = parse_request(raw)
        decision = (no_pack(asked) if pack is None else decide(asked, pack)).as_dict("en")
        done = time.perf_counter()
        found = oracle.compare(decision, raw)
        tally.oracle_seconds += time.perf_counter() - done
        tally.engine_seconds += done - begun
        tally.requests += 1
        tally.verdicts[decision["verdict"]] += 1
        real = [text for text in found if not text.startswith("incomplete request")]
        tally.incomplete += len(real) < len(found)
        if real:
            tally.different += 1
            if len(tally.differences) < SHOWN:
                tally.differences.append(f"{raw['jurisdiction']} {raw['id']} (seed {seed}): {'; '.join(real)}")
        spoken = {(rule["id"], "pass" if rule["verdict"] == "pass" else "broken") for rule in decision["rules"]}
        tally.hits.update(spoken)
        if (
            pack is not None and decision["rules"][0]["id"] not in ONE_WAY
        ):  # silent rules (no such hold) are kept as well
            spoke = {rule["id"] for rule in decision["rules"]}
            tally.hits.update(
                (rule.id, "pass") for rule in pack.rules if rule.id not in spoke and rule.applies.to(asked)
            )
    return tally


def main(arguments: list[str]) -> int:
    count = int(arguments[0]) if arguments else 20_000
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    workers = int(arguments[2]) if len(arguments) > 2 else 2
    sizes = [min(CHUNK, count - start) for start in range(0, count, CHUNK)]
    total, begun = Tally(), time.perf_counter()
    with ProcessPoolExecutor(workers) as pool:
        for part in pool.map(run, range(seed, seed + len(sizes)), sizes):
            total.add(part)
            if sys.stderr.isatty():
                print(f"\r{total.requests} decided, {total.different} different", end="", file=sys.stderr)
    for line in total.differences:
        print(line)
    print(
        f"{total.requests} requests in {time.perf_counter() - begun:.0f} s with {workers} processes; {dict(total.verdicts)}"
    )
    print(f"engine {total.engine_seconds:.0f} s, oracle {total.oracle_seconds:.0f} s of processor")
    print(
        f"{total.different} decided differently ({total.incomplete} incomplete requests differ in which rules speak only)"
    )
    for rule in sorted({rule for rule, _way in total.hits}):
        print(f"  {rule:18} broken {total.hits[rule, 'broken']:>8}  kept {total.hits[rule, 'pass']:>8}")
    one_sided = total.one_sided(packs())
    print(f"not hit both ways: {', '.join(one_sided) or 'none'}")
    return 1 if total.different or one_sided else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
