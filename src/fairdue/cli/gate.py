"""Commands of the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from .io import read_jsonl, stderr, unusable, write_jsonl

if TYPE_CHECKING:
    from datetime import datetime

    from fairdue.policy import Decision, Pack, Request

PACK = typer.Option(None, help="Folder of a policy pack; default: the one that ships for the jurisdiction.")
OVERLAY = typer.Option(None, "--overlay", help="Overlay file that tightens the pack; may be given several times.")
LANG = typer.Option("zh", help="Language of the texts: zh or en.")


def existing(overlays: list[Path] | None) -> None:
    """Ends the command with status 2 when an overlay file is not there."""
    for path in overlays or []:
        if not path.is_file():
            unusable(f"--overlay {path}: there is no such file")


def load(folder: Path | None, jurisdiction: str = "CN", overlays: list[Path] | None = None) -> Pack:
    """The pack, or the end of the command: status 2 when there is none, 1 when it has findings (they are printed)."""
    from fairdue.packs import PackError
    from fairdue.policy import load_pack

    existing(overlays)
    try:
        pack, findings = load_pack(folder, jurisdiction, overlays or [])
    except PackError as exc:
        unusable(f"{exc}; give the folder of a policy pack")
    for finding in findings:
        stderr.print(finding.line(), markup=False)
    if findings:
        raise typer.Exit(1)
    return pack


def requests(source: str) -> Iterator[Request]:
    """The requests of a JSONL file; a line that cannot be used ends the command with status 2."""
    from fairdue.policy import RequestError, parse_request

    for number, raw in enumerate(read_jsonl(source), 1):
        try:
            yield parse_request(raw)
        except RequestError as exc:
            unusable(f"{source}:{number}: {exc}")


def instant(option: str, text: str | None) -> datetime | None:
    """An instant given as an option."""
    from fairdue.core.dates import DateError, parse_instant

    try:
        return None if text is None else parse_instant(text)
    except DateError as exc:
        unusable(f"{option}: {exc}")


def decider(folder: Path | None, overlays: list[Path] | None, at: datetime | None) -> Callable[[Request], Decision]:
    """Decides each request with the pack of its jurisdiction, or with the one pack that was given."""
    from fairdue.policy import decide, jurisdictions, no_pack

    existing(overlays)
    given = load(folder, overlays=overlays) if folder is not None else None
    packs: dict[str, Pack | None] = {}

    def pack_of(name: str) -> Pack | None:
        if name not in packs:
            packs[name] = load(None, name, overlays) if name in jurisdictions() else None
        return packs[name]

    def answer(request: Request) -> Decision:
        pack = given or pack_of(request.jurisdiction or "")
        return no_pack(request) if pack is None else decide(request, pack, at)

    return answer


def register(app: typer.Typer) -> None:
    """Add `fairdue gate …`."""
    from . import gate_packs, gate_replay

    group = typer.Typer(help="May I contact this person now?", no_args_is_help=True)
    app.add_typer(group, name="gate")
    gate_packs.register(group)
    gate_replay.register(group)

    @group.command("check")
    def check(
        source: str = typer.Argument(..., metavar="REQUESTS.jsonl", help="Requests, one a line; - is stdin."),
        out: str = typer.Option("-", "-o", help="Where the decisions go; - is stdout."),
        pack: Path | None = PACK,
        overlay: list[Path] | None = OVERLAY,
        at: str | None = typer.Option(None, help="Decide all requests at this instant, ISO 8601 with an offset."),
        lang: str = LANG,
    ) -> None:
        """Decide requests: verdict, every rule that spoke, and the next lawful moment."""
        decided = decider(pack, overlay, instant("--at", at))
        write_jsonl(out, (decided(request).as_dict(lang) for request in requests(source)))
