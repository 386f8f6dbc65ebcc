"""Commands of the dialogue room: recognise, recogniser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from .io import opened, read_jsonl, stderr, stdout, unusable, write_jsonl

PARTIES = ("customer", "family", "third", None)
SETS = ("heldback", "folds")
ENGINES = ("default", "embeddings")


def _checked(row: dict[str, Any], source: str, number: int) -> dict[str, Any]:
    """The row, or exit 2 with what is unusable."""
    where = f"{source}:{number}"
    if not isinstance(row.get("text"), str):
        unusable(f"{where}: text is missing or not a text; give the utterance as text")
    if row.get("party") not in PARTIES:
        unusable(f"{where}: party {row['party']!r}; use customer, family or third")
    if not isinstance(row.get("context"), str | None):
        unusable(
            f"{where}: context {row['context']!r}; use opening, identity, reason, deadline, plan, third or closing"
        )
    after = row.get("after", [])
    if not isinstance(after, list) or not all(isinstance(act, str) for act in after):
        unusable(f"{where}: after {after!r}; give a list of acts heard before")
    if not isinstance(row.get("last_step"), str | None):
        unusable(f"{where}: last_step {row['last_step']!r}; give the step of the agent's last line as text")
    return row


def _print_figures(figures: dict[str, Any]) -> None:
    stdout.print(
        f"{figures['set']}, {figures['engine']} engine: {figures['phrases']} phrasings, {figures['families']} families"
    )
    stdout.print("rows " + ", ".join(f"{name} {count}" for name, count in figures["rows"].items()))
    for name, value in figures.items():
        if isinstance(value, float):
            stdout.print(f"  {name:22} {value:.4f}")
    for name in ("latency_ms", "without_party_and_context"):
        if name in figures:
            stdout.print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in figures[name].items()))
    stdout.print("acts that must not be missed: rows, judged present, raised on other turns")
    for act, row in figures["critical"].items():
        stdout.print(f"  {act:26} {row['rows']:4} {row['recall']:.3f} {row['false_alarms']:.3f}")
    stdout.print("taken for another most often")
    for truth, taken, count in figures["confusions"]:
        stdout.print(f"  {count:3}  {truth} → {taken}")
    stdout.print("recall by act")
    for act, value in sorted(figures["recall"].items(), key=lambda pair: pair[1]):
        stdout.print(f"  {act:26} {value:.2f}")


def register(app: typer.Typer) -> None:
    """Add `fairdue recognise` and `fairdue recogniser train|evaluate|distil`."""

    @app.command()
    def recognise(
        source: str = typer.Argument(..., metavar="IN.jsonl", help="Utterances: id, text, party, context. - is stdin."),
        out: str = typer.Option("-", "-o", help="Where the answers go; - is stdout."),
        top: int = typer.Option(3, help="How many ranked acts to give."),
    ) -> None:
        """Say what the other side did: ranked acts with probabilities, and all that are present."""
        from fairdue.dialogue import load_recogniser
        from fairdue.dialogue.opinion import recognise_with
        from fairdue.packs import PACKS, read_yaml

        from .second_opinion import from_environment

        if top < 1:
            unusable(f"--top {top}: give at least 1")
        rows = [_checked(row, source, number) for number, row in enumerate(read_jsonl(source), 1)]
        model = load_recogniser()
        meanings = {act: name["en"] for act, name in read_yaml(PACKS / "acts.yaml")["acts"].items()}
        try:
            ask = from_environment(meanings)
        except ValueError as exc:
            unusable(str(exc))

        def answer(row: dict[str, Any]) -> dict[str, Any]:
            known = {"after": tuple(row.get("after", ())), "last_step": row.get("last_step")}
            found = model.recognise(row["text"], row.get("party"), row.get("context"), top, **known)
            return {"id": row.get("id"), **recognise_with(found, row["text"], ask, meanings).as_dict()}

        write_jsonl(out, (answer(row) for row in rows))

    group = typer.Typer(help="Build the recogniser and measure it.", no_args_is_help=True)
    app.add_typer(group, name="recogniser")
    _register_group(group)


def _register_group(group: typer.Typer) -> None:
    @group.command("evaluate")
    def evaluate_(
        which: str = typer.Option("heldback", "--set", help="heldback: the blind set; folds: phrasings by family."),
        engine: str = typer.Option("default", help="default or embeddings (needs the extra)."),
        as_json: bool = typer.Option(False, "--json", help="All figures as JSON."),
        out: str = typer.Option("-", "-o", help="Where JSON goes; - is stdout."),
    ) -> None:
        """Every published figure of the recogniser, on turns whose families the judging model never saw."""
        from fairdue.dialogue.embeddings import EngineMissing
        from fairdue.dialogue.evaluate import maker, report

        if which not in SETS:
            unusable(f"--set {which}: use heldback or folds")
        if engine not in ENGINES:
            unusable(f"--engine {engine}: use default or embeddings")
        try:
            figures = report(which, maker(engine, stderr.print), engine)
        except EngineMissing as exc:
            unusable(f"--engine embeddings: {exc}; install the extra with pip install fairdue\\[embeddings]")
        if not as_json:
            _print_figures(figures)
            return
        with opened(out, "w") as handle:
            handle.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")

    @group.command("train")
    def train(
        folder: Path | None = typer.Option(None, "-o", help="Folder to keep the model in; default: the cache."),
    ) -> None:
        """Build the model from the phrases that ship, or find it built, and say where it is kept."""
        from fairdue.dialogue.recogniser import built_model

        if folder is not None and folder.exists() and not folder.is_dir():
            unusable(f"-o {folder}: not a folder; give the folder to keep the model in")
        built, path = built_model(stderr.print, [folder] if folder else None)
        if folder is not None and path is None:
            unusable(f"-o {folder}: cannot be written; give a folder that can, or leave -o out for the cache")
        stdout.print(f"{len(built.acts) - 1} acts, kept in {path or 'memory only: no cache folder can be written'}")

    @group.command("distil")
    def distil_(
        dictionary: Path = typer.Argument(
            ..., metavar="DICT.txt", help="jieba's dictionary: word, frequency, tag a line."
        ),
        out: Path = typer.Option(Path("vectors.npz"), "-o", help="Where the word vectors go."),
    ) -> None:
        """Make the word vectors anew with the sentence model of the extra (some minutes)."""
        from fairdue.dialogue.distil import distil, frequent, write_vectors
        from fairdue.dialogue.embeddings import EngineMissing, checked_package

        try:
            with opened(str(dictionary)) as handle:
                rows = frequent(handle)
            arrays = distil(rows, checked_package().E5().query, say=stderr.print)
        except ValueError as exc:
            unusable(f"{dictionary}: {exc}; give jieba's dict.txt")
        except EngineMissing as exc:
            unusable(f"{exc}; install the extra with pip install fairdue\\[embeddings]")
        write_vectors(out, arrays)
        stdout.print(f"{len(rows)} words, {out}")
