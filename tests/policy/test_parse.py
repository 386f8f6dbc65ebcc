"""A request's JSON becomes facts, or is refused with the name of the field that cannot be used."""

from __future__ import annotations

from typing import Any

import pytest
from gate_requests import request, with_value
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.policy import RequestError, parse_request
from fairdue.policy.parse import _checked_row, day_of, row_of, seconds_of
from fairdue.policy.request import CHANNELS


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


@settings(max_examples=600, deadline=None)
@given(
    raw=st.fixed_dictionaries(
        {"at": st.sampled_from(["2026-03-02T09:00:00+08:00", "2026-03-02T09:00:00.7Z", "2026-03-02", "x", 5, None])},
        optional={
            "id": st.text(max_size=3) | st.integers(),
            "channel": st.sampled_from([*sorted(CHANNELS), "fax", "", 3, None, ["sms"]]),
            "mode": st.sampled_from(["notify", "interactive", "x", None]),
            "direction": st.sampled_from(["in", "out", "up", None]),
            "role": st.sampled_from(["debtor", "family", "cat", None]),
            "talk_seconds": st.sampled_from([0, 30, -1, True, 2.5, "9", None]),
            "connected": st.sampled_from([True, False, None, 1, 0, "yes"]),
            "reserved": st.sampled_from([True, False, None, 1]),
            "line": st.sampled_from(["L1", "", None, 7]),
            "debt": st.sampled_from(["A1", None, []]),
        },
    )
)
def test_the_quick_reading_of_a_row_is_the_careful_one(raw: dict[str, Any]) -> None:
    def read(how: Any) -> Any:
        try:
            return how(raw, 4)
        except RequestError as refused:
            return str(refused)

    assert read(row_of) == read(_checked_row)
