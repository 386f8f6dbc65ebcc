"""Scenes: each bends an ordinary request towards one rule, to either side of its edge."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from .case import CHANNELS, NOT_PAYING, PAYING, ROLES, VOICE
from .house import HOLDS
from .rows import History

Scene = Callable[[Random, dict[str, Any], History], None]
THIRD_PERSONS = ("spouse", "family", "friend", "colleague", "agreed_contact", "heir", "stranger")
CONSENTS = ("late_hours", "sms", "third_party_disclosure", "agreed_cap", "call", "voice_ai", "location_again")


def hold(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["holds"] = rng.sample(list(HOLDS), rng.choice((1, 1, 1, 2)))
    if rng.random() < 0.4:  # those with a rule of their own in China or the United States
        raw["holds"] = [rng.choice(("dispute", "dispute", "lawyer", "plan_kept", "stop_contact"))]
    if rng.random() < 0.5:
        raw["debt"]["product"] = "credit_card"
    if "dispute" in raw["holds"] and rng.random() < 0.5:
        raw["purpose"] = "dispute_reply"
    if "lawyer" in raw["holds"] and rng.random() < 0.5:
        raw["party"]["role"], raw["purpose"] = "lawyer", rng.choice(PAYING)


def refusal(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["party"]["refused"] = rng.random() < 0.8
    raw["party"]["role"] = rng.choice(ROLES)


def line(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["line"]["valid"] = rng.choice((True, True, False))
    raw["line"]["kind"] = rng.choice(("office", "office", "home", "mobile"))
    raw["line"]["employer_prohibits"] = rng.random() < 0.5


def opt_outs(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["party"]["opt_outs"] = rng.sample(CHANNELS, rng.choice((1, 2)))
    if rng.random() < 0.4:
        raw["party"]["opt_outs"].append(raw["channel"])


def inconvenient(rng: Random, raw: dict[str, Any], history: History) -> None:
    windows = [_window_near(rng, history, rng.choice((30, 60, 120, 600)))]
    if rng.random() < 0.2:
        windows.append(_window_near(rng, history, 45))
    raw["party"]["inconvenient"] = windows


def agreed_hours(rng: Random, raw: dict[str, Any], history: History) -> None:
    wide = len(raw["party"]["tz"]) > 1
    raw["party"]["agreed_hours"] = _window_near(rng, history, rng.choice((480, 720) if wide else (60, 180, 600)))
    if rng.random() < 0.3:
        raw["party"]["consents"] = ["late_hours"]


def _window_near(rng: Random, history: History, minutes: int) -> list[str]:
    """A window that long which opens, closes or lies around the asked minute, often to the minute."""
    now = history.local.hour * 60 + history.local.minute
    edge = now + rng.choice((-90, -1, 0, 0, 0, 1, 1, 90))
    opens = edge if rng.random() < 0.5 else edge - minutes
    return [f"{at // 60:02d}:{at % 60:02d}" for at in (opens % 1440, (opens + minutes) % 1440)]


def consents(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["party"]["consents"] = rng.sample(CONSENTS, rng.choice((1, 2, 3)))


def person(rng: Random, raw: dict[str, Any], history: History) -> None:
    """Another person, asked to pay or asked for news."""
    raw["party"]["role"] = rng.choice(ROLES)
    raw["purpose"] = rng.choice((*NOT_PAYING, *PAYING))
    raw["debtor"]["status"] = rng.choice(("reachable", "unreachable", "unreachable", "dead", "incapacitated"))
    if rng.random() < 0.3:
        raw["party"]["role"], raw["purpose"] = rng.choice(("spouse", "heir")), rng.choice(PAYING)
    if rng.random() < 0.6:
        raw["party"]["evidence"] = rng.choice((["joint_debt"], ["estate"], [], ["joint_debt", "estate"]))


def gone(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["debtor"]["status"] = rng.choice(("dead", "incapacitated", "unreachable"))


def agency(rng: Random, raw: dict[str, Any], history: History) -> None:
    day = history.local.date() + timedelta(days=rng.choice((-30, -1, 0, 0, 1, 300)))
    raw["agency"] = {
        "id": "G1",
        "listed": rng.random() < 0.7,
        "contract_until": day.isoformat(),
        "placement_notice_sent": rng.random() < 0.6,
    }
    if rng.random() < 0.3:
        raw["debtor"]["lender_type"], raw["debt"]["product"] = "bank", "credit_card"
    if rng.random() < 0.4:
        first = history.local.date() + timedelta(days=rng.choice((-90, -30, 0, 1, 3)))
        raw["agency"] |= {
            "agrees": rng.random() < 0.8,
            "placed_from": first.isoformat(),
            "placed_until": (first + timedelta(days=rng.choice((1, 30, 60, 180)))).isoformat(),
        }


def debt_buyer(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["debtor"]["lender_type"] = "debt_buyer"
    raw["debt"]["transfer_notice_sent"] = rng.random() < 0.5


def certificates(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["agent"]["certificates"] = rng.choice(([], [], ["first", "office"]))


def visit(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["channel"], raw["mode"] = "visit", None
    raw["visit"] = {
        "staff": rng.choice((1, 2, 2, 3)),
        "private_place": rng.random() < 0.4,
        "consent": rng.random() < 0.5,
        "recording": rng.random() < 0.8,
    }
    for _ in range(rng.choice((0, 0, 1, 2))):
        history.days_ago(
            rng.choice((0, 0, 1)), channel="visit", mode=None, connected=rng.random() < 0.7, **history.stray(0.2)
        )


def source(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["line"]["source"] = rng.choice(("other", "other", "bought", "public"))


def letters(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["channel"], raw["mode"] = "letter", None
    for _ in range(rng.choice((1, 1, 2))):
        history.days_ago(rng.choice((5, 6, 6, 7, 7, 8)), channel="letter", mode=None, **history.stray(0.3))


def calls_today(rng: Random, raw: dict[str, Any], history: History) -> None:
    """Around the daily cap: two to four calls that count, or nearly."""
    _voice(rng, raw)
    for _ in range(rng.choice((2, 3, 3, 4))):
        trait = rng.random()
        row: dict[str, Any] = {"connected": True, "talk_seconds": rng.choice((6, 6, 7, 60)), "two_way": True}
        if trait < 0.08:
            row["talk_seconds"] = rng.choice((4, 5))
        elif trait < 0.14:
            row["two_way"] = False
        elif trait < 0.2:
            row["mode"] = "notify" if raw["mode"] == "interactive" else "interactive"
        elif trait < 0.35:
            row = {"reserved": True}
        elif trait < 0.4:
            row["connected"] = False
        history.today(1, **row)
    if rng.random() < 0.2:
        raw["party"]["consents"] = ["agreed_cap"]


def unanswered_today(rng: Random, raw: dict[str, Any], history: History) -> None:
    _voice(rng, raw)
    history.today(rng.choice((5, 6, 6, 7)), **({"reserved": True} if rng.random() < 0.1 else {}))
    if rng.random() < 0.2:
        raw["party"]["consents"] = ["agreed_cap"]


def lost_debtor(rng: Random, raw: dict[str, Any], history: History) -> None:
    """A contact person asked for news; the debtor's calls failed two to five times, the third about yesterday."""
    raw["party"]["role"] = rng.choice(THIRD_PERSONS)
    raw["purpose"] = rng.choice((*NOT_PAYING, *NOT_PAYING, "collect"))
    raw["debtor"]["status"] = rng.choice(("unreachable", "unreachable", "unreachable", "reachable", "dead"))
    days = rng.choice((0, 1, 1, 2, 3))
    if rng.random() < 0.4:
        met = {"connected": True, "talk_seconds": 20, "two_way": True, **history.stray(0.2)}
        history.days_ago(days + rng.choice((0, 1, 2)), **({**met, "channel": "visit"} if rng.random() < 0.3 else met))
    for number in range(rng.choice((2, 3, 3, 3, 4, 5))):
        history.days_ago(days if number < 3 else rng.randint(0, days), **history.stray(0.08))
    if rng.random() < 0.15:
        history.today(1, reserved=True)


