"""What the tests of the policy room share: people of compliance, a change, one that is approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from call_world import Clock, World, make_user

from fairdue.desk.call.models import Contact
from fairdue.desk.call.services import record_contact, take_permit
from fairdue.desk.people.models import Role, User
from fairdue.desk.policies import services
from fairdue.desk.policies.models import PolicyDraft
from fairdue.desk.policies.services import Head

TODAY = date(2026, 3, 2)  # the day of call_world.NOON
RULE = "CN-GBT-03"  # at most three effective calls a day
HOURS = "CN-CBA-01"  # 08:00 to 22:00


@dataclass
class Room:
    """The people of the policy room."""

    writer: User
    second: User


def make_room() -> Room:
    return Room(writer=make_user("wang", Role.COMPLIANCE), second=make_user("zhou", Role.COMPLIANCE))


def head(day: date = TODAY, scope: dict | None = None, **fields: str) -> Head:
    words = {"reason": "投诉偏多，先收紧", "instrument": "催收管理办法", "article": "第 12 条", **fields}
    return Head(scope or {}, day, **words)


def drafted(
    by: User, value: object = 2, param: str = "at_most", rule: str = RULE, *, proof: str = "", **given
) -> PolicyDraft:
    """A draft with one row."""
    made = services.begin(by, head(**given))
    return services.put_row(made.number, by, services.row_of(rule, param, value, proof))


def approved(room: Room, value: object = 2, param: str = "at_most", rule: str = RULE, **given) -> PolicyDraft:
    """A change with one row that a second person approved."""
    made = drafted(room.writer, value, param, rule, **given)
    services.submit(made.number, room.writer)
    return services.approve(made.number, room.second, "同意")


def ending(room: Room, change: PolicyDraft, day: date, row: int = 0) -> PolicyDraft:
    """An approved change that ends a row of another one."""
    made = services.begin(room.writer, head(day))
    services.put_ending(made.number, room.writer, change.number, row)
    services.submit(made.number, room.writer)
    return services.approve(made.number, room.second, "同意")


def call(world: World, noon: Clock, key: str, talk: int = 60) -> Contact:
    """A call in which both sides spoke; five minutes pass."""
    permit = take_permit(world.agent, world.customer, world.mobile, request_key=key)
    noon.forward(minutes=2)
    made = record_contact(permit, world.agent, "reached", talk_seconds=talk)
    noon.forward(minutes=3)
    return made
