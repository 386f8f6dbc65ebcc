"""The case file as a PDF: a first page that a layman understands, then every section of the signed JSON, which is attached.

    pdf = render_case_file(document, "zh")        # document: the bytes that `fairdue.desk.casefile` signed

A pure function of the document: the same bytes give the same PDF. The footer of each page carries their SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from .case_file_front import front
from .case_file_parts import chapters
from .case_file_words import SECTION_NAMES
from .fonts import require_font

TEMPLATE = Path(__file__).parent / "case_file.typ"
__all__ = ["SECTION_NAMES", "case_file_body", "render_apart", "render_case_file"]

TAGGED = 200
"""Contacts up to which the PDF carries tags for screen readers: they make a file of 300 pages eight times as large."""

APART = 500_000
"""Bytes of the document from which it is set in a process of its own."""


def case_file_body(document: Mapping[str, Any], digest: str, lang: str = "zh") -> dict[str, Any]:
    """Everything the template prints, as texts in one language and blocks in order."""
    lang = "en" if lang.startswith("en") else "zh"
    head = document["head"]
    foot = {
        "zh": ("案卷", "第 {n} 页，共 {m} 页", "目录"),
        "en": ("Case file", "page {n} of {m}", "Contents"),
    }[lang]
    return {
        "lang": lang,
        "digest": digest,
        "foot": f"{foot[0]} {head['case']}",
        "page": foot[1],
        "contents": foot[2],
        "file": f"{head['case']}.json",
        "day": [int(part) for part in head["as_of"][:10].split("-")],
        "front": front(document, lang),
        "chapters": chapters(document, digest, lang),
    }


def render_case_file(document: bytes, lang: str = "zh") -> bytes:
    """The PDF of a signed document. Raises `FontMissingError` when Chinese could not be set, `ValueError` or `KeyError` for
    bytes that are no case file.

    About 4 MB of memory stay with the process for each page that was set; `render_apart` sets a long file in one of its own.
    """
    require_font()
    read = json.loads(document)
    body = case_file_body(read, hashlib.sha256(document).hexdigest(), lang)
    inputs = {"facts": json.dumps(body, ensure_ascii=False), "document": document.decode("utf-8")}
    tagged = len(read["sections"]["contacts"]) <= TAGGED
    return bytes(typst.compile(TEMPLATE, sys_inputs=inputs, pdf_tags=tagged))


def render_apart(document: bytes, lang: str = "zh", *, seconds: int = 110) -> bytes:
    """`render_case_file`, for a long document in a process of its own, whose memory is given back when it ends.

    Raises `RuntimeError` when that process fails or takes longer than `seconds`.
    """
    if len(document) <= APART:
        return render_case_file(document, lang)
    require_font()
    command = [sys.executable, "-m", "fairdue.letters.case_file", lang]
    try:
        done = subprocess.run(command, input=document, capture_output=True, timeout=seconds, check=True)  # noqa: S603
    except subprocess.TimeoutExpired as exc:
        raise RuntimeError(f"the PDF was not ready after {seconds} s; use: fairdue casefile export") from exc
    except subprocess.CalledProcessError as exc:
        last = exc.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise RuntimeError(f"the PDF could not be set: {' '.join(last)}") from exc
    return done.stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(render_case_file(sys.stdin.buffer.read(), sys.argv[1]))
