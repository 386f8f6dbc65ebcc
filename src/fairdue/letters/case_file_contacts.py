"""The chapters of what was done: contacts, refusals, permits not used, the words of calls, and the rules they rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from fairdue.core.text import Text

from . import case_file_words as words
from .case_file_blocks import Block, clock, heading, pairs, paragraph, row, span, table

MOST_NAMED = 30
"""Contacts that one rule names on paper; the JSON has all."""


class Numbers:
    """Contact and permit ids as the reader sees them: the number of the contact, or the permit's own number."""

    def __init__(self, parts: Mapping[str, Any], lang: str) -> None:
        self._lang = lang
        self._known = {c["id"]: Text(f"第 {c['no']} 次", f"no. {c['no']}").in_(lang) for c in parts["contacts"]}
        permits = [c["permit"] for c in parts["contacts"] if c["permit"]] + list(parts["unused_permits"])
        self._known |= {permit["id"]: permit["number"] for permit in permits}

    def named(self, one: str) -> str:
        """One id, or what is no id of this file as it is."""
        return self._known.get(one, one)

    def of(self, ids: Iterable[str]) -> str:
        """The ids in words; a contact that is not in this file belongs to another customer with the same number."""
        listed = list(ids)
        other = Text("同一号码的其他案卷 {0}", "{0} (same number, another file)").in_(self._lang)
        shown = [self._known.get(one) or other.format(one) for one in listed[:MOST_NAMED]]
        more = len(listed) - len(shown)
        tail = Text(f"等共 {len(listed)} 次", f" and {more} more").in_(self._lang) if more else ""
        return Text("、", ", ").in_(self._lang).join(shown) + tail


def spoken(rule: Mapping[str, Any], numbers: Numbers, lang: str) -> list[str]:
    """A rule that spoke: its mark, title, source, reason, and which contacts were counted and which not."""
    mark = {"deny": Text("拒绝", "Refused"), "warn": Text("提示", "Remark")}.get(rule["verdict"])
    head = f"{mark.in_(lang) if mark else rule['verdict']} · {rule['id']} {_in(rule.get('title'), lang)}"
    source = _in(rule.get("citation"), lang)
    lines = [Text(f"{head}；出处：{source}", f"{head}. Source: {source}").in_(lang)]
    lines.append(_in(rule.get("why"), lang))
    if rule.get("counted"):
        lines.append(Text("计入：", "Counted: ").in_(lang) + numbers.of(rule["counted"]))
    by_reason: dict[str, list[str]] = {}
    for one in rule.get("excluded", ()):
        by_reason.setdefault(_in(one.get("why"), lang), []).append(one["id"])
    for why, ids in by_reason.items():
        lines.append(Text(f"不计：{numbers.of(ids)}（{why}）", f"Not counted: {numbers.of(ids)} ({why})").in_(lang))
    return lines


def _in(text: Mapping[str, str] | None, lang: str) -> str:
    return "" if not text else Text.from_dict(dict(text)).in_(lang)


def _permit(permit: Mapping[str, Any], numbers: Numbers, lang: str) -> list[str]:
    decision = permit["decision"]
    state = words.name(words.PERMIT_STATES, permit["state"], lang)
    passed, pack = len(decision.get("passed", ())), decision.get("pack") or "—"
    taken, ends = clock(permit["taken"]), clock(permit["expires"])[11:]
    lines = [
        Text(
            f"许可 {permit['number']}：{taken} 取得，有效至 {ends}，{state}；依据 {pack}，{passed} 条规则通过。",
            f"Permit {permit['number']}: taken {taken}, valid until {ends}, {state}; by {pack}, {passed} rules passed.",
        ).in_(lang)
    ]
    for rule in decision.get("rules", ()):
        lines += spoken(rule, numbers, lang)
    return lines


def contacts(parts: Mapping[str, Any], lang: str) -> list[Block]:
    """Every contact: a row of facts, and below it why it was allowed."""
    rows = parts["contacts"]
    if not rows:
        return [paragraph(Text("没有联系记录。", "No contact is on record.").in_(lang), "muted")]
    numbers = Numbers(parts, lang)
    red = Counter(c["contact"] for c in parts["calls"] for turn in c["turns"] if turn.get("red"))
    columns = Text(
        "次|时间（当地）|方式|对象|接通|结果|是否准许", "No.|When (local)|How|With|Connected|Outcome|Allowed"
    ).in_(lang)
    named, zones = _zones(rows, lang)
    made = [_contact(one, numbers, red[one["id"]], named, lang) for one in rows]
    intro = Text(
        "按时间排列；下方写明许可与每条作出提示的规则。“接通”为通话时长。",
        "In order of time; below each the permit, and every rule that had a remark. Connected: length of the talk.",
    ).in_(lang)
    return [paragraph(intro + zones, "muted"), table(columns.split("|"), [0.5, 1.7, 1.1, 1.5, 0.9, 1.3, 1.2], made)]


