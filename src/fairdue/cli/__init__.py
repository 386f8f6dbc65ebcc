"""`fairdue …`: the same services as the desk, for scripts and for people at a terminal.

Each module of this package holds the commands of one room and a `register(app)` function; a room's libraries are
imported only when one of its commands runs, so that `fairdue --help` stays quick.
"""

from __future__ import annotations

import typer

from fairdue import __version__

from . import casefile, desk, dialogue, gate, guard, ledger, letters, night, playbook, portfolio, practice, review

app = typer.Typer(
    name="fairdue",
    help="Fairdue · 公道: consumer debt collection that is fair by construction.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Fairdue · 公道: consumer debt collection that is fair by construction."""


for _room in (desk, casefile, portfolio, night, ledger, gate, playbook, dialogue, guard, review, letters, practice):
    _room.register(app)


def main() -> None:
    """Entry point of the `fairdue` command."""
    app()
