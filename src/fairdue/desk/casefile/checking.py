"""Check a case file that came from anywhere: which section was changed, does the signature hold, do the audit rows fit.

A damaged file is still searched: what can be read is compared with its digest, so that one wrong byte names one section.
Needs neither Django nor the database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.desk.audit.chain import content_digest, first_format_hash, link_hash
from fairdue.desk.audit.signing import Signature, SignatureFormatError, verify

from .sealed import SCHEMA, canonical, sha256, signed_part

PARTS = ("digests", "head", "schema", "sections", "signatures")

_MEND = Text(
    "不要再使用这份文件；向出具机构索取原件，并核对 PDF 页脚的摘要。",
    "Do not rely on this file; ask the issuer for the original and compare the digest in the PDF's footer.",
)
_PROVES = Text("被改动过的内容不能作证。", "What was changed proves nothing.")


class NotACaseFileError(ValueError):
    """The bytes are no case file at all; the message says why."""


@dataclass(frozen=True)
class Checked:
    """The result. `sections`: name → "whole", "changed", "missing" or "added". `findings` is empty when all is well.

    `digest` is the SHA-256 that the PDF's footer shows (of the canonical bytes; a file that was merely laid out anew has
    the same). `public_key` is the key named in the file: whose it is the reader has to know from elsewhere. `signed`: head and
    digests are what that key signed, whatever became of the sections.
    """

    digest: str
    head: Mapping[str, Any]
    public_key: str
    sections: Mapping[str, str]
    signed: bool
    findings: tuple[Finding, ...] = field(default=())

    @property
    def whole(self) -> bool:
        return not self.findings


def check(raw: bytes, *, public_key: str | None = None) -> Checked:
    """Check a file's bytes, against `public_key` when one is given. Raises `NotACaseFileError`; `SignatureFormatError` when
    the given key is none."""
    if public_key is not None:
        verify(b"", Signature(public_key, "A" * 86 + "=="), public_key=public_key)  # raises when it is no key
    document = _strict(raw)
    if document is None:
        document, states = _salvaged(raw)
        findings = [_unreadable()]
        digest = sha256(raw)
    else:
        states = _states(document)
        findings = [_extra(name) for name in sorted(set(document) - set(PARTS))]
        digest = sha256(canonical(document))
    held = _signed(document, "digests", signed_part(document), public_key)
    findings += [_section(name, state, held) for name, state in states.items() if state != "whole"]
    if not held:
        findings.append(_finding("head", _HEAD))
    elif not findings:
        body = canonical({name: part for name, part in document.items() if name != "signatures"})
        if not _signed(document, "file", body, public_key):
            findings.append(_finding("signature", _SIGNATURE))
    if public_key is not None and not findings and _key(document) != public_key:
        findings.append(_finding("key", _OTHER_KEY))
    findings += _audit(document, states)
    head = document.get("head")
    return Checked(digest, head if isinstance(head, Mapping) else {}, _key(document), states, held, tuple(findings))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that stands twice is refused, because two readers would see two different files."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _strict(raw: bytes) -> dict[str, Any] | None:
    """The document; None when it cannot be read as a whole but may be a damaged case file."""
    try:
        document = json.loads(raw.decode("utf-8"), object_pairs_hook=_once)
        canonical(document)
    except (ValueError, RecursionError) as exc:
        if b'"digests":' in raw or b"fairdue.casefile/" in raw:
            return None
        raise NotACaseFileError(f"not a case file: {exc}") from exc
    if not isinstance(document, dict) or not str(document.get("schema", "")).startswith("fairdue.casefile/"):
        if isinstance(document, dict) and set(PARTS) <= set(document):
            return document
        raise NotACaseFileError('not a case file: "schema" is not fairdue.casefile/…')
    if document["schema"] != SCHEMA:
        raise NotACaseFileError(f"schema {document['schema']!r} is not known here; this version reads {SCHEMA}")
    return document


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _states(document: Mapping[str, Any]) -> dict[str, str]:
    digests, sections = _mapping(document.get("digests")), _mapping(document.get("sections"))
    states = {}
    for name in sorted({*digests, *sections}):
        if name not in sections:
            states[name] = "missing"
        elif name not in digests:
            states[name] = "added"
        else:
            states[name] = "whole" if sha256(canonical(sections[name])) == digests[name] else "changed"
    return states


def _salvaged(raw: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """The parts of a damaged file that can be read, and how each section fares.

    Read as Latin-1 a position in the text is a position in the bytes, and JSON's own signs are the same.
    """
    text, decoder = raw.decode("latin-1"), json.JSONDecoder()

    def values(name: str) -> list[tuple[int, int]]:
        """Where values under this key stand that can be read."""
        found, at, mark = [], 0, f'"{name}":'
        while (at := text.find(mark, at)) >= 0:
            at += len(mark)
            try:
                found.append((at, decoder.raw_decode(text, at)[1]))
            except (ValueError, RecursionError):
                continue
        return found

    document: dict[str, Any] = {}
    for name, which in (("digests", 0), ("head", 0), ("schema", -1), ("signatures", -1)):
        places = values(name)
        if places:
            start, end = places[which]
            try:
                document[name] = json.loads(raw[start:end])
            except ValueError:
                continue
    digests = _mapping(document.get("digests"))
    states = {}
    for name, digest in sorted(digests.items()):
        whole = [(start, end) for start, end in values(name) if sha256(raw[start:end]) == digest]
        states[name] = "whole" if whole else "changed"
        if whole and name == "audit":
            document["sections"] = {"audit": json.loads(raw[whole[0][0] : whole[0][1]])}
    return document, states


def _signed(document: Mapping[str, Any], which: str, data: bytes, public_key: str | None) -> bool:
    try:
        return verify(data, Signature.from_dict(_mapping(document.get("signatures")).get(which)), public_key=public_key)
    except SignatureFormatError:
        return False


def _key(document: Mapping[str, Any]) -> str:
    return str(_mapping(_mapping(document.get("signatures")).get("file")).get("public_key", ""))


def _audit(document: Mapping[str, Any], states: Mapping[str, str]) -> list[Finding]:
    """Rows that do not say what their hash was made from, or that the chain does not lead to; only of a section that is
    whole, because a changed one is named already."""
    if states.get("audit") != "whole":
        return []
    section = _mapping(_mapping(document.get("sections")).get("audit"))
    try:
        wrong = broken_rows(section)
    except (KeyError, TypeError, AttributeError, StopIteration):
        wrong = ["?"]
    if not wrong:
        return []
    listed = ", ".join(wrong[:10])
    what = Text(
        f"审计记录第 {listed} 条接不上审计链：导出之前审计链已经被改动。",
        f"Audit rows {listed} do not fit the chain: the trail was changed before the export.",
    )
    return [_finding("audit", what)]


def broken_rows(section: Mapping[str, Any]) -> list[str]:
    """Numbers of the rows of an audit section that do not fit: their content, their hash, or the way from the row before."""
    between = section["between"]
    others = iter(between or ())
    wrong, previous, expected = [], section["anchor"], section["first"]
    for row in section["rows"]:
        if between is None and row["seq"] != expected:
            previous = row["previous"]  # the digests between are not in the file
        else:
            for seq in range(expected, row["seq"]):
                other = next(others)
                previous = other[1:] if other.startswith("=") else link_hash(seq, other, previous)
        if row["previous"] != previous or not _fits(row):
            wrong.append(str(row["seq"]))
        previous, expected = row["hash"], row["seq"] + 1
    return wrong


def _fits(row: Mapping[str, Any]) -> bool:
    content = (row["at"], row["actor"], row["kind"], row["subject"], row["customer"], row["payload"])
    if not row["digest"]:
        return bool(row["hash"] == first_format_hash(row["seq"], *content, row["previous"]))
    found = content_digest(*content)
    return found == row["digest"] and row["hash"] == link_hash(row["seq"], found, row["previous"])


_HEAD = Text(
    "摘要表、案卷抬头或签名被改动过，签名不成立。",
    "The head, the list of digests or the signature was changed: it does not hold.",
)
_SIGNATURE = Text("整份文件的签名不成立。", "The signature over the whole file does not hold.")
_OTHER_KEY = Text("文件不是用给定的公钥签名的。", "The file was not signed with the key that was given.")


def _finding(code: str, what: Text) -> Finding:
    return Finding(f"casefile.{code}", what, _PROVES, _MEND, place=Place(field=code))


def _unreadable() -> Finding:
    what = Text(
        "文件不再是完整的 JSON，以下按能读出的部分核对。",
        "The file is no longer whole JSON; what can be read was checked.",
    )
    return _finding("unreadable", what)


def _extra(name: str) -> Finding:
    shown = name[:40]
    return _finding(
        "extra", Text(f"多出一个不属于案卷的部分：{shown}。", f"There is a part that no case file has: {shown}.")
    )


def _section(name: str, state: str, held: bool) -> Finding:
    zh = {"changed": "被改动过", "missing": "缺失", "added": "是后来加上的"}[state]
    en = {"changed": "was changed", "missing": "is missing", "added": "was added later"}[state]
    if not held:
        zh, en = f"{zh}，或者它的摘要被改动过", f"{en}, or its digest was"
    what = Text(f"「{name}」部分{zh}。", f"Section {name} {en}.")
    return Finding(f"casefile.section.{state}", what, _PROVES, _MEND, place=Place(field=f"sections.{name}"))
