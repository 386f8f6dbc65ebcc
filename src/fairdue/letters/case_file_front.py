"""The first page: what was complained about, what was done, whether every contact was allowed, the course of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairdue.core.dates import local, parse_instant
from fairdue.core.text import Text

from . import case_file_words as words
from .case_file_blocks import Block, clock, heading, money, pairs, paragraph, row, soft, table

LONGEST = 320
"""Signs of a complaint or an answer that the first page shows; the rest stands in the first chapter."""
EVENTS = (3, 5)
"""How many events the first page shows, from the beginning and from the end."""
DAYS = 6
"""How many days of contacts the first page shows, the latest ones."""


def _say(zh: str, en: str, lang: str) -> str:
    return Text(zh, en).in_(lang)


def happened(event: Mapping[str, Any], lang: str) -> str:
    """One event of the course of events, in words."""
    known = dict(event)
    for field, names in (("kind", words.HOLDS), ("channel", words.CHANNELS)):
        if field in known:
            known[field] = words.name(names, known[field], lang)
    if event["what"].startswith("case.") and "kind" in event:
        known["kind"] = words.name(words.KINDS, event["kind"], lang)
    if "fen" in known:
        known["fen"] = money(known["fen"])
    known["by"] = known.get("by") or _say("系统", "the system", lang)
    said = words.HAPPENED.get(event["what"])
    return said.in_(lang).format(**known) if said else str(event["what"])


def events(rows: list[Mapping[str, Any]], lang: str) -> Block:
    """The course of events as a table."""
    columns = [_say("时间", "When", lang), _say("事项", "What happened", lang)]
    return table(columns, [1, 3.4], [row([clock(e["at"], seconds=False), happened(e, lang)]) for e in rows], size=9)


def front(document: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Title, head, boxes, figures and the shortened course of events."""
    head, parts = document["head"], document["sections"]
    case, total = parts["complaint"], parts["summary"]
    kind = words.name(words.KINDS, case["kind"], lang)
    return {
        "title": _say(f"{kind}案卷", f"Case file: {kind.lower()}", lang),
        "institution": soft(head["institution"] or "Fairdue · 公道"),
        "pairs": pairs(_head(document, lang))["rows"],
        "boxes": [_complaint(case, kind, lang), _done(parts, lang), _verdict(total, lang)],
        "figures": _figures(total, lang),
        "blocks": [*_days(total["days"], lang), *_course(total["timeline"], lang)],
    }


