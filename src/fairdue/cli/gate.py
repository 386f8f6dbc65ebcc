"""Commands of the gate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .io import read_jsonl, stderr, stdout, unusable, write_jsonl

if TYPE_CHECKING:
    from fairdue.policy import Pack, Request


def _load(folder: Path | None) -> Pack:
    from fairdue.packs import PackError
    from fairdue.policy import load_pack

    try:
        pack, findings = load_pack(folder)
    except PackError as exc:
        unusable(f"{exc}; give the folder of a policy pack")
    for finding in findings:
        stderr.print(finding.line(), markup=False)
    if findings:
        raise typer.Exit(1)
    return pack


def _requests(source: str) -> Iterator[Request]:
    from fairdue.policy import RequestError, parse_request

    for number, raw in enumerate(read_jsonl(source), 1):
        try:
            yield parse_request(raw)
        except RequestError as exc:
            unusable(f"{source}:{number}: {exc}")


def register(app: typer.Typer) -> None:
    """Add `fairdue gate check`, `replay` and `rules`."""
    group = typer.Typer(help="May I contact this person now?", no_args_is_help=True)
    app.add_typer(group, name="gate")

    @group.command("check")
    def check(
        source: str = typer.Argument(..., metavar="REQUESTS.jsonl", help="Requests, one a line; - is stdin."),
        out: str = typer.Option("-", "-o", help="Where the decisions go; - is stdout."),
        pack: Path | None = typer.Option(None, help="Folder of a policy pack; default: the one that ships."),
        at: str | None = typer.Option(None, help="Decide all requests at this instant, ISO 8601 with an offset."),
        lang: str = typer.Option("zh", help="Language of the reasons: zh or en."),
    ) -> None:
        """Decide requests: verdict, every rule that spoke, and the next lawful moment."""
        from fairdue.core.dates import DateError, parse_instant
        from fairdue.policy import decide

        moment = None
        if at is not None:
            try:
                moment = parse_instant(at)
            except DateError as exc:
                unusable(f"--at: {exc}")
        loaded = _load(pack)
        write_jsonl(out, (decide(request, loaded, moment).as_dict(lang) for request in _requests(source)))

    @group.command("replay")
    def replay(
        source: str = typer.Argument(..., metavar="HISTORY.jsonl", help="Past requests, one a line; - is stdin."),
        out: str = typer.Option("-", "-o", help="Where the comparison goes; - is stdout."),
        pack: Path | None = typer.Option(None, help="First pack; default: the one that ships."),
        pack2: Path | None = typer.Option(None, help="Second pack to compare with; default: the first."),
        lang: str = typer.Option("zh", help="Language of the reasons: zh or en."),
    ) -> None:
        """Decide a history under two packs and say, request by request, what differs."""
        from fairdue.policy import decide

        first = _load(pack)
        second = _load(pack2) if pack2 else first
        counts = {"same": 0, "differs": 0}

        def rows() -> Iterator[dict[str, Any]]:
            for request in _requests(source):
                one, two = decide(request, first), decide(request, second)
                same = one.verdict == two.verdict
                counts["same" if same else "differs"] += 1
                yield {"id": request.id, "same": same, "first": one.as_dict(lang), "second": two.as_dict(lang)}

        write_jsonl(out, rows())
        stderr.print(f"{counts['same']} the same, {counts['differs']} different")

    @group.command("rules")
    def rules(
        pack: Path | None = typer.Option(None, help="Folder of a policy pack; default: the one that ships."),
        lang: str = typer.Option("zh", help="Language of the titles: zh or en."),
    ) -> None:
        """List the rules with source, force and the date from which they hold."""
        for rule in _load(pack).rules:
            title = rule.title.zh if lang == "zh" else rule.title.en
            stdout.print(
                f"{rule.id:18} {rule.verdict:5} {rule.effective.start}  {title}  [{rule.citation.in_(lang)}]",
                markup=False,
            )
