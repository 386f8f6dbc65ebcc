"""Find out by looking which checks look at the clock, the history or the days past due.

A check is asked about a request whose history, moment and days past due cannot be read. If it answers all the same, its
answer depends on standing facts only and holds for every contact with these facts. If it tries to look, `Looked` stops it:
the answer must then be found contact by contact. So no list has to say which checks are which, and none can be wrong.
"""

from __future__ import annotations

from typing import Any, NoReturn


class Looked(BaseException):
    """A check tried to read what is not a standing fact. Not an `Exception`: no check may catch it by accident."""


def _look(*args: Any, **kwargs: Any) -> NoReturn:
    raise Looked


class Blind:
    """Stands for a fact that is there but must not be read: every use of it raises `Looked`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # Python's own questions (copying, inspecting) look at no fact
            raise AttributeError(name)
        raise Looked

    def __repr__(self) -> str:
        return "BLIND"

    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __call__ = _look
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _look
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __floordiv__ = __mod__ = _look
    __int__ = __index__ = __float__ = __str__ = __format__ = _look


BLIND: Any = Blind()
