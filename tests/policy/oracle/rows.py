"""Histories for the generator: a background of old contacts, and clusters near the caps and the midnights."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from .case import CHANNELS, VOICE

DAY = timedelta(days=1)


class History:
    """The rows of one request, all before its moment and no two at the same second."""

    def __init__(self, rng: Random, local: datetime, raw: dict[str, Any]) -> None:
        self.rng = rng
        self.local = local
        self.raw = raw
        self._taken: set[datetime] = set()
        self._background: list[dict[str, Any]] = []
        self._added: list[dict[str, Any]] = []

    def rows(self, shuffled: bool) -> list[dict[str, Any]]:
        """All rows, oldest first or (a log is not always in order) shuffled."""
        rows = sorted(self._background + self._added, key=lambda row: datetime.fromisoformat(row["at"]))
        if shuffled:
            self.rng.shuffle(rows)
        for number, row in enumerate(rows):
            row["id"] = f"h{number}"
        return rows

    def clear(self) -> None:
        """Nothing was ever done."""
        self._background.clear()
        self._added.clear()

    def thin_out(self) -> None:
        """Leave only what the scenes put in and what lies more than 31 days back."""
        limit = self.local.astimezone(UTC) - 31 * DAY
        self._background = [row for row in self._background if datetime.fromisoformat(row["at"]) < limit]

    def add(self, at: datetime, **changes: Any) -> None:
        """One row: an unanswered outbound call to the debtor on the asked line, but for the changes."""
        self._added.append(self._row(at, changes))

    def background(self) -> None:
        """0 to 25 rows (sometimes some 200) of all kinds over the last months."""
        many = self.rng.random() < 0.04
        for _ in range(self.rng.randint(170, 210) if many else self.rng.choice((0, 0, 3, 8, 14, 25))):
            days = 800 if many else 75
            at = self.local - timedelta(seconds=self.rng.randrange(1, days * 86400))
            connected = self.rng.random() < 0.4
            talk = self.rng.choice((3, 5, 6, 7, 40, 200)) if connected else 0
            channel = self.rng.choice(CHANNELS)
            self._background.append(
                self._row(
                    at,
                    {
                        "channel": channel,
                        "mode": self.rng.choice(("notify", "interactive")) if channel in VOICE else None,
                        "direction": "in" if self.rng.random() < 0.15 else "out",
                        "connected": connected,
                        "talk_seconds": talk,
                        "two_way": connected and self.rng.random() < 0.3,
                        "consented": self.rng.random() < 0.05,
                        **self.stray(0.25),
                    },
                )
            )

    def stray(self, share: float) -> dict[str, Any]:
        """Now and then one trait that takes a row out of a count (or seems to)."""
        if self.rng.random() >= share:
            return {}
        return self.rng.choice(
            (
                {"role": "guarantor"},
                {"role": "family"},
                {"role": "spouse"},
                {"debtor": "D-other"},
                {"debt": "B-other"},
                {"product": "other"},
                {"line": "19900019999"},
                {"agency": "G2"},
                {"direction": "in"},
                {"consented": True},
            )
        )

    def today(self, rows: int, **changes: Any) -> None:
        """Rows since the last local midnight, of which some lie on its edge (just before: yesterday)."""
        midnight = self.local.replace(hour=0, minute=0, second=0)
        room = max(int((self.local - midnight).total_seconds()), 1)
        for _ in range(rows):
            if self.rng.random() < 0.12:
                at = midnight + timedelta(seconds=self.rng.choice((-2, -1, 0, 1)))
            else:
                at = midnight + timedelta(seconds=self.rng.randrange(room))
            self.add(at, **{**changes, **self.stray(0.08)})

    def days_ago(self, days: int, **changes: Any) -> None:
        """One row that many local dates back, at any time of that day, its edges included."""
        midnight = self.local.replace(hour=0, minute=0, second=0) - days * DAY
        self.add(
            midnight + timedelta(seconds=self.rng.choice((0, 1, 86398, 86399, *range(3600, 86000, 3600)))), **changes
        )

    def _row(self, at: datetime, changes: dict[str, Any]) -> dict[str, Any]:
        instant = min(at.astimezone(UTC), self.local.astimezone(UTC) - timedelta(seconds=1))
        while instant in self._taken:
            instant -= timedelta(seconds=1)
        self._taken.add(instant)
        raw = self.raw
        row: dict[str, Any] = {
            "at": (instant.astimezone(self.local.tzinfo) if self.rng.random() < 0.7 else instant).isoformat(),
            "channel": "voice_ai" if self.rng.random() < 0.2 else "voice_human",
            "mode": raw["mode"] or "interactive",
            "direction": "out",
            "line": raw["line"].get("id"),
            "role": "debtor",
            "connected": False,
            "talk_seconds": 0,
            "two_way": False,
            "consented": False,
            "agency": None,
            "debt": raw["debt"].get("id"),
            "product": raw["debt"].get("product"),
        }
        row.update(changes)
        if row["role"] == "debtor" and self.rng.random() < 0.1:
            del row["role"]  # absent means the debtor
        if "debtor" not in row and self.rng.random() < 0.3:
            row["debtor"] = raw["debtor"].get("id")
        if self.rng.random() < 0.05:
            del row["product"]
        return row
