"""Hours and days: when a person may be contacted."""

from __future__ import annotations

from functools import lru_cache

import holidays as public_holidays

from fairdue.core.text import Text

from ..moment import Moment
from ..parse import DAY, seconds_of
from ..request import Request, Window
from ..schema import Params
from .found import Check, Found, ParamError, kept, missing

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NO_ZONE = missing("当事人时区", "the person's time zone")
_INSIDE = kept("在允许的时段内。", "Inside the permitted hours.")
_AGREED = kept("在双方约定的时段内。", "Inside the agreed hours.")
_LIFTED = kept("对方同意在平常时段之外联系。", "The person agreed to be contacted outside the usual hours.")
_DPD = kept("逾期天数已超过规则所限的时段保护。", "So many days past due, the rule's hours do not bind any more.")


def inside(second: int, window: Window) -> bool:
    """Half-open [start, end); over midnight when the end is not after the start."""
    start, end = window
    return start <= second < end if start < end else second >= start or second < end


def _clock(second: int) -> str:
    hour, minute, rest = second // 3600, second // 60 % 60, second % 60
    return f"{hour:02d}:{minute:02d}:{rest:02d}" if rest else f"{hour:02d}:{minute:02d}"


def _span(window: Window) -> str:
    return f"{_clock(window[0])}–{_clock(window[1])}"


def window_of_rule(params: Params) -> Window:
    """`opens`/`closes` as a half-open window of seconds.

    `opening: after` is strict (US: *after* 8 a.m., so 08:00:01 is the first second); `closing: minute` includes the whole
    closing minute (until 19:00 means 19:00:59), else the closing time itself is outside.
    """
    try:
        opens, closes = seconds_of(params["opens"]), seconds_of(params["closes"])
    except (KeyError, TypeError, ValueError) as exc:
        raise ParamError(f"opens and closes must be local times such as 08:00 ({exc})") from exc
    window = opens + (params.get("opening") == "after"), closes + 60 * (params.get("closing") == "minute")
    if not 0 <= window[0] < window[1] <= DAY + 60:
        raise ParamError(f"opens {params['opens']} must lie before closes {params['closes']} on the same day")
    return window


@lru_cache(maxsize=256)
def holidays_of(country: str, year: int) -> frozenset[int]:
    """Ordinals of the national public holidays of a country in a year (library `holidays`)."""
    return frozenset(day.toordinal() for day in public_holidays.country_holidays(country, years=year))


def _weekdays(params: Params) -> frozenset[int]:
    try:
        return frozenset(WEEK.index(name) for name in params.get("weekdays", WEEK))
    except ValueError as exc:
        raise ParamError(f"weekdays must be names out of {', '.join(WEEK)} ({exc})") from exc


def hours(params: Params) -> Check:
    """Local time in every plausible zone inside the window. Agreed hours replace the window.

    `weekdays`: the days on which the rule speaks (AU); `lifted_by`: consents that lift it when no hours are agreed;
    `lifted_over_dpd`: days past due beyond which it does not bind (PH).
    """
    window, span = window_of_rule(params), _span((seconds_of(params["opens"]), seconds_of(params["closes"])))
    lifted, dpd = frozenset(params.get("lifted_by", ())), params.get("lifted_over_dpd")
    outside = (f"不在允许的 {span} 之内", f"outside the permitted {span}")
    whole = not params.get("weekdays")
    days = _weekdays(params)

    def check(request: Request, moment: Moment) -> Found | None:
        if not request.zones:
            return _NO_ZONE
        agreed = request.agreed_hours
        if agreed is None:
            if lifted & request.consents:
                return _LIFTED
            if dpd is not None and request.dpd is not None and request.dpd > dpd:
                return _DPD
        allowed = agreed or window
        nothing_agreed = agreed is not None and agreed[0] == agreed[1]
        for index, local in enumerate(moment.locals):
            if not whole and local.weekday() not in days:
                continue
            second = moment.seconds(index)
            if not inside(second, allowed) or nothing_agreed:
                zh, en = (
                    outside
                    if agreed is None
                    else (f"不在约定的 {_span(agreed)} 之内", f"outside the agreed {_span(agreed)}")
                )
                now, name = _clock(second), moment.zones[index]
                return Found(
                    True,
                    Text(f"对方当地时间 {now}，{zh}（{name}）。", f"It is {now} for the person, {en} ({name})."),
                )
        return _INSIDE if agreed is None else _AGREED

    return check


def days_closed(params: Params) -> Check:
    """Weekdays on which no contact is made (`closed: [sun]`) and national public holidays (`country: ID`).

    `lifted_by`: consents that lift it; `agreed_lifts: true`: hours that were agreed lift it as well.
    """
    closed = frozenset(WEEK.index(name) for name in params.get("closed", ()) if name in WEEK)
    if len(closed) != len(params.get("closed", ())):
        raise ParamError(f"closed must be names out of {', '.join(WEEK)}")
    country, lifted = params.get("country"), frozenset(params.get("lifted_by", ()))
    if country is not None and country not in public_holidays.list_supported_countries():
        raise ParamError(f"no public holidays are known for {country!r}; use an ISO country code such as ID")
    sunday = Text(
        "对方当地今天是不联系的日子（每周休息日）。", "Today is a weekly day of rest for the person: no contact."
    )
    holiday = Text(
        "对方当地今天是全国公众假日，不联系。", "Today is a national public holiday for the person: no contact."
    )
    fine = kept("今天不是休息日或公众假日。", "Today is neither a day of rest nor a public holiday.")

    def check(request: Request, moment: Moment) -> Found | None:
        if not request.zones:
            return _NO_ZONE
        if lifted & request.consents or (params.get("agreed_lifts") and request.agreed_hours is not None):
            return _LIFTED
        for local, ordinal in zip(moment.locals, moment.ordinals, strict=True):
            if local.weekday() in closed:
                return Found(True, sunday)
            if country is not None and ordinal in holidays_of(country, local.year):
                return Found(True, holiday)
        return fine

    return check


def agreed_hours(params: Params) -> Check:
    """Hours that were agreed bind at day as well, whatever the country's own hours are. Equal times allow nothing."""

    def check(request: Request, moment: Moment) -> Found | None:
        agreed = request.agreed_hours
        if agreed is None:
            return None
        for index in range(len(moment.zones)):
            second = moment.seconds(index)
            if agreed[0] == agreed[1] or not inside(second, agreed):
                span, now = _span(agreed), _clock(second)
                return Found(
                    True,
                    Text(
                        f"双方约定的时段是 {span}，对方当地现在是 {now}。",
                        f"The agreed hours are {span}; it is {now} for the person.",
                    ),
                )
        return _AGREED

    return check


def inconvenient(params: Params) -> Check:
    """Times of which the person said that they do not suit."""

    def check(request: Request, moment: Moment) -> Found | None:
        if not request.inconvenient:
            return None
        for index in range(len(moment.zones)):
            second = moment.seconds(index)
            for window in request.inconvenient:
                if inside(second, window):
                    span = _span(window)
                    return Found(True, Text(f"对方说过 {span} 不方便。", f"The person said that {span} does not suit."))
        return _CONVENIENT

    return check


_CONVENIENT = kept("不在对方说过不方便的时段。", "Not at a time that the person called inconvenient.")
