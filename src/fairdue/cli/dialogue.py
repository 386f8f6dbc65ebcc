"""Commands of the dialogue room: recognise, recogniser."""

from __future__ import annotations

import typer

from .io import read_jsonl, stdout, unusable, write_jsonl

PARTIES = ("customer", "family", "third", None)


def register(app: typer.Typer) -> None:
    """Add `fairdue recognise` and `fairdue recogniser evaluate`."""

    @app.command()
    def recognise(
        source: str = typer.Argument(..., metavar="IN.jsonl", help="Utterances: id, text, party, context. - is stdin."),
        out: str = typer.Option("-", "-o", help="Where the answers go; - is stdout."),
        top: int = typer.Option(3, help="How many ranked acts to give."),
    ) -> None:
        """Say what the other side did: ranked acts with probabilities, and all that are present."""
        from fairdue.dialogue import load_recogniser

        if top < 1:
            unusable(f"--top {top}: give at least 1")
        rows = list(read_jsonl(source))
        for number, row in enumerate(rows, 1):
            if not isinstance(row.get("text"), str):
                unusable(f"{source}:{number}: text is missing or not a text; give the utterance as text")
            if row.get("party") not in PARTIES:
                unusable(f"{source}:{number}: party {row['party']!r}; use customer, family or third")
        model = load_recogniser()
        write_jsonl(
            out,
            (
                {
                    "id": row.get("id"),
                    **model.recognise(row["text"], row.get("party"), row.get("context"), top).as_dict(),
                }
                for row in rows
            ),
        )

    group = typer.Typer(help="Figures of the recogniser.", no_args_is_help=True)
    app.add_typer(group, name="recogniser")

    @group.command("evaluate")
    def evaluate_(folds: int = typer.Option(5, help="How many parts the phrasing families are dealt into.")) -> None:
        """Accuracy on phrasing families that the judging model never saw."""
        from fairdue.dialogue.recogniser import evaluate, load_phrases, load_safety

        if folds < 2:
            unusable(f"--folds {folds}: give at least 2")
        figures = evaluate(load_phrases(), load_safety(), folds)
        stdout.print(f"{figures['phrases']} phrases in {figures['families']} families, {folds} folds by family")
        stdout.print(f"top-1 {figures['top1']:.3f}  top-3 {figures['top3']:.3f}  macro-F1 {figures['macro_f1']:.3f}")
        stdout.print(f"safety acts judged present {figures['safety_recall']:.3f} (the phrase layer is not held out)")
        stdout.print(f"mean confidence less accuracy {figures['overconfidence']:+.3f}")
        for act, value in sorted(figures["recall"].items(), key=lambda pair: pair[1]):
            stdout.print(f"  {act:28} recall {value:.2f}")

    @group.command("train")
    def train() -> None:
        """Train from the phrases that ship and say how many acts and phrases there are; the model is kept in memory."""
        from fairdue.dialogue.recogniser import Recogniser, load_phrases, load_safety

        phrases = load_phrases()
        Recogniser(phrases, load_safety())
        stdout.print(f"trained on {len(phrases)} phrases of {len({p.act for p in phrases})} acts")
