"""The coverage table as a page: how each rule of the catalogue is kept, with the cases and tests that show it."""

from __future__ import annotations

from collections.abc import Sequence

from .cases import load_cases, run_cases
from .obligations import Kept
from .pack import STANDARD, load_pack

HEAD = """# How every rule is kept

Written by `fairdue gate coverage --write` from the packs. Each of the rules in `packs/citations.yaml` is decided by the gate
(verdict and check; the number of the pack's own cases that break it), kept by another room (with the tests that show it), or
an obligation: a duty that no single decision can keep, shown by a checklist or a report of the desk.

Confidence: A primary text read · B near-verbatim quotation · C paraphrase · M read in a re-translated copy · R recalled. Rules
of confidence C or R warn and wait for a lawyer's reading (`needs_review`).

"""


def broken_by(jurisdiction: str) -> dict[str, int]:
    """How many of a pack's cases break each of its rules."""
    pack, _findings = load_pack(jurisdiction=jurisdiction)
    counts: dict[str, int] = {}
    for case in load_cases(STANDARD / jurisdiction.lower()):
        for rule_id in run_cases([case], pack)[1].broken:
            counts[rule_id] = counts.get(rule_id, 0) + 1
    return counts


def page(rows: Sequence[Kept]) -> str:
    """The whole page as Markdown, one section a jurisdiction."""
    missing = [row.id for row in rows if row.missing]
    gate = sum(1 for row in rows if row.gate)
    other = sum(1 for row in rows if row.elsewhere)
    duties = sum(1 for row in rows if row.obligations)
    out = [HEAD]
    out.append(
        f"{len(rows)} rules: {gate} decided by the gate, {other} kept by another room, {duties} with an obligation "
        f"(a rule may stand in several columns), {len(missing)} kept by nothing.\n"
    )
    for jurisdiction in dict.fromkeys(row.jurisdiction for row in rows):
        cases = broken_by(jurisdiction)
        out.append(f"\n## {jurisdiction}\n\n| rule | source | conf. | gate | other rooms | obligation |\n")
        out.append("|---|---|---|---|---|---|\n")
        out += [_line(row, cases) for row in rows if row.jurisdiction == jurisdiction]
    return "".join(out)


def _line(row: Kept, cases: dict[str, int]) -> str:
    number = cases.get(row.id, 0)
    shown = f" ({number} {'case' if number == 1 else 'cases'} break it)" if row.gate and number else ""
    gate = "; ".join(row.gate) + shown if row.gate else "–"
    rooms = [
        f"{', '.join(entry.rooms)}: {entry.how.en} ({', '.join(f'`{name}`' for name in entry.where)}; tests "
        f"{', '.join(f'`{test}`' for test in entry.tests)})"
        for entry in row.elsewhere
    ]
    duties = [f"{duty.title.en} — {duty.who}, {duty.every}, {duty.shown_by}" for duty in row.obligations]
    cells = [row.id, row.source, row.confidence, gate, "; ".join(rooms) or "–", "; ".join(duties) or "–"]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