def _zones(rows: list[Mapping[str, Any]], lang: str) -> tuple[bool, str]:
    """Whether each row has to name its zone, and the sentence that names the only one where not."""
    zones = {one["at"]["zone"] for one in rows}
    if len(zones) > 1:
        return True, ""
    (zone,) = zones
    return False, Text(f"时区：{zone}。", f" Time zone: {zone}.").in_(lang)


def _contact(one: Mapping[str, Any], numbers: Numbers, red: int, named: bool, lang: str) -> dict[str, Any]:
    direction = Text("（呼入）", " (incoming)").in_(lang) if one["direction"] == "in" else ""
    line = one["line"]["shown"] if one["line"] else "—"
    met = span(one["talk_seconds"], lang) if one["connected"] else Text("未接通", "no").in_(lang)
    cells = [
        one["no"],
        clock(one["at"], zone=named),
        words.name(words.CHANNELS, one["channel"], lang) + direction,
        f"{words.name(words.ROLES, one['role'], lang)} {line}",
        met,
        words.name(words.OUTCOMES, one["outcome"], lang),
        words.name(words.STANDINGS, one["standing"], lang),
    ]
    under = []
    if one["permit"]:
        under += _permit(one["permit"], numbers, lang)
        agent = Text(f"催收员 {one['agent']}", f"Agent {one['agent']}").in_(lang)
        purpose = words.name(words.PURPOSES, one["purpose"], lang)
        figure = Text(f"，所用报价 {one['quote']}", f", quote {one['quote']}").in_(lang) if one["quote"] else ""
        under.append(Text(f"{agent}，目的：{purpose}{figure}。", f"{agent}, purpose: {purpose}{figure}.").in_(lang))
    else:
        source = one["agency"] or Text("以前的系统", "an earlier system").in_(lang)
        under.append(
            Text(
                f"由{source}作出，本系统没有许可记录，未作判断；它计入次数限制。",
                f"Made by {source}: no permit of ours, so not judged; it counts against the caps.",
            ).in_(lang)
        )
    if one["note"]:
        under.append(Text("备注：", "Note: ").in_(lang) + one["note"])
    if red:
        under.append(Text(f"通话中有 {red} 处触及红线。", f"Red lines crossed in this call: {red}.").in_(lang))
    tone = {"allowed": "good", "warned": "warn", "outside": "bad"}.get(one["standing"], "muted")
    return row(cells, under, tone)


def unused(parts: Mapping[str, Any], lang: str) -> list[Block]:
    """Permits on which no contact was recorded."""
    if not parts["unused_permits"]:
        return [paragraph(Text("没有。", "None.").in_(lang), "muted")]
    numbers = Numbers(parts, lang)
    columns = Text("许可|取得|号码|催收员|状态", "Permit|Taken (local)|Line|Agent|State").in_(lang).split("|")
    rows = []
    for one in parts["unused_permits"]:
        state = words.name(words.PERMIT_STATES, one["state"], lang)
        line = one["line"]["shown"] if one["line"] else "—"
        rows.append(
            row([one["number"], clock(one["taken"]), line, one["agent"], state], _permit(one, numbers, lang)[1:])
        )
    return [
        paragraph(
            Text("已取得许可，但没有登记联系。", "A permit was taken, and no contact recorded on it.").in_(lang),
            "muted",
        ),
        table(columns, [1.8, 1.6, 1.3, 1, 0.8], rows),
    ]


