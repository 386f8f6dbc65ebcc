"""What can be wrong with one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from fairdue.core.findings import Finding, Place

from .catalogues import citations, claims, practice_rows, source_rows
from .library import Library
from .loader import problem
from .placeholders import NEEDS, PLACEHOLDERS
from .schema import CEILING, CHANNELS, LONGEST, PARTIES, STAGES, Line

LITERAL = re.compile(
    r"\d+(\.\d+)?\s*(元|块|万)|\d+\s*(号|日)|\d+\s*[点时](?!人)|\d{1,2}:\d{2}|[一二三四五六七八九十]+(块钱|万元|千元)"
)
"""A figure, date or hour written out: it would be untrue for the next customer."""

Say = Callable[..., None]


def line_findings(line: Line, library: Library) -> list[Finding]:
    """All findings about one line."""
    at = library.where.get(line.id, Place())
    out: list[Finding] = []

    def say(code: str, zh: str, en: str, mend_zh: str, mend_en: str) -> None:
        out.append(problem(f"playbook.{code}", at, f"{line.id}:{zh}", f"{line.id}: {en}", mend_zh, mend_en))

    for check in (_names, _reasons, _placeholders, _facts, _measure, _closed_lists):
        check(line, library, say)
    return out


def _names(line: Line, library: Library, say: Say) -> None:
    for act in line.answers:
        if act not in library.acts:
            say(
                "act",
                f"未知的行为 {act}。",
                f"unknown act {act}.",
                "改用 acts.yaml 里的编号。",
                "Use an id of acts.yaml.",
            )
    if not line.answers and not line.step and not line.situation:
        say(
            "purpose",
            "既不答话,也不属于步骤或特殊账户。",
            "answers nothing and belongs to no step or special account.",
            "写 answers、step 或 situation。",
            "Give answers, step or situation.",
        )
    if line.stage not in STAGES:
        say("stage", f"未知阶段 {line.stage}。", f"unknown stage {line.stage}.", "、".join(STAGES), ", ".join(STAGES))
    if line.party not in PARTIES:
        say("party", f"未知对象 {line.party}。", f"unknown party {line.party}.", "、".join(PARTIES), ", ".join(PARTIES))
    elif (line.party == "customer") == (line.stage == "third_party"):
        say(
            "party",
            "第三人的话术放在 third_party 阶段,对客户的不放。",
            "lines for third parties belong to the stage third_party, those for the customer do not.",
            "改 party 或 stage。",
            "Change party or stage.",
        )


def _reasons(line: Line, _library: Library, say: Say) -> None:
    if not line.why.strip() or not line.source.strip() or not line.gist_en.strip():
        say(
            "reason",
            "缺 why、source 或 gist_en。",
            "why, source or gist_en is empty.",
            "写上原因、出处和英文大意。",
            "Write why, the source and the English gist.",
        )
    if (line.pressure >= 2 or line.lever == "law") and not line.cites:
        say(
            "citation",
            "讲后果或讲法却没写依据。",
            "states a consequence or the law without citing it.",
            "写 cites。",
            "Give cites.",
        )
    for row in source_rows(line.source):
        if row not in practice_rows():
            say(
                "source",
                f"未知出处 {row}。",
                f"unknown practice row {row}.",
                "写 practice-rows.yaml 里的编号,如 P1-2.2a。",
                "Name a row of practice-rows.yaml such as P1-2.2a.",
            )
    for cite in line.cites:
        if cite not in citations():
            say(
                "cite.unknown",
                f"未知条款 {cite}。",
                f"unknown rule {cite}.",
                "写 citations.yaml 里的编号。",
                "Name a rule of citations.yaml.",
            )


def _placeholders(line: Line, _library: Library, say: Say) -> None:
    for name in line.placeholders:
        if name not in PLACEHOLDERS:
            known = list(PLACEHOLDERS)
            say("placeholder", f"未知占位 {name}。", f"unknown placeholder {name}.", "、".join(known), ", ".join(known))
            continue
        need = PLACEHOLDERS[name].need
        if need == "deadline" and line.deadline is None:
            say(
                "deadline",
                "用了期限却没有 deadline。",
                "says a deadline but has none.",
                "写 deadline。",
                "Give deadline.",
            )
        elif need not in (None, "deadline") and need not in line.needs:
            say(
                "needs",
                f"用了「{name}」却没在 needs 里写 {need}。",
                f"says {name} without {need} in needs.",
                f"needs 里加 {need}。",
                f"Add {need} to needs.",
            )


def _facts(line: Line, _library: Library, say: Say) -> None:
    for need in line.needs:
        if need not in NEEDS:
            known = sorted(NEEDS)
            say("need", f"未知事实 {need}。", f"unknown fact {need}.", "、".join(known), ", ".join(known))
    words = re.sub(r"\{[^{}]*\}", "", line.say)
    for match in LITERAL.finditer(words):
        say(
            "literal",
            f"写死了「{match[0]}」,换一位客户就不真了。",
            f"{match[0]} is written out and untrue for the next customer.",
            "改用占位,如 {应还金额}、{期限}。",
            "Use a placeholder such as {应还金额} or {期限}.",
        )
    for claim in _unproven(line):
        say(
            "claim",
            f"{claim[0]}(「{claim[2]}」),却没在 needs 里写依据。",
            f"{claim[1]} (“{claim[2]}”) without the fact in needs.",
            f"needs 里加 {claim[3]} 之一,或换个说法。",
            f"Add one of {claim[3]} to needs, or say it otherwise.",
        )


def _unproven(line: Line) -> Iterator[tuple[str, str, str, str]]:
    if line.party != "customer":
        return
    for claim in claims():
        match = claim.pattern.search(line.say)
        if match and not set(claim.needs) & set(line.needs):
            yield claim.meaning.zh, claim.meaning.en, match[0], ", ".join(claim.needs)


def _measure(line: Line, _library: Library, say: Say) -> None:
    if line.stage in CEILING and line.pressure > CEILING[line.stage]:
        say(
            "pressure",
            f"施压 {line.pressure} 超过本阶段上限。",
            f"pressure {line.pressure} is above the stage's ceiling.",
            "降低 pressure 或换阶段。",
            "Lower the pressure or move the line.",
        )
    longest = LONGEST.get(line.stage)
    if longest and line.deadline and line.deadline.span > longest:
        say(
            "deadline.long",
            f"本阶段的期限最长 {longest.days} 天。",
            f"this stage sets at most {longest.days} days.",
            f"改为 {longest.days}d 以内。",
            f"Use at most {longest.days}d.",
        )
    if line.party != "customer" and line.debt_facts:
        say(
            "disclosure",
            "对第三人说了欠款信息。",
            "tells a third party about the debt.",
            "去掉债务事实。",
            "Take the debt facts out.",
        )


def _closed_lists(line: Line, library: Library, say: Say) -> None:
    lists = (
        ("fits", line.fits, set(library.types), "customer-types.yaml"),
        ("situation", line.situation, set(library.situations), "situations.yaml"),
        ("channels", line.channels, set(CHANNELS), ", ".join(CHANNELS)),
    )
    for name, given, known, where in lists:
        for value in given:
            if value not in known:
                say(
                    name,
                    f"{name} 里有未知的 {value}。",
                    f"unknown {value} in {name}.",
                    f"见 {where}。",
                    f"See {where}.",
                )
