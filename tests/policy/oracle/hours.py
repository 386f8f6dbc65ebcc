"""Clock windows. All are half-open; a closing minute that is still lawful is written as one minute later."""

from .case import Case, Moment

HOUR = 3600
MINUTE = 60


def inside(second: int, opens: int, closes: int) -> bool:
    """Is that second of the day inside [opens, closes)? A window that closes before it opens passes midnight."""
    if opens < closes:
        return opens <= second < closes
    return second >= opens or second < closes


def outside_agreed(case: Case, now: Moment) -> bool:
    """Outside the agreed hours, in any plausible zone. Hours that open and close at once agree to nothing."""
    assert case.agreed_hours is not None
    opens, closes = case.agreed_hours
    return opens == closes or any(not inside(second, opens, closes) for second in now.seconds)


def outside(case: Case, now: Moment, opens: int, closes: int, lifted: bool = False) -> bool:
    """Outside the lawful hours in any plausible zone.

    Agreed hours replace the country's hours, by day too; only where there are none can something lift the latter.
    """
    if case.agreed_hours:
        return outside_agreed(case, now)
    return not lifted and any(not inside(second, opens, closes) for second in now.seconds)


def inconvenient(case: Case, now: Moment) -> bool:
    """In a time that the person named as inconvenient, in any plausible zone."""
    return any(inside(second, opens, closes) for opens, closes in case.inconvenient for second in now.seconds)
