"""What the tests of the trainer's room share: people, a line to change, a draft that passes."""

from __future__ import annotations

from dataclasses import dataclass

from call_world import make_user

from fairdue.desk.people.models import Role, User
from fairdue.desk.playbooks import libraries, services
from fairdue.desk.playbooks.models import PlaybookRevision
from fairdue.desk.playbooks.services import Seen
from fairdue.playbook import Line

PACK = "p01-bank-card"
LINE = "first.payday.1"
WORDS = "等发工资我明白。只是账上一天多{日息},咱们先定个数:{期限}前把{应还金额}放进去,可以吗?"


@dataclass
class Room:
    """The people of the trainer's room."""

    trainer: User
    other: User
    compliance: User
    agent: User


def make_room() -> Room:
    return Room(
        trainer=make_user("sun", Role.TRAINER),
        other=make_user("wu", Role.TRAINER),
        compliance=make_user("zhao", Role.COMPLIANCE),
        agent=make_user("he"),
    )


def shipped(line_id: str = LINE) -> Line:
    """A line as it ships."""
    return libraries.base()[0].lines[line_id]


def reworded(words: str = WORDS, line_id: str = LINE, **fields) -> Line:
    return shipped(line_id).model_copy(update={"say": words, **fields})


def drafted(by: User, words: str = WORDS, line_id: str = LINE, seen: Seen | None = None, **fields) -> PlaybookRevision:
    """The draft after one changed line."""
    return services.save_line(PACK, by, reworded(words, line_id, **fields), seen=seen or services.seen_now(PACK))


def submitted(by: User, words: str = WORDS) -> PlaybookRevision:
    return services.submit(drafted(by, words).pk, by, "说法更短,先定数目")


def live(room: Room, words: str = WORDS) -> PlaybookRevision:
    return services.approve(submitted(room.trainer, words).pk, room.compliance, "合规,可以用")
