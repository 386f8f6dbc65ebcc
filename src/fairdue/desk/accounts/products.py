"""The products the desk works with, read once per process (packs are versioned with the release)."""

from __future__ import annotations

from functools import lru_cache

from fairdue.ledger import Product, load_products

from .models import Account


@lru_cache(maxsize=1)
def products() -> dict[str, Product]:
    """All usable products by code."""
    loaded, _findings = load_products()
    return loaded


def product_of(account: Account) -> Product:
    """The account's product. Raises `LookupError` naming the code when there is no such product."""
    try:
        return products()[account.product]
    except KeyError as exc:
        raise LookupError(f"account {account.number}: no product {account.product!r} in packs/products") from exc
