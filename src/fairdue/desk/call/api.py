"""The transcript of a telephone system, utterance by utterance: understood, judged, shown on the open call page."""

from __future__ import annotations

import re
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.security import HttpBearer
from pydantic import AwareDatetime

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.people.models import Role, User
from fairdue.desk.people.tokens import user_of
from fairdue.desk.refusals import RefusedError

from . import services, talk
from .models import CallSession, Permit, PermitState, Utterance
from .words import LONGEST, plain

NUMBER = re.compile(r"^P[0-9-]{8,30}$")
MAY_SEND = (Role.MACHINE, Role.AGENT)


class TelephoneToken(HttpBearer):
    """Bearer token of a telephone system (role `machine`), or of an agent for their own calls."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The user, or None for 401."""
        return user_of(token)


router = Router(auth=TelephoneToken(), tags=["call"])


class UtteranceIn(Schema):
    """`seq` numbers the final utterances of a call; `at` is when it was said; `party` who the system thinks is speaking."""

    seq: int = Field(ge=0, le=2**31 - 1)
    speaker: Literal["customer", "agent"]
    text: str = Field(min_length=1, max_length=LONGEST)
    party: Literal["customer", "family", "third"] | None = None
    final: bool = True
    at: AwareDatetime | None = None


class UtteranceOut(Schema):
    """What was understood. `line` is the suggested line that the agent's words come nearest to, `red` the labels of red
    lines in them, `mode` how the call is led from here."""

    seq: int
    final: bool
    acts: list[str] = []
    line: str | None = None
    red: list[str] = []
    mode: str = "normal"
    revision: int = 0


class Trouble(Schema):
    """Why an utterance was not taken."""

    code: str
    detail: str


@router.post(
    "/calls/{permit_number}/utterances", response={202: UtteranceOut, 403: Trouble, 404: Trouble, 409: Trouble}
)
def utterance(request: HttpRequest, permit_number: str, body: UtteranceIn) -> Any:
    """Take one utterance in. The same `seq` again is answered as before and changes nothing; what is not final is only
    acknowledged. 409 when the call is over."""
    user: User = request.auth  # type: ignore[attr-defined]  # set by TelephoneToken
    if user.role not in MAY_SEND:
        return 403, {"code": "role", "detail": "this token's user may not send utterances; use a user of role machine"}
    session = _session(user, permit_number)
    if session is None:
        return 404, {"code": "not_found", "detail": "no such call, or it is not one of yours"}
    words = plain(body.text)
    if not body.final or not words:
        return 202, {"seq": body.seq, "final": body.final, "revision": session.revision}
    return 202, _take(session, body, words)


def _session(user: User, number: str) -> CallSession | None:
    if not NUMBER.match(number):
        return None
    permits = Permit.objects.select_related("customer", "line", "account", "agent__agency").filter(number=number)
    permit = (permits.filter(agent=user) if user.role == Role.AGENT else permits).first()
    if permit is None:
        return None
    return CallSession.objects.select_related("permit").filter(permit=permit).first() or talk.begin(permit)


@transaction.atomic
def _take(session: CallSession, body: UtteranceIn, words: str) -> dict[str, Any]:
    held = services.lock_session(session)
    known = Utterance.objects.filter(session=held, seq=body.seq).first()
    if known is not None:
        return known.answer
    if held.permit.state not in (PermitState.OPEN, PermitState.EXPIRED):
        raise RefusedError(
            "call.over",
            Text(zh="这通电话已经登记结果或退回许可。", en="This call is recorded or its permit was given back."),
            Text(zh="停止发送这通电话的文字。", en="Stop sending utterances of it."),
        )
    if body.speaker == "customer":
        after = talk.hear(held, text=words, party=body.party or "", via="stream")
        turn = after.turns[-1]
        answer = {"acts": turn["acts"]}
    else:
        after = talk.agent_spoke(held, words)
        turn = after.turns[-1]
        answer = {"line": turn.get("line"), "red": [red["label"] for red in turn.get("red", ())]}
    answer |= {"seq": body.seq, "final": True, "mode": talk.state_of(after).mode, "revision": after.revision}
    Utterance.objects.create(session=held, seq=body.seq, answer=answer, received_at=clock.now())
    return answer
