"""Balances an accountant would believe: where entries may stand, in which currency, and on which side they end."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from connector.sandbox.company import generate
from connector.sandbox.profile import PROFILES


@pytest.fixture(scope="module", params=[(200, 7), (2_000, 1), (2_000, 2), (10_000, 1), (10_000, 2), (10_000, 3)])
def balances(request) -> Counter:
    """By subsidiary and account number."""
    lines, seed = request.param
    made: Counter = Counter()
    for row in generate(lines=lines, seed=seed, profile=PROFILES["default"]).books()["trial_balance"]:
        made[row["subsidiary"], row["acctnumber"]] += Decimal(row["amount"])
    return made


def test_nothing_is_entered_on_an_account_that_only_sums_up(rows) -> None:
    summing = {row["id"] for row in rows("account") if row["issummary"] == "T"}
    assert summing
    assert not summing & {row["account"] for row in rows("transactionaccountingline")}


def test_a_bank_account_is_one_subsidiary_s_in_its_currency(rows) -> None:
    currencies = {str(row["id"]): row["currency"] for row in rows("subsidiary")}
    banks = [row for row in rows("account") if row["accttype"] == "Bank"]
    assert len(banks) > 3
    for row in banks:
        assert row["currency"] == currencies[row["subsidiary"]], row["fullname"]


def test_the_petty_cash_is_filled_up_as_it_is_spent(rows, balances: Counter) -> None:
    assert balances[1, "00123"] == Decimal("1000.10")
    petty_cash = next(row["id"] for row in rows("account") if row["acctnumber"] == "00123")
    amounts = [row["amount"] for row in rows("transactionaccountingline") if row["account"] == petty_cash]
    assert min(amounts) < 0 < max(amounts)


def test_what_was_received_and_not_billed_is_owed(balances: Counter) -> None:
    assert balances[1, "2100"] < 0
    assert balances[2, "2100"] < 0


def test_the_stock_is_there(balances: Counter) -> None:
    assert all(balances[subsidiary, number] > 0 for subsidiary in (1, 2) for number in ("1210", "1220"))


def test_the_cheap_currency_is_the_won_which_has_no_cents(rows) -> None:
    (cheap,) = [row for row in rows("currency") if row["exchangerate"] < Decimal("0.001")]
    assert (cheap["symbol"], cheap["currencyprecision"]) == ("KRW", 0)
    assert Decimal("0.0006") < cheap["exchangerate"] < Decimal("0.0009")
