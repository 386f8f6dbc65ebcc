"""The REST API: the same services as the pages, for machines. OpenAPI at /api/v1/openapi.json.

Authentication: `Authorization: Bearer <token>` (`fairdue user token NAME`). A refused change answers 409 with the finding;
a contact that the gate denies answers 403 with the decision. Amounts are fen, instants ISO 8601 with an offset.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError
from ninja.security import HttpBearer

from fairdue import __version__
from fairdue.desk import clock
from fairdue.desk.accounts import selectors as accounts
from fairdue.desk.accounts.models import Account, Line
from fairdue.desk.accounts.services import issue_quote
from fairdue.desk.call import services as calls
from fairdue.desk.call.api import router as utterances
from fairdue.desk.call.models import Outcome, Permit
from fairdue.desk.people.models import Role, User
from fairdue.desk.people.permissions import visible_customers
from fairdue.desk.people.tokens import user_of
from fairdue.desk.playbooks.api import router as playbooks
from fairdue.desk.promises import selectors as promises
from fairdue.desk.refusals import RefusedError
from fairdue.desk.worklist import selectors as worklist

BIG = 2**62


class Token(HttpBearer):
    """Bearer token → user."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The user, or None for 401; a telephone system may only send utterances."""
        user = user_of(token)
        if user is not None and user.role == Role.MACHINE:
            raise HttpError(403, "a token of role machine may only send utterances of calls")
        return user


api = NinjaAPI(
    title="Fairdue",
    version=__version__,
    auth=Token(),
    urls_namespace="api",
    docs_url=None,
    description="Collection that is fair by construction.",
)

api.add_router("", utterances)
api.add_router("/playbooks", playbooks)


class Problem(Schema):
    """Why a request was not carried out."""

    code: str
    detail: str


class Denied(Schema):
    """The gate said no: the decision of formats.md."""

    code: str = "denied"
    decision: dict[str, Any]


class Me(Schema):
    username: str
    role: str
    today: date


class Entry(Schema):
    rank: int
    customer: int
    name_masked: str
    account: str | None
    stage: str
    dpd: int
    due_fen: int
    state: str
    reason: dict[str, Any]


class LineOut(Schema):
    id: int
    kind: str
    role: str
    value_masked: str
    valid: bool
    refused: bool


class CustomerOut(Schema):
    id: int
    name_masked: str
    status: str
    lines: list[LineOut]
    accounts: list[str]
    holds: list[str]


class PermitIn(Schema):
    customer: int = Field(ge=1, le=BIG)
    line: int = Field(ge=1, le=BIG)
    account: str | None = Field(None, max_length=80)
    request_key: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")
    mode: Literal["interactive", "notify"] = "interactive"


class PermitOut(Schema):
    id: int
    number: str
    state: str
    expires_at: datetime
    verdict: str


class ContactIn(Schema):
    permit: int = Field(ge=1, le=BIG)
    outcome: Literal[tuple(Outcome.values)]  # type: ignore[valid-type]  # the outcomes are the model's own list
    talk_seconds: int | None = Field(None, ge=0, le=36_000)
    note: str = Field("", max_length=2000)
    amount_fen: int = Field(0, ge=0, le=10**15)
    due_on: date | None = None
    due_time: time | None = None
    pay_channel: str = Field("", max_length=24)
    read_back: bool = False
    callback_at: datetime | None = None


class ContactOut(Schema):
    id: int
    outcome: str
    permit: str


class PromiseOut(Schema):
    id: int
    account: str
    amount_fen: int
    due_on: date
    state: str
    paid_fen: int


@api.exception_handler(RefusedError)
def refused(request: HttpRequest, exc: RefusedError) -> Any:
    """A service refused: 409 with the finding's code and sentence."""
    lang = "en" if request.headers.get("Accept-Language", "zh").startswith("en") else "zh"
    return api.create_response(request, {"code": exc.finding.code, "detail": exc.message(lang)}, status=409)


def _user(request: HttpRequest) -> User:
    return request.auth  # type: ignore[attr-defined,no-any-return]  # set by Token


def _not_found(what: str) -> tuple[int, dict[str, str]]:
    return 404, {"code": "not_found", "detail": f"no such {what}, or it is not one of yours"}


@api.get("/me", response=Me, tags=["people"])
def me(request: HttpRequest) -> dict[str, Any]:
    """Who this token belongs to, and the desk's date."""
    user = _user(request)
    return {"username": user.username, "role": user.role, "today": clock.today()}


@api.get("/worklist", response=list[Entry], tags=["worklist"])
def day(request: HttpRequest) -> list[dict[str, Any]]:
    """The agent's list of today in rank order."""
    return [
        {
            "rank": e.rank,
            "customer": e.customer_id,
            "name_masked": e.customer.name_masked,
            "account": e.account.number if e.account else None,
            "stage": e.stage,
            "dpd": e.dpd,
            "due_fen": e.due_fen,
            "state": e.state,
            "reason": e.reason,
        }
        for e in worklist.entries_of(_user(request))
    ]


