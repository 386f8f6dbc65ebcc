"""China: the parts together."""

from . import china_calls, china_conduct, china_people
from .case import Case, Findings, Moment


def facts(case: Case, now: Moment, out: Findings) -> None:
    china_people.facts(case, now, out)
    china_conduct.facts(case, now, out)


def days(case: Case, now: Moment, out: Findings) -> None:
    china_people.days(case, now, out)
    china_calls.days(case, now, out)
    china_conduct.days(case, now, out)


def clock(case: Case, now: Moment, out: Findings) -> None:
    china_calls.clock(case, now, out)
