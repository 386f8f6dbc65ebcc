"""A service that refuses says why and how to mend it, in both languages; pages and the API show that finding."""

from __future__ import annotations

from fairdue.core.findings import Finding, Place, Severity
from fairdue.core.text import Text


class RefusedError(ValueError):
    """The change was refused and nothing was written; `finding` names what, why and how to mend it.

    `field` is the form field the refusal speaks of, if any.
    """

    def __init__(self, code: str, what: Text, mend: Text, *, why: Text | None = None, field: str | None = None) -> None:
        super().__init__(what.en)
        reason = why or Text(
            zh="记录要与事实、法规和权限相符。", en="Records have to agree with the facts, the law and the rights held."
        )
        self.finding = Finding(
            code=code, what=what, why=reason, mend=mend, place=Place(field=field), severity=Severity.ERROR
        )

    def message(self, lang: str) -> str:
        """What is wrong and how to mend it, as one line for a page."""
        return f"{self.finding.what.in_(lang)} {self.finding.mend.in_(lang)}"


def need_text(text: str, code: str, what: Text, *, field: str, limit: int = 2000) -> str:
    """The text without blanks at its ends. Raises `RefusedError` (`what` says what is needed) when it is empty, longer than
    `limit` characters or not plain text."""
    plain = text.strip()
    if not plain or len(plain) > limit or "\x00" in plain:
        mend = Text(zh=f"写清楚再提交，最多 {limit} 字。", en=f"Write it and submit again, at most {limit} characters.")
        raise RefusedError(code, what, mend, field=field)
    return plain
