"""The playbook for other systems: what is live, and one line with its reason and law.

The desk's API takes it in with `api.add_router("/playbooks", router)`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from . import selectors

router = Router(tags=["playbooks"])


class ReleaseOut(Schema):
    """`number` 0: the packs as they ship. `revisions` maps each pack that is changed to the number of its revision."""

    number: int
    made_at: datetime | None
    library: str
    revisions: dict[str, int]


class LineOut(Schema):
    """A line as authored; `say` still has its placeholders, which only a call with its facts may fill."""

    id: str
    pack: str
    release: int
    answers: list[str]
    step: str
    stage: str
    party: str
    say: str
    why: str
    pressure: int
    within: str | None = Field(None, description="deadline the line sets, such as 2d or 4h")
    needs: list[str]
    cites: list[str]
    source: str


class Missing(Schema):
    code: str
    detail: str


@router.get("/release", response=ReleaseOut)
def release(request: HttpRequest) -> dict[str, Any]:
    """The release that new calls begin with."""
    number = selectors.current_release()
    latest = selectors.releases().first()
    return {
        "number": number,
        "made_at": latest.made_at if latest else None,
        "library": selectors.library_of(number).version,
        "revisions": {revision.pack: revision.number for revision in selectors.live_revisions()},
    }


@router.get("/lines/{line_id}", response={200: LineOut, 404: Missing})
def line(request: HttpRequest, line_id: str, release: int | None = None) -> Any:
    """One line of the live release, or of the release a call began with."""
    number = selectors.current_release() if release is None else release
    try:
        library = selectors.library_of(number)
    except LookupError as unknown:
        return 404, {"code": "not_found", "detail": str(unknown)}
    found = library.lines.get(line_id)
    if found is None:
        return 404, {"code": "not_found", "detail": f"release {number} has no such line"}
    return {
        **found.model_dump(
            include={"id", "answers", "step", "stage", "party", "why", "pressure", "needs", "cites", "source"}
        ),
        "say": found.say.strip(),
        "pack": library.pack_of[line_id],
        "release": number,
        "within": found.deadline.within if found.deadline else None,
    }
