"""The facts that fill a line in one call: names, figures of the quote, plan, last promise, the true next step.

Only what is truly known is filled; whatever is missing keeps the lines that need it back. While somebody else may be on
the line nothing about the debt is given at all, so that no line can carry it.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings

from fairdue.core.dates import local_day
from fairdue.core.findings import has_errors
from fairdue.core.money import MoneyError, format_plain, parse_money
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer
from fairdue.desk.accounts.products import product_of, products
from fairdue.desk.accounts.services import NoQuoteError, issue_quote
from fairdue.desk.crypto import unseal
from fairdue.ledger import Quote as LedgerQuote
from fairdue.ledger.plans import CommissionPlan, commission_plan
from fairdue.playbook import PROVEN, QuoteView, RenderValues

from . import selectors, services
from .models import CallSession
from .process import next_step, outlet_in, value_in
from .proof import proven_facts

CHANNELS = "手机银行、柜台或绑定的扣款账户"
CHANNELS_OF = {"telecom": "官方客户端或自助缴费机"}
CASE_DAYS = 20
"""Days for an answer to an objection (CN-CRB-25), the shortest term that a line may name."""

COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "长孙",
        "宇文",
        "司徒",
        "夏侯",
        "端木",
        "南宫",
    ]
)


def zone_of(customer: Customer) -> str:
    """The zone in which times with this customer are said, typed and shown."""
    return (customer.zones or [settings.FAIRDUE_ZONE])[0]


EITHER_TITLE = "先生/女士"


def salutation(customer: Customer) -> str:
    """Surname and title as spoken; where no title is known both, of which the agent says the one that the voice suggests."""
    name = unseal(customer.name_sealed, "customer.name")
    surname = name[:2] if name[:2] in COMPOUND_SURNAMES else name[:1]
    return f"{surname}{customer.honorific or EITHER_TITLE}"


def quote_in_use(session: CallSession) -> LedgerQuote | None:
    """The quote of this call: issued once, used until the day or the account's facts change. None: no figure is proven."""
    permit = session.permit
    account = permit.account
    if account is None:
        return None
    day = local_day(clock.now(), zone_of(permit.customer))
    stamp = f"{account.digest}:{account.updated_at.timestamp()}:{account.entries.count()}"[:120]
    known = session.quote
    if known is None or known.as_of != day or session.quote_stamp != stamp:
        try:
            known = issue_quote(account, day, permit.agent)
        except (LookupError, NoQuoteError):  # no figure can be proven, so no line with a figure is offered
            return None
        services.keep_quote(session, known, stamp)
    return LedgerQuote.from_dict(known.body)


def closing_of(account: Account) -> date | None:
    """结案日 of the commission period, from the account or a column of the import; None when nobody said."""
    if account.closing_on is not None:
        return account.closing_on
    return _day(value_in(account.extra, "closing"))


def plan_for(account: Account, total_fen: int, day: date) -> CommissionPlan | None:
    """The plan inside the commission period for the whole sum, made today; None without a closing date that allows one."""
    closing = closing_of(account)
    if closing is None or total_fen <= 0:
        return None
    plan, findings = commission_plan(total_fen, day, closing, account.cycles or None)
    return None if has_errors(findings) else plan


def values_of(session: CallSession) -> RenderValues:
    """All facts that a line may use now, in this call."""
    permit = session.permit
    customer, account = permit.customer, permit.account
    quiet = selectors.hides_debt(session)
    now, zone = clock.now(), zone_of(customer)
    known = proven_facts(permit.agent, customer, account, local_day(now, zone))
    values = {
        "now": now,
        "zone": zone,
        "honorific": salutation(customer),
        "agent_surname": permit.agent.surname_spoken,
        "institution": settings.FAIRDUE_INSTITUTION or ("" if quiet or account is None else account.lender),
        "department": settings.FAIRDUE_DEPARTMENT,
        "hotline": settings.FAIRDUE_HOTLINE,
        "channels": CHANNELS_OF.get(account.product if account else "", CHANNELS),
        "agency": permit.agent.agency.name if permit.agent.agency else "",
        "case_days": CASE_DAYS,
        "proven": known & frozenset(PROVEN),
    }
    if not quiet and account is not None:
        values |= _of_debt(session, account, known)
        values |= _of_service(account)
    return RenderValues(**values)


def _of_debt(session: CallSession, account: Account, known: frozenset[str]) -> dict[str, object]:
    quote = quote_in_use(session)
    product = products().get(account.product)
    values: dict[str, object] = {
        "product": product.title.zh if product else "",
        "card_tail": account.card_tail,
        "due_day": account.due_date,
        "last_promise": last_promise(session.permit.customer),
    }
    if quote is None:
        return values
    step = next_step(account.product, quote.dpd, known)
    plan = plan_for(account, quote.total_fen, quote.as_of)
    values |= {"quote": _view(quote, account), "next_step": step.words.zh if step else ""}
    if plan is not None:
        values |= {
            "plan": ",".join(f"{_said(part.due_on)} {format_plain(part.amount_fen)}元" for part in plan.parts),
            "plan_first_fen": plan.parts[0].amount_fen,
            "plan_first_day": plan.parts[0].due_on,
        }
    return values


def _view(quote: LedgerQuote, account: Account) -> QuoteView:
    interest = next((line for line in quote.lines if line.code == "interest"), None)
    return QuoteView(
        number=quote.number,
        total_fen=quote.total_fen,
        overdue_fen=quote.overdue_fen,
        daily_interest_fen=quote.daily_interest_fen,
        penalty_fen=sum(line.amount_fen for line in quote.lines if line.code == "penalty"),
        dpd=quote.dpd,
        as_of=quote.as_of,
        interest_fen=interest.amount_fen if interest else 0,
        cycles=quote.cycles,
        annual_rate=annual_rate(account, quote.as_of),
        formula=interest.formula.zh if interest else "",
    )


def annual_rate(account: Account, day: date) -> str:
    """The contract's rate a year as said ("18.25%"); "" when the product has none."""
    ppm = product_of(account).annual_ppm(day)
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest // 100:02d}%" if ppm else ""


def _of_service(account: Account) -> dict[str, object]:
    """Debit and telecom facts that the import kept, and the nearest outlet."""
    extra = account.extra
    try:
        debit_fen = parse_money(value_in(extra, "debit_amount") or "0")
    except MoneyError:
        debit_fen = 0
    tail = value_in(extra, "service_number")[-4:]
    outlet = outlet_in(value_in(extra, "region"))
    return {
        "debit_bank": value_in(extra, "debit_bank"),
        "debit_tail": value_in(extra, "debit_tail")[-4:],
        "debit_fen": debit_fen,
        "debit_time": value_in(extra, "debit_time"),
        "service_number": f"尾号{tail}" if tail else "",
        "service_months": value_in(extra, "service_months"),
        "service_stops": _day(value_in(extra, "service_stops")),
        "outlet": outlet.name if outlet else "",
        "outlet_hours": outlet.hours if outlet else "",
    }


def last_promise(customer: Customer) -> str:
    """Day and sum of what was promised last, as said; "" when nothing was."""
    promise = customer.promises.exclude(state="withdrawn").order_by("-pk").first()
    return f"{_said(promise.due_on)}还 {format_plain(promise.amount_fen)}元" if promise else ""


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-")) if text else None
    except ValueError:
        return None
