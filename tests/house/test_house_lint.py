"""Each house linter fires on the mistake it is for and stays quiet on the right way."""

from __future__ import annotations

import pytest
from house_lint import check_source

WRONG = {
    "float-money": [
        "total = amount_fen / 100",
        "fee_fen = 0.0",
        "fee = total_fen * 1.05",
        "shown = float(row['due_fen'])",
        "paid = round(account.principal_fen)",
        "make(amount_fen=12.5)",
        "due_fen: float = 0",
        "def f(amount: float): ...",
        "x = sum_of(rows)['amount'] / 3",
    ],
    "naive-datetime": [
        "at = datetime.now()",
        "at = datetime.utcnow()",
        "day = date.today()",
        "at = datetime(2026, 3, 2, 10)",
        "at = timezone.now()",
        "at = datetime.now(UTC)",
    ],
    "personal-in-log": [
        "log.info('calling %s', line.phone)",
        "logger.warning(f'{customer.full_name}')",
        "logging.info(unseal(line.value_sealed, 'line.value'))",
        "print(id_card)",
    ],
    "contact-permit": [
        "Contact.objects.create(permit=p, customer=c)",
        "Contact(customer=c).save()",
        "models.Contact(permit=p)",
    ],
}

RIGHT = [
    "total_yuan = to_yuan(amount_fen)",
    "half = divide_half_up(amount_fen, 2)",
    "share = part_count / whole_count",
    "amount_fen: int = 0",
    "at = datetime(2026, 3, 2, 10, tzinfo=UTC)",
    "at = clock.now()",
    "log.info('calling %s', line.value_masked)",
    "log.info('line %s', line.id)",
    "contacts = Contact.objects.filter(customer=c)",
]


@pytest.mark.parametrize(("rule", "source"), [(rule, s) for rule, many in WRONG.items() for s in many])
def test_the_mistake_is_found(rule: str, source: str) -> None:
    assert [o.rule for o in check_source(source, "src/fairdue/desk/board.py")] == [rule]


@pytest.mark.parametrize("source", RIGHT)
def test_the_right_way_is_quiet(source: str) -> None:
    assert check_source(source, "src/fairdue/desk/board.py") == []


def test_a_contact_is_made_in_its_service_and_only_with_a_permit() -> None:
    path = "src/fairdue/desk/call/services.py"
    assert check_source("Contact.objects.create(permit=permit, line=line)", path) == []
    assert [o.rule for o in check_source("Contact.objects.create(line=line)", path)] == ["contact-permit"]


def test_the_clock_module_may_read_the_clock() -> None:
    assert check_source("at = datetime.now(UTC)", "src/fairdue/desk/clock.py") == []


def test_a_module_over_five_hundred_lines_is_named() -> None:
    assert [o.rule for o in check_source("x = 1\n" * 501, "src/fairdue/desk/big.py")] == ["module-size"]
    assert check_source("x = 1\n" * 500, "src/fairdue/desk/big.py") == []


def test_an_excuse_needs_a_reason() -> None:
    path = "src/fairdue/desk/board.py"
    assert check_source("x = amount_fen / 2  # house: float-money - a chart's axis, never shown as money", path) == []
    assert {o.rule for o in check_source("x = amount_fen / 2  # house: float-money", path)} == {"float-money", "excuse"}
