"""What turns hard words into lawful ones: negation, quotation, a warning about others, facts that make it true."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_STARTS = "是|就|而|那|这|行|我|您|你|他|她|咱|到时候|后面|反正|可|但|不过|让|谁|先|说白了|走到|等到|最后"
_NEW_CLAUSE = rf"(?!,(?:{_STARTS}))"
"""A negation or a report ends where a clause begins that stands on its own: "不是民事了,是刑事"."""

NEGATION = re.compile(
    r"(不会|不让|(?<![能总])不能|不得|不可以|不许|不准|(?<!要)不要(?!紧)|不做|不算|(?<!是)不是|不属于|(?<!谁)(?<!谁身上)没有|没法|从不|从来不|绝不|决不|禁止|严禁"
    r"|(?<![就我再会难您你])不$|(?<![特分性区个级])别(?![的人家处墅]|嫌|怪|逼|以为|等我)|无需|不用|不必|无权|无法|拒绝)"
    rf"(?:{_NEW_CLAUSE}[^。!?;吗]){{0,14}}$"
)
CONDITION = re.compile(
    r"(只要|除非|要是|如果|假如)[^。!?;]{0,10}(还|付|到账|处理|结清|配合)|再不|不还(钱|款)?(的话|就)|想让我们不|不想让"
)
QUOTED = re.compile(r"[「『“\"][^」』”\"]*$")
REPORTED = re.compile(
    rf"(?<![跟和给让对])(您|你|客户|他)(刚才|之前|上次)?(说|讲|提到|担心|问到|问(?!问)|反映)(?!一句)(的|了|有人|是|过|别人)?(?:{_NEW_CLAUSE}[^。!?;]){{0,12}}$"
    r"|(听谁|听人|(?<!跟)谁)(跟(您|你))?(说|讲)[^。!?;]{0,12}$"
    r"|(有人|骗子|冒充|自称|假冒|谎称|凡是|任何人|谁要是|如果有人)[^。!?;]{0,16}$"
    r"|(是否|有没有)(收到|遇到|被|听到)[^。!?;]{0,16}$"
)
RHETORICAL = (re.compile(r"不是[^。!?;]{0,14}$"), re.compile(r"^[^。!?;]{0,6}吗"))
"""Before and after: "你弟弟不是收了份子钱吗" says that he did."""
DENIED_AFTER = re.compile(
    r"^[^。!?;]{0,16}(违法(?!犯罪)|不合法|违规|是骗(?!贷)|都是诈骗|(?<!报的)是诈骗|是假的|不是真的|不允许|我们不做|我们不会|绝不会|请(您)?(立即|马上)?(举报|报警)|不要相信|别信|没有这回事|我理解|我明白|我尊重|抱歉|对不起|不好意思)"
)
_OWN_CLAUSE = re.compile(_STARTS)
_FACT = re.compile(r"(!?)([a-z_]+)(?:(>=|>|=)([\w.-]+))?")


DENIAL = re.compile(
    r"不会|(?<!是)不是|绝不|决不|从不|不要求|不得|禁止|严禁|不要(?!紧)|千万别|没有义务|不需要|不用|不让|不许|(?<!不)能不能"
)
_QUOTE = re.compile(r"[「『“][^」』”]*[」』”]")
_CLAUSE = re.compile(r"[^,。!?;]+")


def own_words(text: str) -> str:
    """The text of equal length with blanks for what is quoted, reported, warned about or denied."""
    out = list(_QUOTE.sub(lambda m: " " * len(m[0]), text))
    for sentence in re.finditer(r"[^。!?;]+", text):
        start, end = sentence.span()
        middle = (start + end) // 2
        told = REPORTED.search(text[start : start + 16]) or DENIED_AFTER.search(text[middle:end])
        for clause in _CLAUSE.finditer(text, start, end):
            if told or DENIAL.search(clause[0]):
                out[clause.start() : clause.end()] = " " * len(clause[0])
    return "".join(out)


def excused(text: str, start: int, end: int, negatable: bool) -> bool:
    """True when the words at `start:end` of the plain text are quoted, reported, warned about or negated.

    A conditional negation ("只要今天还,就不找你家人") is no excuse: it is a threat.
    """
    before = text[max(0, start - 26) : start]
    if QUOTED.search(before) or REPORTED.search(before) or DENIED_AFTER.search(text[end:]):
        return True
    if RHETORICAL[0].search(before) and RHETORICAL[1].search(text[end:]):
        return False
    if before.endswith(",") and _OWN_CLAUSE.match(text, start):
        return False
    return bool(negatable and NEGATION.search(before) and not CONDITION.search(before))


def _holds(term: str, facts: Mapping[str, Any]) -> bool:
    match = _FACT.fullmatch(term.strip())
    if match is None:
        raise ValueError(f"{term!r} is not a condition; write name, !name, name=value, name>number or name>=number")
    negated, name, operator, wanted = match.groups()
    value = facts.get(name)
    if operator is None:
        return (value is False) if negated else (value is True)
    if operator == "=":
        return str(value) == wanted
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value >= float(wanted) if operator == ">=" else value > float(wanted)


def proven(condition: str, facts: Mapping[str, Any]) -> bool:
    """True when all terms of "a and b>=3 and !c" are proven; a missing fact proves nothing, `!c` needs c to be false."""
    return all(_holds(term, facts) for term in condition.split(" and "))
