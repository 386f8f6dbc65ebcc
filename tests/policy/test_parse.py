"""A request's JSON becomes facts, or is refused with the name of the field that cannot be used."""

from __future__ import annotations

from typing import Any

import pytest
from gate_requests import request, with_value

from fairdue.policy import RequestError, parse_request
from fairdue.policy.parse import day_of, seconds_of


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("party", "x", "party"),
        ("channel", "fax", "channel"),
        ("channel", 3, "channel"),
        ("party.tz", ["Mars/Base"], "party.tz"),
        ("party.tz", "Asia/Shanghai", "party.tz"),
        ("party.refused", "yes", "party.refused"),
        ("party.agreed_hours", ["x"], "party.agreed_hours"),
        ("party.inconvenient", "lunch", "party.inconvenient"),
        ("party.opt_outs", ["telex"], "party.opt_outs"),
        ("line.valid", "no", "line.valid"),
        ("debt.dpd", "12", "debt.dpd"),
        ("holds", ["sleepy"], "holds"),
        ("at", "tomorrow", "at"),
        ("at", 5, "at"),
        ("history", "none", "history"),
        ("history", [1], "history[0]"),
        ("history", [{"at": "2026-03-02T10:15:00+08:00", "talk_seconds": -1}], "history[0].talk_seconds"),
        ("history", [{"at": "2026-03-02T10:15:00"}], "history[0].at"),
        ("debtor.id", 5, "debtor.id"),
    ],
)
def test_an_unusable_value_is_refused_with_its_name(path: str, value: Any, field: str) -> None:
    with pytest.raises(RequestError) as refused:
        parse_request(with_value(request(), path, value))
    assert refused.value.field == field
    assert field in str(refused.value)


def test_a_request_must_be_an_object() -> None:
    with pytest.raises(RequestError, match="an object"):
        parse_request(["x"])  # type: ignore[arg-type]


def test_no_voice_means_neither_people_nor_machines_call() -> None:
    opted_out = parse_request(with_value(request(), "party.opt_outs", ["voice", "sms"])).opt_outs
    assert opted_out == {"voice_human", "voice_ai", "sms"}


def test_times_are_whole_seconds() -> None:
    asked = parse_request(with_value(request(), "at", "2026-03-02T10:15:00.900000+08:00"))
    assert asked.at is not None
    assert asked.at.microsecond == 0


def test_equal_times_stand_in_the_order_of_their_ids() -> None:
    rows = [{"id": name, "at": "2026-03-02T09:00:00+08:00"} for name in ("b", "c", "a")]
    assert [row.id for row in parse_request(with_value(request(), "history", rows)).history] == ["a", "b", "c"]


def test_seconds_of_the_day() -> None:
    assert (seconds_of("00:00"), seconds_of("08:00:01"), seconds_of("24:00")) == (0, 28801, 86400)


def test_an_unreadable_day_is_not_known() -> None:
    assert day_of("soon") is None
    assert day_of(None) is None
    assert day_of("2026-03-02") is not None
