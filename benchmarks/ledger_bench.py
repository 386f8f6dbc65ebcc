"""How many accounts a second the ledger replays and quotes, with and without payments."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from fairdue.ledger import AccountFacts, DueItem, EventKind, LedgerEvent, load_products, make_quote, replay

COUNT = 5_000
AS_OF = date(2026, 6, 1)


def per_second(work: Callable[[AccountFacts], object], accounts: list[AccountFacts]) -> int:
    start = time.perf_counter()
    for account in accounts:
        work(account)
    return round(len(accounts) / (time.perf_counter() - start))


def main() -> None:
    products, _ = load_products()
    payments = [LedgerEvent(f"P{n}", EventKind.PAYMENT, date(2026, 3, 1 + n), 5_000) for n in range(12)]
    for code, product in sorted(products.items()):
        accounts = [
            AccountFacts(f"A{n}", code, "bank", (DueItem(1, date(2026, 1, 1) + timedelta(n % 60), 100_000 + n),))
            for n in range(COUNT)
        ]
        for name, events in (("no payment", []), ("12 payments", payments)):
            replays = per_second(partial(replay, events=events, product=product, as_of=AS_OF), accounts)
            quotes = per_second(partial(make_quote, events=events, product=product, as_of=AS_OF, number="Q1"), accounts)
            print(f"{code:12} {name:12} {replays:>7} replays/s {quotes:>7} quotes/s")


if __name__ == "__main__":
    main()