def week_of_calls(rng: Random, raw: dict[str, Any], history: History) -> None:
    """Around seven calls in seven days."""
    _voice(rng, raw)
    for _ in range(rng.choice((5, 6, 7, 7, 8))):
        row: dict[str, Any] = {"consented": True} if rng.random() < 0.08 else {}
        if rng.random() < 0.1:
            row["reserved"] = True
        history.days_ago(rng.choice((0, 1, 2, 3, 4, 5, 6, 6, 6, 7)), **_to_asked(raw), **row)
    if rng.random() < 0.1:
        raw["party"]["consents"] = ["call"]


def conversation(rng: Random, raw: dict[str, Any], history: History) -> None:
    """A conversation about a week ago, started by either side."""
    _voice(rng, raw)
    history.days_ago(
        rng.choice((5, 6, 6, 7, 7, 8)),
        connected=True,
        talk_seconds=90,
        two_way=rng.random() < 0.85,
        direction=rng.choice(("in", "out")),
        **_to_asked(raw),
    )
    if rng.random() < 0.1:
        raw["party"]["consents"] = ["call"]


def location_call(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["party"]["role"] = rng.choice(THIRD_PERSONS)
    raw["purpose"] = rng.choice(("ask_contact", "ask_contact", "ask_contact", "relay"))
    if rng.random() < 0.6:
        changes = {} if rng.random() < 0.7 else {"line": "19900018888"}
        history.days_ago(rng.choice((1, 20, 90)), connected=rng.random() < 0.8, **_to_asked(raw), **changes)
    raw["party"]["consents"] = rng.choice(([], [], ["location_again"], ["third_party_disclosure"]))


def text_message(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["channel"], raw["mode"] = "sms", None
    raw["party"]["consents"] = rng.choice(([], [], [], ["sms"]))
    if rng.random() < 0.8:
        history.days_ago(rng.choice((1, 59, 60, 60, 61)), channel="sms", mode=None, direction="in", **_other_line(rng))


def mail(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["channel"], raw["mode"] = "email", None
    raw["line"]["kind"] = "email"
    raw["line"]["employer_provided"] = rng.random() < 0.4
    if rng.random() < 0.7:
        sent = history.local.date() - timedelta(days=60)
        until = sent + timedelta(days=rng.choice((30, 34, 35, 36)))
        raw["line"]["email_notice"] = {"sent": sent.isoformat(), "opt_out_by": until.isoformat()}


def robot(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["channel"], raw["mode"] = "voice_ai", rng.choice(("notify", "interactive"))
    raw["party"]["consents"] = rng.choice(([], ["voice_ai"], ["call", "voice_ai"]))


def validation(rng: Random, raw: dict[str, Any], history: History) -> None:
    raw["debt"]["validation_sent"] = rng.choice((False, False, False, True))
    history.clear()
    first = rng.choice((3, 5, 5, 6, 6, 7))
    history.days_ago(first, **rng.choice(({"connected": True}, {"channel": "letter"}, {"channel": "sms"}, {})))
    history.days_ago(rng.choice((1, 2)), connected=rng.random() < 0.5)


def contacts(rng: Random, raw: dict[str, Any], history: History) -> None:
    """Around three contacts a week or ten a month."""
    if rng.random() < 0.5:
        days = [rng.choice((0, 2, 4, 6, 6, 7)) for _ in range(rng.choice((2, 3, 3, 4)))]
    else:
        days = [rng.choice((8, 12, 20, 28, 29, 29, 30)) for _ in range(rng.choice((9, 10, 11, 12)))]
    for back in days:
        channel = rng.choice(("voice_human", "sms", "email", "visit", "letter"))
        row: dict[str, Any] = {"channel": channel, "connected": rng.random() < 0.95, **history.stray(0.1)}
        history.days_ago(back, **row, **({"reserved": True} if rng.random() < 0.05 else {}))


def _voice(rng: Random, raw: dict[str, Any]) -> None:
    if raw["channel"] not in VOICE:
        raw["channel"] = rng.choice(VOICE)
        raw["mode"] = rng.choice(("notify", "interactive"))


def _to_asked(raw: dict[str, Any]) -> dict[str, Any]:
    return {"role": raw["party"]["role"]}


def _other_line(rng: Random) -> dict[str, Any]:
    return {"line": "19900018888"} if rng.random() < 0.15 else {}


EVERYWHERE: tuple[Scene, ...] = (
    *(hold, refusal, line, opt_outs, inconvenient, agreed_hours, consents, person, gone, agency, certificates, visit),
)
CHINA: tuple[Scene, ...] = (
    *(source, letters, calls_today, calls_today, calls_today, unanswered_today, lost_debtor, lost_debtor, visit),
)
US: tuple[Scene, ...] = (
    *(week_of_calls, week_of_calls, conversation, location_call, text_message, mail, robot, validation),
)


def of(country: str) -> tuple[Scene, ...]:
    """The scenes of one country."""
    own = {"CN": (*CHINA, debt_buyer), "US": US, "AU": (contacts, contacts, contacts), "EU": (debt_buyer, debt_buyer)}
    return (*EVERYWHERE, *own.get(country, ()))
