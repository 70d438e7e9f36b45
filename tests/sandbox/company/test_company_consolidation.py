"""The group's statements against the tables, in exact fractions: rates by kind, and the adjustment that is left."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from audit import ASIDE, STATEMENT, Audit, nonzero

SHOWN = {"Income": -1, "OthIncome": -1, "COGS": 1, "Expense": 1, "OthExpense": 1}
Rates = dict[tuple[int, int, int, int], dict[str, Fraction]]


def ancestors(audit: Audit, subsidiary: int) -> list[int]:
    parents = {row["id"]: row["parent"] for row in audit.rows("subsidiary")}
    found = [subsidiary]
    while parents[found[-1]]:
        found.append(parents[found[-1]])
    return found


@pytest.fixture(scope="session")
def rates(group: Audit) -> Rates:
    """By book, subsidiary, the one above it and period: rates by what accounts call them."""
    return {
        (row["accountingbook"], row["fromsubsidiary"], row["tosubsidiary"], row["postingperiod"]): {
            kind: Fraction(row[f"{kind.lower()}rate"]) for kind in ("Average", "Current", "Historical")
        }
        for row in group.rows("consolidatedexchangerate")
    }


def rounded(amount: str) -> str:
    return f"{Decimal(amount).quantize(Decimal('0.01'), ROUND_HALF_UP) + 0:.2f}"


def test_there_is_one_rate_for_each_period_book_and_subsidiary_above(group: Audit) -> None:
    wanted = Counter(
        (book, one["id"], above, period["id"])
        for book in (1, 2)
        for period in group.posting_periods
        for one in group.rows("subsidiary")
        for above in ancestors(group, one["id"])
    )
    table = group.rows("consolidatedexchangerate")
    keys = ("accountingbook", "fromsubsidiary", "tosubsidiary", "postingperiod")
    assert Counter(tuple(row[key] for key in keys) for row in table) == wanted
    currencies = {row["id"]: row["currency"] for row in group.rows("subsidiary")}
    for row in table:
        three = {row["averagerate"], row["currentrate"], row["historicalrate"]}
        assert (row["fromcurrency"], row["tocurrency"]) == tuple(
            currencies[row[end]] for end in ("fromsubsidiary", "tosubsidiary")
        )
        assert (three == {1}) == (row["fromcurrency"] == row["tocurrency"])
        assert all(0 < rate < 10 for rate in three)


def test_the_books_of_both_kinds_have_other_historical_rates(group: Audit, rates: Rates) -> None:
    first = group.months[0]["id"]
    for company in group.rows("subsidiary"):
        for above in ancestors(group, company["id"])[1:]:
            pair = [rates[book, company["id"], above, first]["Historical"] for book in (1, 2)]
            assert (pair[0] != pair[1]) == (company["id"] != 8)


def test_totals_over_all_periods(group: Audit, rates: Rates) -> None:
    expected: defaultdict[str, Fraction] = defaultdict(Fraction)
    for entry in group.primary:
        kind = group.accounts[entry.account]["generalrate"]
        expected[entry.accttype] += Fraction(entry.amount) * rates[1, entry.subsidiary, 1, entry.period][kind]
    given = group.books["consolidated"]
    assert {row["accttype"]: Fraction(row["amount"]) for row in given["by_account_type"]} == expected
    assert Fraction(given["translation_difference"]["amount"]) == sum(expected.values())
    for row in given["by_account_type"]:
        assert row["rounded"] == rounded(row["amount"])
    assert (given["currency"], given["subsidiary"], given["book"]) == ("USD", 1, 1)


def test_income_of_each_parent(group: Audit, rates: Rates) -> None:
    expected: defaultdict[tuple, Fraction] = defaultdict(Fraction)
    for entry in group.entries:
        if entry.accttype in STATEMENT:
            kind = group.accounts[entry.account]["generalrate"]
            for parent in {1, 2} & set(ancestors(group, entry.subsidiary)):
                rate = rates[entry.book, entry.subsidiary, parent, entry.period][kind]
                place = entry.book, parent, entry.period, entry.account
                expected[place] += Fraction(entry.amount) * SHOWN[entry.accttype] * rate
    rows = group.books["consolidated_income"]
    given = {(row["book"], row["subsidiary"], row["period"], row["account"]): row for row in rows}
    assert {place: Fraction(row["amount"]) for place, row in given.items()} == expected
    assert len(given) == len(rows)
    for row in rows:
        account = group.accounts[row["account"]]
        assert (row["acctnumber"], row["accttype"]) == (account["acctnumber"], account["accttype"])
        assert row["rounded"] == rounded(row["amount"])


def test_balance_sheets_of_each_parent(group: Audit, rates: Rates) -> None:
    """What is current is translated anew each period; the rest keeps the rate it was entered at."""
    given = {(row["book"], row["subsidiary"], row["period"]): row for row in group.books["consolidated_balance_sheet"]}
    assert len(given) == 2 * 2 * len(group.posting_periods)
    current: defaultdict[tuple, Counter] = defaultdict(Counter)
    kept: defaultdict[tuple, Counter] = defaultdict(Counter)
    for entry in group.entries:
        if entry.accttype in ASIDE:
            continue
        kind = group.accounts[entry.account]["generalrate"]
        for parent in {1, 2} & set(ancestors(group, entry.subsidiary)):
            place = entry.book, parent, entry.period
            if kind == "Current":
                current[place][entry.subsidiary, entry.accttype] += Fraction(entry.amount)
            else:
                name = "result" if entry.accttype in STATEMENT else entry.accttype
                rate = rates[entry.book, entry.subsidiary, parent, entry.period][kind]
                kept[place][name] += Fraction(entry.amount) * rate
    for book, parent in ((1, 1), (1, 2), (2, 1), (2, 2)):
        balances: Counter = Counter()
        sheet: Counter = Counter()
        for period in group.posting_periods:
            if period["id"] in group.first_of_year:
                sheet["RetainedEarnings"] += sheet.pop("result", 0)
            balances.update(current[book, parent, period["id"]])
            sheet.update(kept[book, parent, period["id"]])
            expected = Counter(sheet)
            for (subsidiary, kind), amount in balances.items():
                expected[kind] += amount * rates[book, subsidiary, parent, period["id"]]["Current"]
            row = given[book, parent, period["id"]]
            figures = {one["accttype"]: Fraction(one["amount"]) for one in row["by_account_type"]}
            figures["result"] = Fraction(row["net_income"]["amount"])
            assert nonzero(figures) == nonzero(expected)
            assert Fraction(row["translation_adjustment"]["amount"]) == -sum(figures.values())
            for one in (*row["by_account_type"], row["net_income"], row["translation_adjustment"]):
                assert one["rounded"] == rounded(one["amount"])


def test_a_parent_without_foreign_currency_needs_no_adjustment_for_itself(group: Audit) -> None:
    """What is left of the group's first sheet comes of rates alone: in the first period it is small."""
    first, last = (
        next(
            Fraction(row["translation_adjustment"]["amount"])
            for row in group.books["consolidated_balance_sheet"]
            if (row["book"], row["subsidiary"], row["period"]) == (1, 1, period["id"])
        )
        for period in (group.months[0], group.months[-1])
    )
    assets = sum(abs(entry.amount) for entry in group.primary if entry.period == group.months[0]["id"])
    assert abs(first) < assets / 50
    assert last != 0