def denials(parts: Mapping[str, Any], lang: str) -> list[Block]:
    """Refusals with every rule that refused and the next lawful moment."""
    if not parts["denials"]:
        return [paragraph(Text("没有被拒绝的联系请求。", "No contact was refused.").in_(lang), "muted")]
    numbers, (named, zones) = Numbers(parts, lang), _zones(parts["denials"], lang)
    columns = (
        Text("次|请求时间（当地）|方式|对象|催收员|最早可联系", "No.|Asked (local)|How|With|Agent|Next lawful")
        .in_(lang)
        .split("|")
    )
    rows = []
    for one in parts["denials"]:
        decision, after = one["decision"], one["decision"].get("next_lawful_at")
        line = one["line"]
        who = f"{words.name(words.ROLES, line['role'], lang)} {line['shown']}" if line else "—"
        free = clock(after) if after else Text("须先解除原因", "only an event lifts it").in_(lang)
        under = [text for rule in decision.get("rules", ()) for text in spoken(rule, numbers, lang)]
        under.append(Text(f"依据 {decision.get('pack') or '—'}", f"By {decision.get('pack') or '—'}").in_(lang))
        how = words.name(words.CHANNELS, one["channel"], lang)
        rows.append(row([one["no"], clock(one["at"], zone=named), how, who, one["agent"], free], under))
    intro = Text("以下请求没有得到许可，联系没有发生。", "These got no permit; the contacts did not take place.").in_(
        lang
    )
    return [paragraph(intro + zones, "muted"), table(columns, [0.5, 1.8, 1.1, 1.6, 1, 1.7], rows)]


def calls(parts: Mapping[str, Any], lang: str) -> list[Block]:
    """The words of guided calls, with red lines marked."""
    spoken_in = [call for call in parts["calls"] if call["turns"]]
    if not spoken_in:
        return [paragraph(Text("没有通话文字记录。", "There is no transcript of any call.").in_(lang), "muted")]
    numbers, blocks = Numbers(parts, lang), []
    columns = Text("时间|说话人|内容", "Time|Who|Words").in_(lang).split("|")
    for call in spoken_in:
        which = numbers.of([call["contact"]]) if call["contact"] else call["permit"]
        blocks.append(heading(Text(f"{which} · {clock(call['began'])}", f"{which} · {clock(call['began'])}").in_(lang)))
        release = Text(f"第 {call['release']} 次发布", f"release {call['release']}").in_(lang)
        blocks.append(pairs([(Text("话术版本", "Playbook").in_(lang), f"{call['playbook']} · {release}")]))
        blocks.append(table(columns, [1, 1, 7], [_turn(turn, lang) for turn in call["turns"]], size=9))
    return blocks


def _turn(turn: Mapping[str, Any], lang: str) -> dict[str, Any]:
    under = []
    if turn.get("line"):
        under.append(Text(f"话术 {turn['line']}", f"Line {turn['line']}").in_(lang))
    if turn.get("quote"):
        under.append(Text(f"报价 {turn['quote']}", f"Quote {turn['quote']}").in_(lang))
    shown = ["  ".join(under)] if under else []
    for red in turn.get("red", ()):
        cites = "、".join(red.get("cites", ()))
        shown.append(
            Text(
                f"触及红线 {red['label']}：{_in(red.get('why'), lang)}（{cites}）",
                f"Red line {red['label']}: {_in(red.get('why'), lang)} ({cites})",
            ).in_(lang)
        )
    who = words.name(words.WHO, turn.get("who"), lang)
    return row([clock(turn["at"])[11:], who, turn.get("text") or "—"], shown, "bad" if turn.get("red") else "")


def rules(parts: Mapping[str, Any], lang: str) -> list[Block]:
    """Each rule that spoke in this file, once, with how often; and the packs that decided."""
    decisions = [c["permit"]["decision"] for c in parts["contacts"] if c["permit"]]
    decisions += [p["decision"] for p in parts["unused_permits"]] + [d["decision"] for d in parts["denials"]]
    known: dict[str, Mapping[str, Any]] = {}
    denied: Counter[str] = Counter()
    warned: Counter[str] = Counter()
    for rule in (rule for decision in decisions for rule in decision.get("rules", ())):
        known[rule["id"]] = rule
        (denied if rule["verdict"] == "deny" else warned)[rule["id"]] += 1
    packs = Counter(decision.get("pack") or "—" for decision in decisions)
    blocks = (
        [pairs([(pack, Text(f"{n} 次判断", f"{n} decisions").in_(lang)) for pack, n in sorted(packs.items())])]
        if packs
        else []
    )
    if not known:
        return [
            *blocks,
            paragraph(Text("没有规则作出提示或拒绝。", "No rule had a remark or refused.").in_(lang), "muted"),
        ]
    columns = Text("规则|内容|出处|提示|拒绝", "Rule|What it says|Source|Remarks|Refusals").in_(lang).split("|")
    rows = [
        row([code, _in(rule.get("title"), lang), _in(rule.get("citation"), lang), warned[code], denied[code]])
        for code, rule in sorted(known.items())
    ]
    return [*blocks, table(columns, [1.5, 2.6, 3.2, 0.8, 0.9], rows)]
