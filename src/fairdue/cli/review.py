"""Commands of the review room."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from .io import unusable, write_jsonl


def register(app: typer.Typer) -> None:
    """Add `fairdue review`."""

    @app.command()
    def review(
        calls: list[Path] = typer.Argument(..., metavar="CALL.json …", help="Calls to judge, one JSON file each."),
        out: str = typer.Option("-", "-o", help="Where the verdicts go, one a line; - is stdout."),
    ) -> None:
        """Judge calls from transcript and timing."""
        from fairdue.review import CallError, review_call

        verdicts: list[dict[str, Any]] = []
        for path in calls:
            try:
                verdicts.append(review_call(json.loads(path.read_text(encoding="utf-8"))).as_dict())
            except OSError as exc:
                unusable(f"{path}: {exc.strerror}; give an existing JSON file")
            except (json.JSONDecodeError, UnicodeDecodeError, AttributeError) as exc:
                unusable(f"{path}: not a JSON object ({exc}); see docs/reference/formats.md")
            except CallError as exc:
                unusable(f"{path}: {exc}")
        write_jsonl(out, verdicts)