def _head(document: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    head, parts = document["head"], document["sections"]
    case, person = parts["complaint"], parts["person"]
    masked = _say("个人信息已脱敏", "personal data masked", lang)
    plain = _say("含未脱敏的个人信息，请妥善保管", "holds personal data in plain, keep it safe", lang)
    zone = case["opened"]["zone"]
    known = local(parse_instant(head["as_of"]), zone).isoformat()[:19].replace("T", " ")
    deadline = _say(f"，答复期限 {case['due_on']}", f", answer due {case['due_on']}", lang) if case["due_on"] else ""
    return [
        (_say("案件编号", "Case", lang), f"{case['number']} · {words.name(words.CASE_STATES, case['state'], lang)}"),
        (
            _say("客户", "Customer", lang),
            f"{person['name']}{person['honorific'] if lang == 'zh' else ''} · {masked if head['masked'] else plain}",
        ),
        (_say("立案", "Opened", lang), f"{clock(case['opened'], seconds=False)} {zone}{deadline}"),
        (_say("案卷截至", "As known at", lang), f"{known} {zone}"),
    ]


def _short(text: str, lang: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST] + _say("……（全文见第 1 章）", "… (in full in chapter 1)", lang)


def _complaint(case: Mapping[str, Any], kind: str, lang: str) -> dict[str, Any]:
    said = case["summary"] or _say(
        "立案时没有记录具体内容。", "Nothing more was written down when it was opened.", lang
    )
    return {"head": _say("反映的问题", "What it is about", lang), "lines": [soft(_short(said, lang))], "tone": ""}


def _done(parts: Mapping[str, Any], lang: str) -> dict[str, Any]:
    case = parts["complaint"]
    hold = next((h for h in parts["holds"] if h["id"] == case["hold"]), None)
    lines = []
    if hold is not None:
        stops = words.name(words.HOLDS, hold["kind"], lang)
        until = (
            _say(f"{clock(hold['lifted'], seconds=False)} 解除", f"lifted {clock(hold['lifted'], seconds=False)}", lang)
            if hold["lifted"]
            else _say("至今有效", "it still stands", lang)
        )
        at = clock(hold["set"], seconds=False)
        lines.append(
            _say(f"{at} 起停止一切催收（{stops}），{until}。", f"Collection stopped on {at} ({stops}); {until}.", lang)
        )
    else:
        lines.append(_say("本案没有设置停催。", "No hold was set for this case.", lang))
    if case["answer"]:
        lines.append(_say("答复：", "Answer: ", lang) + _short(case["answer"], lang))
    else:
        lines.append(_say("尚未答复。", "There is no answer yet.", lang))
    return {"head": _say("我们的处理", "What we did", lang), "lines": [soft(line) for line in lines], "tone": ""}


def _verdict(total: Mapping[str, Any], lang: str) -> dict[str, Any]:
    standing, made = total["standing"], total["made"]
    lines = []
    if not made:
        lines.append(_say("没有任何联系记录。", "There is no record of any contact.", lang))
    else:
        lines.append(_say(f"共有 {made} 次联系记录。", f"{made} contacts are on record.", lang))
    counts = (
        ("allowed", "次在联系前取得许可，规则全部通过", "had a permit beforehand and passed every rule"),
        ("warned", "次在联系前取得许可，规则附有提示", "had a permit beforehand, with a remark of a rule"),
        ("outside", "次与许可不符，需要追究", "are not covered by a permit and must be looked into"),
        (
            "not_judged",
            "次由以前的系统或其他机构作出，本系统没有许可，未作判断",
            "were made by an earlier system or another agency: no permit of ours, not judged",
        ),
    )
    for code, zh, en in counts:
        if standing[code]:
            lines.append(_say(f"· {standing[code]} {zh}。", f"· {standing[code]} {en}.", lang))
    refused = total["refused"]
    if refused:
        lines.append(
            _say(
                f"系统另外拒绝了 {refused} 次联系请求，这些联系没有发生。",
                f"{refused} more were asked for and refused; they did not take place.",
                lang,
            )
        )
    if total["red_lines"]:
        n = total["red_lines"]
        lines.append(
            _say(
                f"通话中有 {n} 处催收用语触及红线，见第 7 章。",
                f"Red lines crossed by what our side said: {n}; see chapter 7.",
                lang,
            )
        )
    tone = "bad" if standing["outside"] or total["red_lines"] else "warn" if standing["not_judged"] else "good"
    return {
        "head": _say("每一次联系是否合规", "Was every contact allowed?", lang),
        "lines": [soft(line) for line in lines],
        "tone": tone,
    }


def _figures(total: Mapping[str, Any], lang: str) -> list[list[str]]:
    busiest = total["busiest_day"]
    hours = f"{total['earliest_call']}–{total['latest_call']}" if total["earliest_call"] else "—"
    effective = _say("有效通话最多的一天", "Most talks in a day", lang)
    shown = f"{busiest['effective_calls']} ({busiest['day'][5:]})" if busiest else "0"
    rows = [
        [_say("电话时段（当地）", "Calls between (local)", lang), hours],
        [effective, shown],
        [_say("联系他人的次数", "Contacts with others", lang), str(total["to_others"])],
        [_say("现欠合计（元）", "Owed now (CNY)", lang), money(total["owed_fen"])],
    ]
    return [[soft(cell) for cell in pair] for pair in rows]


def _course(rows: list[Mapping[str, Any]], lang: str) -> list[Block]:
    title = heading(_say("经过", "What happened", lang))
    if not rows:
        return [title, paragraph(_say("没有事项。", "Nothing is on record.", lang), "muted")]
    first, last = EVENTS
    if len(rows) <= first + last:
        return [title, events(rows, lang)]
    gap = len(rows) - first - last
    between = paragraph(_say(f"……其间 {gap} 项见第 1 章……", f"… {gap} more in chapter 1 …", lang), "muted")
    return [title, events(rows[:first], lang), between, events(rows[-last:], lang)]


def _reasons(rules: list[Mapping[str, Any]], lang: str) -> str:
    """The titles of the first two rules, and how many more there were."""
    shown = _say("；", "; ", lang).join(Text.from_dict(dict(rule["title"])).in_(lang) for rule in rules[:2])
    return shown + (_say(f"等 {len(rules)} 条", f" and {len(rules) - 2} more", lang) if len(rules) > 2 else "")


def _days(rows: list[Mapping[str, Any]], lang: str) -> list[Block]:
    """Day by day: how many contacts, how they stand, and the rules that spoke."""
    if not rows:
        return []
    columns = _say(
        "日期（当地）|联系|准许|有提示|不合许可|未判断|拒绝|提示或拒绝的理由",
        "Day (local)|Made|Allowed|Remark|No permit|Not judged|Refused|Why there was a remark or a refusal",
        lang,
    )
    shown = [
        row(
            [
                day["day"],
                day["made"],
                *(day["standing"][code] or "—" for code in ("allowed", "warned", "outside", "not_judged")),
                day["refused"] or "—",
                _reasons(day["rules"], lang) or "—",
            ]
        )
        for day in rows[-DAYS:]
    ]
    title = heading(_say("逐日的联系", "The contacts, day by day", lang))
    listed = table(columns.split("|"), [1.35, 0.65, 0.8, 0.85, 0.95, 0.95, 0.8, 4.2], shown, size=8)
    if len(rows) <= DAYS:
        return [title, listed]
    more = _say(f"更早的 {len(rows) - DAYS} 天见第 4 章。", f"{len(rows) - DAYS} earlier days are in chapter 4.", lang)
    return [title, listed, paragraph(more, "muted")]
