"""`fairdue gate replay`, and the two commands that make histories for it: `generate` and `campaign`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from .io import opened, read_jsonl, stderr, unusable, write_jsonl

if TYPE_CHECKING:
    from fairdue.policy import Pack, Request
    from fairdue.policy.replay import Comparison

TABLES = (".parquet", ".csv")
SHOWN = 12
"""Lines of each part of the table on the terminal; the report has them all."""


def _day(value: str | None, option: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        unusable(f"{option}: {value!r} is no date; write it as 2026-03-02")


class _Packs:
    """The two packs to compare: of the folder that was given, else those that ship for a request's jurisdiction."""

    def __init__(self, one: _Side, two: _Side | None, jurisdiction: str | None) -> None:
        self._sides = one, two
        self._given = jurisdiction
        self._made: dict[str, tuple[Pack, Pack]] = {}

    def pair(self, jurisdiction: str | None) -> tuple[Pack, Pack]:
        """Both packs; the same one twice when nothing of the second differs."""
        from fairdue.policy import jurisdictions

        name = self._given or (jurisdiction if jurisdiction in jurisdictions() else None) or "CN"
        if name not in self._made:
            one, two = self._sides
            first = one.load(name)
            self._made[name] = first, first if two is None else two.load(name)
        return self._made[name]

    def labels(self) -> tuple[str, str]:
        """The names of the packs that were used."""
        used = [self._made[name] for name in sorted(self._made)] or [self.pair(None)]
        return ", ".join(one.label for one, _ in used), ", ".join(two.label for _, two in used)


class _Side(NamedTuple):
    """One of the two packs: a folder or what ships, overlays, a date on which it is taken."""

    folder: Path | None
    overlays: list[Path]
    on: date | None

    def load(self, jurisdiction: str) -> Pack:
        from fairdue.policy.dates import as_on

        from .gate import load

        pack = load(self.folder, jurisdiction, self.overlays)
        return as_on(pack, self.on) if self.on else pack


