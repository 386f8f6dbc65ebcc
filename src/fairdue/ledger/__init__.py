"""What exactly is owed on a day, and why: products as data, replayable events, quotes, plans.

Nothing here stores a balance. `replay` walks the dated events of an account and gives its position on any day, so a
back-dated payment or a reversal needs no correction entry. Money is integer fen; rates are parts per million a day.

    products, findings = load_products()
    position, findings = replay(facts, events, products["credit_card"], as_of)
    quote, findings = make_quote(facts, events, products["credit_card"], as_of, "Q20260302-000017-4")
"""

from .account_file import read_account
from .agreement import Breach, CardAgreement, breach, card_agreement, stops_collection
from .book import Step
from .calendars import load_calendar
from .events import check_due_days
from .facts import AccountFacts, DueItem, EventKind, LedgerEvent
from .plans import CommissionPlan, PlanPart, commission_plan
from .products import Product, load_products, night_parameters
from .quote import Quote, QuoteLine, explain, make_quote, verify_quote
from .ratecap import check_claim_cap, check_rate_cap
from .replay import Position, replay

__all__ = [
    "AccountFacts",
    "Breach",
    "CardAgreement",
    "CommissionPlan",
    "DueItem",
    "EventKind",
    "LedgerEvent",
    "PlanPart",
    "Position",
    "Product",
    "Quote",
    "QuoteLine",
    "Step",
    "breach",
    "card_agreement",
    "check_claim_cap",
    "check_due_days",
    "check_rate_cap",
    "commission_plan",
    "explain",
    "load_calendar",
    "load_products",
    "make_quote",
    "night_parameters",
    "read_account",
    "replay",
    "stops_collection",
    "verify_quote",
]
