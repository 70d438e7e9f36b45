"""Balances an accountant would believe: where entries may stand, in which currency, and on which side they end."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from audit import Audit

ASSETS = ("1000", "1010", "1040", "1020", "1025", "1030", "1210", "1220", "1510", "1E5", "10-20")
LIABILITIES = ("2100", "2400", "2700", "3000", "2300")


@pytest.fixture(scope="session")
def ending(sizable: Audit) -> Counter:
    """By subsidiary and account number, in the primary book."""
    made: Counter = Counter()
    for row in sizable.books["trial_balance"]:
        if row["book"] == 1:
            made[row.get("subsidiary", 1), row["acctnumber"]] += Decimal(row["amount"])
    return made


def test_nothing_is_entered_on_an_account_that_only_sums_up(audit: Audit) -> None:
    summing = {row["id"] for row in audit.rows("account") if row["issummary"] == "T"}
    assert summing
    assert not summing & {row["account"] for row in audit.rows("transactionaccountingline")}


def test_a_bank_account_is_one_subsidiary_s_in_its_currency(group: Audit) -> None:
    currencies = {str(row["id"]): row["currency"] for row in group.rows("subsidiary")}
    banks = [row for row in group.rows("account") if row["accttype"] == "Bank"]
    assert {row["subsidiary"] for row in banks} == {"1", "2", "3", "5"}
    for row in banks:
        assert row["currency"] == currencies[row["subsidiary"]], row["fullname"]


def test_the_petty_cash_is_filled_up_as_it_is_spent(sizable: Audit, ending: Counter) -> None:
    assert ending[1, "00123"] == Decimal("1000.10")
    amounts = [entry.amount for entry in sizable.on("00123")]
    assert min(amounts) < 0 < max(amounts)


ELIMINATION = 8


def test_assets_are_there_and_liabilities_are_owed(sizable: Audit, ending: Counter) -> None:
    used = {sizable.accounts[entry.account]["acctnumber"] for entry in sizable.primary}
    trading = [place for place in ending if place[0] != ELIMINATION]  # which stands on the other side
    wrong = {place: ending[place] for place in trading if place[1] in ASSETS and ending[place] < 0}
    wrong |= {place: ending[place] for place in trading if place[1] in LIABILITIES and ending[place] > 0}
    assert not wrong
    assert used >= {"1000", "1010", "1210", "1510", "2000", "2700", "3000"}


def test_every_trading_company_has_goods_money_and_capital(ending: Counter) -> None:
    companies = {company for company, _ in ending} - {8}
    banks = {1: "1000", 2: "1020", 3: "1025", 5: "1030"}
    for company in companies:
        assert ending[company, banks[company]] > 0
        assert ending[company, "1210"] + ending[company, "1220"] > 0
        assert ending[company, "3000"] < 0


def test_a_balance_near_ten_million_lies_on_each_side_of_it(ending: Counter) -> None:
    assert ending[1, "1040"] == Decimal("9999999.99")
    assert ending[1, "1010"] >= 10_000_000


def test_the_cheap_currency_is_the_won_which_has_no_cents(audit: Audit) -> None:
    (cheap,) = [row for row in audit.rows("currency") if row["exchangerate"] < Decimal("0.001")]
    assert (cheap["symbol"], cheap["currencyprecision"]) == ("KRW", 0)
    assert Decimal("0.0006") < cheap["exchangerate"] < Decimal("0.0009")