class _Lines:
    """Requests of a JSONL file; `agent` is that of the last one read (a request itself does not carry it)."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.agent: str | None = None

    def __iter__(self) -> Iterator[Request]:
        from fairdue.policy import RequestError, parse_request

        for number, raw in enumerate(read_jsonl(self.source), 1):
            try:
                request = parse_request(raw)
            except RequestError as exc:
                unusable(f"{self.source}:{number}: {exc}")
            agent = raw.get("agent")
            self.agent = str(agent["id"]) if isinstance(agent, dict) and agent.get("id") else None
            yield request


def _replay_lines(source: str, out: str, packs: _Packs, lang: str) -> Comparison:
    """Each line with both decisions goes to `out`; the comparison is returned."""
    from fairdue.policy.replay import Tally, tallied

    lines, tally = _Lines(source), Tally("", "", keep_rows=False)

    def rows() -> Iterator[dict[str, Any]]:
        pairs = tallied(lines, lambda request: packs.pair(request.jurisdiction), tally, lambda _request: lines.agent)
        for request, one, two in pairs:
            same = one.verdict == two.verdict
            yield {"id": request.id, "same": same, "first": one.as_dict(lang), "second": two.as_dict(lang)}

    write_jsonl(out, rows())
    comparison = tally.done()
    comparison.first, comparison.second = packs.labels()
    return comparison


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar on a terminal, silence elsewhere."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:8}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, disable=not stderr.is_terminal, transient=True) as bar:
        task = bar.add_task("read", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)


def _replay_table(source: Path, out: str, rows: Path | None, first: Pack, second: Pack) -> Comparison:
    """The report goes to `out`, the contacts one by one to `rows`."""
    import pyarrow.parquet as pq

    from fairdue.policy.replay import ContactsError, compare_contacts

    if not source.exists():
        unusable(f"{source}: there is no such file; give a Parquet, CSV or JSONL file of contacts")
    try:
        with _progress() as progress:
            comparison = compare_contacts(source, first, second, progress)
    except ContactsError as exc:
        unusable(str(exc) if str(source) in str(exc) else f"{source}: {exc}")
    if rows is not None:
        with pq.ParquetWriter(rows, comparison.schema) as writer:
            for batch in comparison.batches():
                writer.write_batch(batch)
    write_report(out, comparison)
    return comparison


def write_report(out: str, comparison: Comparison) -> None:
    """The comparison as one JSON object."""
    with opened(out, "w") as handle:
        json.dump(comparison.as_dict(), handle, ensure_ascii=False, indent=1)
        handle.write("\n")


def _summary(comparison: Comparison) -> None:
    same = sum(n for (one, two), n in comparison.matrix.items() if one == two)
    stderr.print(f"{same} the same, {comparison.total - same} different", markup=False)
    for name, said in (
        ("taken as default, because the table has no such column", comparison.defaulted),
        ("columns without a meaning here, left alone", comparison.ignored),
        ("rules asked contact by contact", comparison.one_by_one),
    ):
        if said:
            stderr.print(f"{name}: {', '.join(said)}", markup=False)
    if stderr.is_terminal:
        _tables(comparison)


def _tables(comparison: Comparison) -> None:
    """What a person wants to see first, on the terminal."""
    from rich.table import Table

    head = Table(title=f"{comparison.first} → {comparison.second}", title_justify="left")
    for name in ("first \\ second", "pass", "warn", "deny"):
        head.add_column(name, justify="right")
    for one in ("pass", "warn", "deny"):
        head.add_row(one, *(f"{comparison.matrix.get((one, two), 0):,}" for two in ("pass", "warn", "deny")))
    stderr.print(head)
    rules = Table(title="rules", title_justify="left")
    for name in ("rule", "verdict", "first", "second", "debtors first", "debtors second"):
        rules.add_column(name, justify="left" if name in ("rule", "verdict") else "right")
    broken = [(rule, verdict, pair) for rule, found in comparison.rules.items() for verdict, pair in found.items()]
    broken.sort(key=lambda row: (-abs(row[2][1].contacts - row[2][0].contacts), -row[2][1].contacts, row[0]))
    for rule, verdict, (one, two) in broken[:SHOWN]:
        counts = (one.contacts, two.contacts, one.debtors, two.debtors)
        rules.add_row(rule, verdict, *(f"{n:,}" for n in counts))
    stderr.print(rules)
    for title, parts in (("agents", comparison.agents), ("days", comparison.days)):
        table = Table(title=f"{title} with the most changes", title_justify="left")
        for name in (title[:-1], "contacts", "newly denied", "newly allowed"):
            table.add_column(name, justify="left" if name == title[:-1] else "right")
        changed = [
            (
                name,
                sum(matrix.values()),
                sum(n for (one, two), n in matrix.items() if one != "deny" and two == "deny"),
                sum(n for (one, two), n in matrix.items() if one == "deny" and two != "deny"),
            )
            for name, matrix in parts.items()
        ]
        changed.sort(key=lambda row: (-(row[2] + row[3]), row[0]))
        for name, total, denied, allowed in changed[:SHOWN]:
            table.add_row(name or "-", f"{total:,}", f"{denied:,}", f"{allowed:,}")
        stderr.print(table)


def register(group: typer.Typer) -> None:
    """Add `replay`, `generate` and `campaign` to the commands of the gate."""

    @group.command("replay")
    def replay(
        source: str = typer.Argument(
            ...,
            metavar="HISTORY",
            help="Requests, one a line (JSONL; - is stdin), or a table of contacts (.parquet, .csv).",
        ),
        out: str = typer.Option(
            "-", "-o", help="For requests: both decisions, a line each. For a table: the report. - is stdout."
        ),
        pack: Path | None = typer.Option(None, help="First pack; default: the one that ships."),
        pack2: Path | None = typer.Option(None, help="Second pack; default: the same as the first."),
        overlay: list[Path] | None = typer.Option(None, help="Overlay of the first pack; may be repeated."),
        overlay2: list[Path] | None = typer.Option(None, help="Overlay of the second pack; may be repeated."),
        on: str | None = typer.Option(None, metavar="DATE", help="Take the first pack as it stood on this day."),
        on2: str | None = typer.Option(None, metavar="DATE", help="Take the second pack as it stands on this day."),
        jurisdiction: str | None = typer.Option(
            None, help="Which pack that ships; default: that of each request, CN for a table."
        ),
        report: str | None = typer.Option(None, metavar="FILE.json", help="Write the report here as well."),
        rows: Path | None = typer.Option(
            None, metavar="FILE.parquet", help="For a table: the verdicts, contact by contact."
        ),
        lang: str = typer.Option("zh", help="Language of the reasons: zh or en."),
    ) -> None:
        """Back-test: decide a history under two packs, or one pack on two dates, and say what differs."""
        one = _Side(pack, overlay or [], _day(on, "--on"))
        two = _Side(pack2 or pack, overlay2 or [], _day(on2, "--on2"))
        differs = pack2 is not None or bool(overlay2) or on2 is not None
        packs = _Packs(one, two if differs else None, jurisdiction)
        if Path(source).suffix.lower() in TABLES:
            comparison: Comparison = _replay_table(Path(source), out, rows, *packs.pair(None))
        elif rows is not None:
            unusable("--rows goes with a table (.parquet, .csv); for requests the decisions are in -o, a line each")
        else:
            comparison = _replay_lines(source, out, packs, lang)
        if report is not None:
            write_report(report, comparison)
        _summary(comparison)

    @group.command("generate", hidden=True)
    def generate(
        out: Path = typer.Option(..., "-o", metavar="FILE.parquet", help="Where the table goes."),
        contacts: int = typer.Option(100_000, min=1, help="How many contacts."),
        seed: int = typer.Option(1, min=0, help="The same seed gives the same table."),
        jurisdiction: str = typer.Option("CN", help="CN, US, AU or ID."),
    ) -> None:
        """Write a generated history of contacts, for measurements."""
        from fairdue.policy.replay.generate import write

        try:
            written = write(out, contacts, seed, jurisdiction)
        except (ValueError, OSError) as exc:
            unusable(f"{out}: {exc}")
        stderr.print(f"{written} contacts in {out}", markup=False)

    @group.command("campaign")
    def campaign(
        source: Path = typer.Argument(
            ..., metavar="BANK.csv", help="A table of campaign calls: month, day, duration, campaign."
        ),
        out: Path = typer.Option(..., "-o", metavar="FILE.parquet", help="Where the table of contacts goes."),
        jurisdiction: str = typer.Option("CN", help="The jurisdiction to write into the table."),
        tz: str = typer.Option("Asia/Shanghai", help="The zone in which the calls are laid out."),
        days: int = typer.Option(31, min=1, help="Into how many days up to the last call the earlier ones are laid."),
    ) -> None:
        """Shape a public table of telephone campaign calls into attempts: real counts, invented times."""
        import pyarrow.parquet as pq

        from fairdue.core.dates import DateError, zone
        from fairdue.policy.replay import ContactsError
        from fairdue.policy.replay.campaign import attempts

        try:
            zone(tz)
            table = attempts(source, jurisdiction, tz, days=days)
        except (ContactsError, DateError) as exc:
            unusable(str(exc))
        try:
            pq.write_table(table, out)
        except OSError as exc:
            unusable(f"{out}: {exc.strerror or exc}; give a file that can be written")
        stderr.print(
            f"{table.num_rows} attempts in {out}; the times are invented, the counts are the table's", markup=False
        )