@api.get("/customers/{customer_id}", response={200: CustomerOut, 404: Problem}, tags=["accounts"])
def customer(request: HttpRequest, customer_id: int) -> Any:
    """One customer with lines (masked), account numbers and holds."""
    found = visible_customers(_user(request)).filter(pk=customer_id).first() if 0 < customer_id <= BIG else None
    if found is None:
        return _not_found("customer")
    return {
        "id": found.pk,
        "name_masked": found.name_masked,
        "status": found.status,
        "lines": list(found.lines.order_by("pk")),
        "accounts": list(found.accounts.order_by("number").values_list("number", flat=True)),
        "holds": sorted(set(found.holds.filter(lifted_at=None).values_list("kind", flat=True))),
    }


def _account(user: User, number: str) -> Account | None:
    if "\x00" in number:
        return None
    return Account.objects.filter(number=number, customer__in=visible_customers(user)).first()


@api.get("/accounts/{number}/quote", response={200: dict[str, Any], 404: Problem}, tags=["accounts"])
def quote(request: HttpRequest, number: str) -> Any:
    """Today's quote of an account, every fen explained."""
    account = _account(_user(request), number)
    if account is None:
        return _not_found("account")
    return issue_quote(account, actor=_user(request)).body


@api.post("/permits", response={201: PermitOut, 403: Denied, 404: Problem, 409: Problem}, tags=["call"])
def take_permit(request: HttpRequest, body: PermitIn) -> Any:
    """Ask the gate and take the permit in one transaction; 403 carries the decision."""
    user = _user(request)
    if user.role != Role.AGENT:
        return 403, {"decision": {"verdict": "deny", "rules": [], "next_lawful": None}, "code": "role"}
    found = visible_customers(user).filter(pk=body.customer).first()
    line = Line.objects.filter(pk=body.line, customer=found).first() if found else None
    if found is None or line is None:
        return _not_found("customer or line")
    account = _account(user, body.account) if body.account else None
    taken = calls.take_permit(user, found, line, account=account, mode=body.mode, request_key=body.request_key)
    if not isinstance(taken, Permit):
        return 403, {"decision": taken.decision}
    verdict = taken.decision.get("verdict", "pass")
    return 201, {
        "id": taken.pk,
        "number": taken.number,
        "state": taken.state,
        "expires_at": taken.expires_at,
        "verdict": verdict,
    }


@api.post("/contacts", response={201: ContactOut, 404: Problem, 409: Problem}, tags=["call"])
def record_contact(request: HttpRequest, body: ContactIn) -> Any:
    """Record what came of a permit, once; sending it again gives the same contact."""
    user = _user(request)
    if not Permit.objects.filter(pk=body.permit, agent=user).exists():
        return _not_found("permit")
    details = calls.Details(
        amount_fen=body.amount_fen,
        due_on=body.due_on,
        due_time=body.due_time,
        pay_channel=body.pay_channel,
        read_back=body.read_back,
        callback_at=body.callback_at,
    )
    contact = calls.record_contact(
        body.permit, user, body.outcome, details=details, note=body.note, talk_seconds=body.talk_seconds
    )
    return 201, {"id": contact.pk, "outcome": contact.outcome, "permit": contact.permit.number}


@api.post("/permits/{permit_id}/release", response={200: PermitOut, 404: Problem, 409: Problem}, tags=["call"])
def release(request: HttpRequest, permit_id: int) -> Any:
    """Nothing was dialled: give the permit back."""
    user = _user(request)
    if not (0 < permit_id <= BIG) or not Permit.objects.filter(pk=permit_id, agent=user).exists():
        return _not_found("permit")
    held = calls.release_permit(permit_id, user)
    verdict = held.decision.get("verdict", "pass")
    return {
        "id": held.pk,
        "number": held.number,
        "state": held.state,
        "expires_at": held.expires_at,
        "verdict": verdict,
    }


@api.get("/promises", response=list[PromiseOut], tags=["promises"])
def list_promises(request: HttpRequest, show: Literal["due", "open", "broken", "all"] = "due") -> Any:
    """Promises that this user may see, at most 500."""
    return [
        {
            "id": p.pk,
            "account": p.account.number,
            "amount_fen": p.amount_fen,
            "due_on": p.due_on,
            "state": p.state,
            "paid_fen": p.paid_fen,
        }
        for p in promises.listed(_user(request), show=show).select_related("account")[:500]
    ]


@api.get("/facts/{number}", response={200: dict[str, Any], 404: Problem}, tags=["accounts"])
def facts(request: HttpRequest, number: str) -> Any:
    """The ledger's facts of an account and its events, as the quote was computed from."""
    if _account(_user(request), number) is None:
        return _not_found("account")
    found, events = accounts.account_facts(number)
    return {
        "account": found.account_id,
        "product": found.product,
        "lender_type": found.lender_type,
        "due_items": [
            {"number": i.number, "due_date": str(i.due_date), "principal_fen": i.principal_fen} for i in found.due_items
        ],
        "events": [
            {"reference": e.reference, "kind": str(e.kind), "value_date": str(e.value_date), "amount_fen": e.amount_fen}
            for e in events
        ],
    }
