"""Playbook packs: what is said, why, with which facts true, and what must never be said.

    library, findings = load_library()
    for line in library.replies("stall.payday", stage="first", party="customer"):
        rendered, problems = render(line, values)

A pack is a folder: `pack.yaml` (who it is for), `flow.yaml` (states of the call), `lines/*.yaml`, `redlines/*.yaml`,
`tests/*.yaml` (conversations). `lint` checks all of it and names file and line.
"""

from .library import Library, load_library
from .lint import lint
from .render import QuoteView, Rendered, RenderValues, render
from .schema import Act, Flow, Line, PackInfo, RedLineCase, State

__all__ = [
    "Act",
    "Flow",
    "Library",
    "Line",
    "PackInfo",
    "QuoteView",
    "RedLineCase",
    "RenderValues",
    "Rendered",
    "State",
    "lint",
    "load_library",
    "render",
]
