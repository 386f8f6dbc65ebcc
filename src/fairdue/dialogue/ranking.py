"""Which line first, and the reasons in words: the answer to "why this"."""

from __future__ import annotations

from collections.abc import Iterator

from fairdue.core.text import Text
from fairdue.playbook import Library, Line

from .candidates import Candidate
from .duties import READ_BACK
from .moment import SILENT, Moment, from_broken
from .reflexes import names, reflexes

KIND = {"situation": 30, "broken": 18, "duty": 8, "plan": 10, "reply": 12, "step": 5}
"""Worth of each kind before details; a step comes first only when nothing needs an answer."""
STEP_FIRST = 16
READ_BACK_FIRST = 19
SITUATION_LATER = 6
FITS, FITS_OTHERS = 4, -2
OWN_STAGE, BORROWED = 3, 1
LEAD_PACK = 2
FROM_AIM = -3
FIRST_LEVER, SECOND_LEVER = 2, 1
CALM_LEVER = 2
WITH_DEADLINE = 1
BROKEN = 6
LATER_ACT = -2


def score(candidate: Candidate, moment: Moment, library: Library) -> int:
    """How well a line suits the moment; only the order matters."""
    line, state = candidate.line, moment.state
    total = _kind(candidate, moment, library)
    if candidate.act in moment.acts:
        total += LATER_ACT * min(2, moment.acts.index(candidate.act))
    total += OWN_STAGE if line.stage == state.stage else BORROWED if line.stage != "special" else 0
    total += LEAD_PACK if library.home.get(line.id) == state.pack else 0
    total += FROM_AIM * abs(line.pressure - moment.aim)
    if line.fits:
        total += FITS if set(line.fits) & set(state.types) else FITS_OTHERS
    total += _lever(line, moment, library)
    if moment.most > SILENT and line.deadline is not None and state.verified:
        total += WITH_DEADLINE
    if asks_and_listens(candidate, moment):
        total += BROKEN
    return total


def asks_and_listens(candidate: Candidate, moment: Moment) -> bool:
    """True for the practice's own words after broken promises, when that is what the moment asks for."""
    return moment.strategy and candidate.kind != "duty" and from_broken(candidate.line)


def _kind(candidate: Candidate, moment: Moment, library: Library) -> int:
    if candidate.kind == "duty" and candidate.line.step == READ_BACK:
        return READ_BACK_FIRST
    if candidate.kind == "situation" and not _comes_first(moment, library):
        return SITUATION_LATER
    if candidate.kind != "step":
        return KIND[candidate.kind]
    passing = reflexes().moves_on if moment.mode == "normal" else frozenset()
    answered = any(act not in passing for act in moment.acts)
    return KIND["step"] if answered else STEP_FIRST


def _comes_first(moment: Moment, library: Library) -> bool:
    """True when the special account, or what stops the call, is the very thing at hand: it was told in this turn, or it was
    known beforehand and nothing was said about it yet. Later in the call what is asked now is answered first."""
    situation = moment.situation
    if moment.mode == "crisis" or not moment.acts:
        return True
    if moment.mode == "stop" and any(act in reflexes().mode_acts["stop"] for act in moment.acts):
        return True
    if situation is None:
        return False
    if any(act in situation.acts for act in moment.state.heard):
        return moment.mode == "stop" and any(act in situation.acts for act in moment.acts)
    said = [library.lines[name] for name in moment.state.said if name in library.lines]
    return not any(situation.id in line.situation for line in said)


def _lever(line: Line, moment: Moment, library: Library) -> int:
    worth = 0
    for kind in moment.state.types[:1]:
        levers = library.types[kind].levers if kind in library.types else ()
        if line.lever in levers[:2]:
            worth += (FIRST_LEVER, SECOND_LEVER)[levers.index(line.lever)]
    if (moment.strategy or moment.hostile) and line.lever == "relationship":
        worth += CALM_LEVER
    return worth


def reasons(candidate: Candidate, moment: Moment, library: Library) -> tuple[Text, ...]:
    """Why this line is offered, the main reason first."""
    return tuple(
        text for part in (_what_for, _for_whom, _how_hard, _what_else) for text in part(candidate, moment, library)
    )


def _what_for(candidate: Candidate, moment: Moment, library: Library) -> Iterator[Text]:
    situation = moment.situation
    if moment.mode == "crisis":
        yield Text("出现危机信号:停催,先帮人", "A sign of crisis: stop collecting, help first")
    elif moment.mode == "wrong":
        yield Text("打错了:道歉、标记、结束", "A wrong number: apologise, mark, end")
    elif moment.mode == "third":
        yield Text("接电话的不是本人:只请转告,不露事由", "Not the customer: a message only, nothing about the matter")
    elif moment.mode == "stop" and candidate.kind == "situation":
        yield Text("催收先停,先办这件事", "Collection stops; this comes first")
    if candidate.act in library.acts:
        name = library.acts[candidate.act].name
        yield Text(f"客户:{name.zh}", f"The customer: {name.en}")
    elif candidate.kind == "duty":
        yield Text("挂电话之前还要说的", "still owed before the call ends")
    elif candidate.kind == "step":
        yield Text("现在该说的一步", "the step that comes now")
    if situation is not None and situation.id in candidate.line.situation:
        yield Text(f"特殊账户:{situation.name.zh}", f"Special account: {situation.name.en}")
    if candidate.kind == "plan" or ("plan" in candidate.line.needs and moment.plan_due):
        yield Text("是拿出分期安排的时候", "The moment for the plan")
    if asks_and_listens(candidate, moment):
        yield Text("多次爽约后的做法:先问先听", "After broken promises: ask and listen")


def _for_whom(candidate: Candidate, moment: Moment, library: Library) -> Iterator[Text]:
    line = candidate.line
    for name in moment.state.types:
        if name in line.fits and name in library.types:
            kind = library.types[name].name
            yield Text(f"合这个人:{kind.zh}", f"Fits this person: {kind.en}")
            break
    lever = reflexes().levers.get(line.lever)
    if lever is not None and moment.mode == "normal" and names(candidate.act, reflexes().refusal):
        yield Text(f"抓手:{lever.zh}", f"Lever: {lever.en}")


def _how_hard(candidate: Candidate, moment: Moment, _library: Library) -> Iterator[Text]:
    before, now = moment.state.pressure, candidate.line.pressure
    if moment.hostile:
        yield Text("对方有火气:这一句不施压", "They are angry: no pressure now")
    elif moment.mode == "normal" and now > before:
        yield Text(f"力度升一级({before}→{now})", f"One step of pressure ({before}→{now})")
    elif moment.mode == "normal" and now < before:
        yield Text(f"力度放下来({before}→{now})", f"Pressure comes down ({before}→{now})")


def _what_else(candidate: Candidate, moment: Moment, library: Library) -> Iterator[Text]:
    line = candidate.line
    said = [library.lines[name] for name in moment.state.said if name in library.lines]
    if line.id in moment.state.said:
        yield Text("说过一次,没有别的可说了", "Said once; nothing else is left")
    elif line.argument and said and all(n.argument != line.argument for n in said):
        yield Text(f"没讲过的理由:{line.argument}", "A point not made before in this call")
    if line.deadline is not None:
        yield Text("定下一个时间,到点核对", "It sets a time that will be checked")
