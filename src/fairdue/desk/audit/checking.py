"""Check rows of the audit trail, wherever they come from: the database or an export. Plain functions, no Django."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text

from .chain import GENESIS, content_digest, first_format_hash, link_hash

MOST_FINDINGS = 10
"""A chain that is broken is broken; after this many breaks the rest is not listed."""


def check(
    events: Iterable[dict[str, Any]], *, first: int = 1, anchor: str = GENESIS, last: int | None = None
) -> tuple[int, list[Finding]]:
    """Check rows as `selectors.export` gives them: contiguous from `first`, tied to `anchor`, unchanged."""
    findings: list[Finding] = []
    previous, expected, count, digests_began = anchor, first, 0, False
    for event in events:
        count += 1
        seq = event["seq"]
        if seq != expected:
            what = Text(zh=f"第 {expected} 条缺失。", en=f"Event {expected} is missing.")
            findings.append(broken("audit.gap", expected, what))
        if event["previous"] != previous:
            what = Text(zh=f"第 {seq} 条接不上前一条。", en=f"Event {seq} does not follow the one before.")
            findings.append(broken("audit.link", seq, what))
        if not _whole(event, digests_began):
            what = Text(zh=f"第 {seq} 条被改动过。", en=f"Event {seq} was changed after it was written.")
            findings.append(broken("audit.changed", seq, what))
        if len(findings) >= MOST_FINDINGS:
            return count, findings
        digests_began = digests_began or bool(event["digest"])
        previous, expected = event["hash"], seq + 1
    if last is not None and expected <= last:
        what = Text(zh=f"第 {expected} 条缺失。", en=f"Event {expected} is missing.")
        findings.append(broken("audit.gap", expected, what))
    return count, findings


def _whole(event: dict[str, Any], digests_began: bool) -> bool:
    """True when the row still says what its digest and its hash were made from."""
    content = (event["at"], event["actor"], event["kind"], event["subject"], event["customer"], event["payload"])
    if not event["digest"] and not digests_began:
        return event["hash"] == first_format_hash(event["seq"], *content, event["previous"])
    found = content_digest(*content)
    return found == event["digest"] and event["hash"] == link_hash(event["seq"], found, event["previous"])


def broken(code: str, seq: int, what: Text) -> Finding:
    """The finding for one break of the chain, at event `seq`."""
    return Finding(
        code=code,
        what=what,
        why=Text(zh="审计链断了,之后的记录不能作证。", en="The chain is broken; what follows proves nothing."),
        mend=Text(
            zh="停止写入,保全数据库,对照备份查明是谁在何时改动。",
            en="Stop writing, secure the database, and compare with a backup to learn who changed it and when.",
        ),
        place=Place("audit", seq),
    )
