"""One small world for the desk's tests: a customer with lines and a debt, agents, a lead. All people are made up.

Numbers come from the range that is reserved for fiction (199 0000 xxxx here, never assigned to the made-up names).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer, LedgerEntry, Line
from fairdue.desk.crypto import blind, seal
from fairdue.desk.people.models import Role, User

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # Monday 12:00 in Shanghai
LATE = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)  # 22:05 in Shanghai


@dataclass
class World:
    """What most tests need."""

    agent: User
    lead: User
    compliance: User
    customer: Customer
    mobile: Line
    account: Account


def make_user(username: str, role: Role = Role.AGENT) -> User:
    return User.objects.create(
        username=username, role=role, password="!", certificates=["first"], surname_spoken="林", language="zh-hans"
    )


def make_customer(debtor_id: str = "D1", agent: User | None = None, **fields) -> Customer:
    values = {
        "name_sealed": seal("沈示例", "customer.name"),
        "name_index": blind("沈示例", "customer.name"),
        "name_masked": "沈**",
        "honorific": "女士",
        "zones": ["Asia/Shanghai"],
        "assigned_to": agent,
        "created_at": NOON,
        "generated_identity": True,
    }
    return Customer.objects.create(debtor_id=debtor_id, **{**values, **fields})


def make_line(customer: Customer, number: str = "19900000001", kind: str = "mobile", **fields) -> Line:
    values = {
        "value_sealed": seal(number, "line.value"),
        "value_index": blind(number, "line.value"),
        "value_masked": f"{number[:3]}****{number[-4:]}",
        "source": "contract",
        "zones": ["Asia/Shanghai"],
    }
    return Line.objects.create(customer=customer, kind=kind, **{**values, **fields})


def make_account(customer: Customer, number: str = "A1", **fields) -> Account:
    values = {
        "product": "credit_card",
        "lender": "示例银行",
        "lender_type": "bank",
        "opened": date(2024, 1, 5),
        "due_date": date(2026, 2, 20),
        "closing_on": date(2026, 3, 31),
        "cycles": 1,
        "principal_fen": 1_000_000,
        "due_fen": 1_000_000,
        "limit_fen": 3_000_000,
        "due_items": [{"number": 1, "due_date": "2026-02-20", "principal_fen": 1_000_000}],
        "digest": f"digest-{number}",
        "as_of": date(2026, 3, 1),
        "updated_at": NOON,
    }
    return Account.objects.create(number=number, customer=customer, **{**values, **fields})


def make_world() -> World:
    agent = make_user("lin")
    customer = make_customer("D1", agent)
    return World(
        agent=agent,
        lead=make_user("zhang", Role.LEAD),
        compliance=make_user("qian", Role.COMPLIANCE),
        customer=customer,
        mobile=make_line(customer),
        account=make_account(customer),
    )


def pay(account: Account, day: date, amount_fen: int, reference: str, **fields) -> LedgerEntry:
    values = {"kind": "payment", "booked_at": clock.now()}
    return LedgerEntry.objects.create(
        account=account, reference=reference, value_date=day, amount_fen=amount_fen, **{**values, **fields}
    )


def reverse(account: Account, day: date, amount_fen: int, reference: str, of: str) -> LedgerEntry:
    return pay(account, day, amount_fen, reference, kind="reversal", reverses=of)


class Clock:
    """The desk's clock, held still; `forward` moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)

    def __call__(self) -> datetime:
        return self.at
