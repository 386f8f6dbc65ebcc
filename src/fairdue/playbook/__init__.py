"""Playbook packs: what is said, why, with which facts true, and what must never be said.

    library, findings = load_library()
    scope = library.scope(library.lead("first", product="credit_card"))
    for line in library.replies("stall.payday", stage="first", party="customer", scope=scope):
        rendered, problems = render(line, values)

A pack is a folder: `pack.yaml` (who it is for), `flow.yaml` (states of the call, what must be said before what),
`lines/*.yaml`, `redlines/*.yaml`, `hints/*.yaml` (craft), `tests/*.yaml` (conversations). One practice, one pack; packs
include each other, `common` comes last. An organisation overlays a pack with its own lines without editing ours.
`lint` checks all of it and names file and line.
"""

from .coverage import RowCover, coverage
from .diff import Change, FieldChange, compare
from .library import Library
from .lint import lint
from .loader import load_library, load_sources
from .placeholders import PLACEHOLDERS, PROVEN
from .render import QuoteView, Rendered, RenderValues, render
from .schema import Act, CustomerType, Flow, Hint, Line, PackInfo, RedLineCase, Situation, State
from .sources import PackSource
from .stats import Stats, stats

__all__ = [
    "PLACEHOLDERS",
    "PROVEN",
    "Act",
    "Change",
    "CustomerType",
    "FieldChange",
    "Flow",
    "Hint",
    "Library",
    "Line",
    "PackInfo",
    "PackSource",
    "QuoteView",
    "RedLineCase",
    "RenderValues",
    "Rendered",
    "RowCover",
    "Situation",
    "State",
    "Stats",
    "compare",
    "coverage",
    "lint",
    "load_library",
    "load_sources",
    "render",
    "stats",
]
