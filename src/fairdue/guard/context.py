"""What turns hard words into lawful ones: negation, quotation, a warning about others, facts that make it true."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

NEGATION = re.compile(
    r"(不会|不让|(?<!能)不能|不得|不可以|不许|不准|不要(?!紧)|不做|不是|不属于|没有|没法|从不|从来不|绝不|决不|禁止|严禁|别|无需|不用|不必|无权|无法|拒绝)"
    r"[^。!?;]{0,14}$"
)
CONDITION = re.compile(
    r"(只要|除非|要是|如果|假如)[^。!?;]{0,10}(还|付|到账|处理|结清|配合)|再不|不还(钱|款)?(的话|就)|想让我们不|不想让"
)
QUOTED = re.compile(r"[「『“\"][^」』”\"]*$")
REPORTED = re.compile(
    r"(您|你|客户|他)(刚才|之前|上次)?(说|讲|提到|担心|问到|反映)(的|了|有人|是|过|别人)?[^。!?;]{0,12}$"
    r"|(有人|骗子|冒充|自称|假冒|谎称|凡是|任何人|谁要是|如果有人)[^。!?;]{0,16}$"
    r"|(是否|有没有)(收到|遇到|被|听到)[^。!?;]{0,16}$"
)
DENIED_AFTER = re.compile(
    r"^[^。!?;]{0,16}(违法|不合法|违规|是骗|都是诈骗|是诈骗|是假的|不是真的|不允许|我们不做|我们不会|绝不会|请(您)?(立即|马上)?(举报|报警)|不要相信|别信|没有这回事|我理解|我明白|我尊重)"
)
_FACT = re.compile(r"(!?)([a-z_]+)(?:(>=|>|=)([\w.-]+))?")


def excused(text: str, start: int, end: int, negatable: bool) -> bool:
    """True when the words at `start:end` of the plain text are quoted, reported, warned about or negated.

    A conditional negation ("只要今天还,就不找你家人") is no excuse: it is a threat.
    """
    before = text[max(0, start - 26) : start]
    if QUOTED.search(before) or REPORTED.search(before) or DENIED_AFTER.search(text[end:]):
        return True
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
