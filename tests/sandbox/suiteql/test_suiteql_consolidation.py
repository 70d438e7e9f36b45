"""BUILTIN.CONSOLIDATE and BUILTIN.CURRENCY over a group of companies; what is expected is worked out here in decimals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from group_account import (
    BANK,
    BUDGET,
    BUDGET_RATES,
    CAPITAL,
    COSTS,
    EUROPE,
    FEBRUARY,
    GROUP,
    JANUARY,
    LOCAL,
    PAYABLES,
    PRIMARY,
    RATE_OF,
    SALES,
    UK,
    US,
    group,
    lines,
    rate,
)

from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.suiteql.refusal import SuiteQLRefused

UNSUPPORTED = "Search error occurred: Invalid or unsupported search."
POSTINGS = (
    "FROM transactionaccountingline tal "
    "JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline "
    "JOIN transaction t ON t.id = tal.transaction JOIN account a ON a.id = tal.account"
)
Ask = Callable[[str], list[dict[str, str]]]


@pytest.fixture(scope="module")
def group_engine() -> Iterator[Engine]:
    engine = Engine(GROUP)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def ask(group_engine: Engine) -> Ask:
    return lambda q: group_engine.page(q, [], limit=1000, offset=0).items


@pytest.fixture
def refused(group_engine: Engine) -> Callable[[str], str]:
    def sentence(q: str) -> str:
        with pytest.raises(SuiteQLRefused) as told:
            group_engine.page(q, [], limit=1000, offset=0)
        return told.value.detail

    return sentence


def consolidate(amount="tal.amount", view="'LEDGER'", rates="'DEFAULT'", kind="'DEFAULT'", target=str(US),
                period="t.postingperiod", book="'DEFAULT'"):  # fmt: skip
    return f"BUILTIN.CONSOLIDATE({amount}, {view}, {rates}, {kind}, {target}, {period}, {book})"


def sums(ask: Ask, call: str, where: str = "tal.accountingbook = 1") -> dict[str, Decimal]:
    """By account, not rounded."""
    text = f"TO_CHAR(SUM({call}), 'FM99999990.999999999999')"
    rows = ask(f"SELECT tal.account AS account, {text} AS total {POSTINGS} WHERE {where} GROUP BY tal.account")
    return {int(row["account"]): Decimal(row["total"]) for row in rows}


def expected(factor: Callable[[int, int, int, int], Decimal], book: int = PRIMARY) -> dict[int, Decimal]:
    """By account; `factor` gets subsidiary, period, account and book."""
    totals: defaultdict[int, Decimal] = defaultdict(Decimal)
    for _, _, subsidiary, period, account, its_book, value in lines():
        if its_book == book:
            totals[account] += value * factor(subsidiary, period, account, its_book)
    return dict(totals)


def test_the_account_says_which_rate_and_the_posting_period_which_of_them(ask):
    assert sums(ask, consolidate()) == expected(lambda s, p, a, b: rate(b, p, s, US, RATE_OF[a]))


def test_a_figure_worked_out_by_hand(ask):
    """Capital at historical rates: 1000.00 + 700.55 x 1.15 + 400.01 x 1.38."""
    assert sums(ask, consolidate())[CAPITAL] == Decimal("-2357.6463")


@pytest.mark.parametrize("kind", ["Average", "Current", "Historical"])
def test_one_rate_for_all(ask, kind):
    by_rate = expected(lambda s, p, _a, b: rate(b, p, s, US, kind))
    assert sums(ask, consolidate(kind=f"'{kind.upper()}'")) == by_rate
    assert sums(ask, consolidate(kind=f"'{kind}'", view="'INCOME'", rates="'STANDARD'")) == by_rate


def test_an_expression_may_say_which_rate(ask):
    by_expression = consolidate(kind="CASE WHEN a.id = 10 THEN 'HISTORICAL' ELSE a.generalrate END")
    assert sums(ask, by_expression) == expected(
        lambda s, p, a, b: rate(b, p, s, US, "Historical" if a == BANK else RATE_OF[a])
    )


def test_a_period_for_all_is_one_as_of_date(ask):
    assert sums(ask, consolidate(kind="'CURRENT'", period=str(FEBRUARY))) == expected(
        lambda s, _p, _a, b: rate(b, FEBRUARY, s, US, "Current")
    )
    assert sums(
        ask, consolidate(kind="'CURRENT'", period="(SELECT MAX(x.postingperiod) FROM transaction x)")
    ) == expected(lambda s, _p, _a, b: rate(b, FEBRUARY, s, US, "Current"))


def test_the_company_in_between_is_a_target_too(ask):
    call, where = consolidate(target=str(EUROPE)), f"tal.accountingbook = 1 AND tl.subsidiary IN ({EUROPE}, {UK})"
    in_euros: defaultdict[int, Decimal] = defaultdict(Decimal)
    for _, _, subsidiary, period, account, book, value in lines():
        if book == PRIMARY and subsidiary != US:
            in_euros[account] += value * rate(book, period, subsidiary, EUROPE, RATE_OF[account])
    assert sums(ask, call, where) == in_euros


def test_the_second_book_has_rates_of_its_own(ask):
    local = expected(lambda s, p, a, b: rate(b, p, s, US, RATE_OF[a]), LOCAL)
    assert sums(ask, consolidate(book=str(LOCAL)), "tal.accountingbook = 2") == local
    assert sums(ask, consolidate(book="tal.accountingbook"), "tal.accountingbook = 2") == local
    with_primary_rates = expected(lambda s, p, a, _b: rate(PRIMARY, p, s, US, RATE_OF[a]), LOCAL)
    assert sums(ask, consolidate(), "tal.accountingbook = 2") == with_primary_rates


def test_what_default_stands_for(ask):
    everything = consolidate(target="'DEFAULT'", period="'DEFAULT'")
    assert sums(ask, everything) == expected(lambda s, p, a, b: rate(b, p, s, US, RATE_OF[a]))


def test_a_balance_sheet_shows_the_translation_adjustment_as_what_is_left(ask):
    """Assets and liabilities at the rate of the sheet's period, equity at historical rates, results at average ones."""
    as_of = consolidate(kind="'CURRENT'", period=str(FEBRUARY))
    figure = f"CASE WHEN a.generalrate = 'Current' THEN {as_of} ELSE {consolidate()} END"
    factors = expected(
        lambda s, p, a, b: (
            rate(b, FEBRUARY, s, US, "Current") if RATE_OF[a] == "Current" else rate(b, p, s, US, RATE_OF[a])
        )
    )
    assert sums(ask, figure) == factors

    total = f"TO_CHAR(-SUM({figure}), 'FM99999990.999999999999')"
    (row,) = ask(f"SELECT {total} AS adjustment {POSTINGS} WHERE tal.accountingbook = 1")
    assert Decimal(row["adjustment"]) == -sum(factors.values())
    # The same by hand, company by company: net assets at the closing rate against what they were entered at.
    europe = Decimal("800.54") * Decimal("1.1234567891") - (
        Decimal("700.55") * Decimal("1.15") + Decimal("99.99") * Decimal("1.1")
    )
    uk = Decimal("376.78") * Decimal("1.2919753075") - (
        Decimal("400.01") * Decimal("1.38")
        + Decimal("10.10") * Decimal("1.2636000001")
        - Decimal("33.33") * Decimal("1.276")
    )
    assert Decimal(row["adjustment"]) == -(europe + uk)


def test_budgets_have_rates_of_their_own_and_the_subsidiary_of_the_budget(ask):
    call = consolidate("bm.amount", rates="'BUDGET'", kind="'AVERAGE'", period="bm.period")
    rows = ask(
        f"SELECT bm.budget AS id, TO_CHAR({call}, 'FM99999990.999999999999') AS amount "
        "FROM budgetsmachine bm JOIN budgets b ON bm.budget = b.id"
    )
    assert {int(row["id"]): Decimal(row["amount"]) for row in rows} == {
        number: Decimal(text) * rate(PRIMARY, period, subsidiary, US, "Average", BUDGET_RATES)
        for number, subsidiary, _, period, text in BUDGET
    }


def test_nothing_is_rounded(ask):
    (row,) = ask(f"SELECT TO_CHAR({consolidate()}, 'FM9990.999999999999') AS a {POSTINGS} "
                 f"WHERE tal.transaction = 7 AND tal.account = {BANK} AND tal.accountingbook = 1")  # fmt: skip
    assert Decimal(row["a"]) == Decimal("10.10") * Decimal("1.2862") == Decimal("12.99062")


@pytest.mark.parametrize(
    "call",
    [
        consolidate(amount="NULL"),
        consolidate(target="NULL"),
        consolidate(period="NULL"),
        consolidate(book="NULL"),
        consolidate(kind="CASE WHEN a.id = 0 THEN 'CURRENT' END"),
    ],
)
def test_null_makes_null_and_needs_no_rate(ask, call):
    assert ask(f"SELECT COUNT({call}) AS n {POSTINGS}") == [{"n": "0"}]


def test_a_missing_rate_is_refused_once_its_row_is_needed(ask, refused):
    unknown_period = consolidate(period="999")
    assert refused(f"SELECT SUM({unknown_period}) AS s {POSTINGS}").endswith(UNSUPPORTED)
    assert sums(ask, unknown_period, f"tal.accountingbook = 1 AND tl.subsidiary = {US}")[SALES] == Decimal("-250.00")
    only_where_known = f"CASE WHEN tl.subsidiary = {US} THEN {unknown_period} ELSE 0 END"
    assert sums(ask, only_where_known)[SALES] == Decimal("-250.00")
    assert refused(f"SELECT SUM({consolidate(target=str(UK))}) AS s {POSTINGS}").endswith(UNSUPPORTED)


def test_grouped_and_ordered_by_what_is_consolidated(ask):
    call = consolidate(kind="'CURRENT'", period=str(JANUARY))
    rows = ask(
        f"SELECT {call} AS amount, COUNT(*) AS n {POSTINGS} WHERE tal.account = {PAYABLES} GROUP BY {call} ORDER BY {call}"
    )
    factor = rate(PRIMARY, JANUARY, UK, US, "Current")
    assert [Decimal(row["amount"]) for row in rows] == [Decimal("-66.66") * factor, Decimal("-33.33") * factor]
    assert [row["n"] for row in rows] == ["1", "1"]


def test_other_places_than_the_select_list(ask):
    call = consolidate()
    by_capital = f"SELECT COUNT(*) AS n {POSTINGS} WHERE tal.accountingbook = 1 AND tal.account = {CAPITAL} AND {{}}"
    assert ask(by_capital.format(f"{call} < -800")) == [{"n": "2"}]
    assert ask(by_capital.format(f"{call} BETWEEN -900 AND -800")) == [{"n": "1"}]
    assert ask(by_capital.format(f"NULLIF({call}, -1000) IS NULL")) == [{"n": "1"}]
    inner = f"SELECT {call} AS c, tal.account AS a {POSTINGS} WHERE tal.accountingbook = 1"
    through = f"SELECT x.c AS c FROM ({inner}) x WHERE x.a = {COSTS} ORDER BY 1"
    assert [Decimal(row["c"]) for row in ask(through)] == [Decimal("33.33") * Decimal("1.276"), Decimal(55)]


@pytest.mark.parametrize(
    "call",
    [
        consolidate(view="'CASH'"),
        consolidate(view="'DEFAULT'"),
        consolidate(rates="'NONE'"),
        consolidate(kind="'SPOT'"),
        consolidate(kind="a.id"),
        consolidate(kind="CASE WHEN a.id > 0 THEN 'SPOT' END"),
        consolidate(period="1.5"),
        consolidate(period="'Jan 2026'"),
        consolidate(period=consolidate()),
        "BUILTIN.CONSOLIDATE(tal.amount, 'LEDGER')",
    ],
)
def test_what_is_not_documented_is_refused(refused, call):
    assert refused(f"SELECT {call} AS x {POSTINGS}").endswith(UNSUPPORTED)


@pytest.mark.parametrize(
    ("call", "source"),
    [
        (consolidate("amount", kind="'CURRENT'", period="101"), "transactionaccountingline"),
        (consolidate("1", kind="'CURRENT'", period="'DEFAULT'"), "transactionline"),
        (consolidate("1", kind="'DEFAULT'", period="101"), "transactionline"),
        (consolidate("1", kind="'CURRENT'", period="101"), "transactionline a, transactionline b"),
    ],
    ids=["no subsidiary", "no period", "no account", "two subsidiaries"],
)
def test_a_query_without_the_one_row_that_says_it_is_refused(refused, call, source):
    assert refused(f"SELECT {call} AS x FROM {source}").endswith(UNSUPPORTED)


@pytest.mark.parametrize(
    ("without", "call"),
    [
        ("budgetexchangerate", consolidate(rates="'BUDGET'")),
        ("consolidatedexchangerate", consolidate()),
        ("subsidiary", consolidate(target="'DEFAULT'")),
    ],
)
def test_an_account_without_such_a_table_refuses(without, call):
    engine = Engine(group(without=without))
    try:
        with pytest.raises(SuiteQLRefused):
            engine.page(f"SELECT {call} AS x {POSTINGS}", [], limit=1, offset=0)
    finally:
        engine.close()


def test_an_account_without_books_has_one(ask):
    engine = Engine(group(without="accountingbook"))
    try:
        rows = engine.page(f"SELECT SUM({consolidate()}) AS s {POSTINGS}", [], limit=1, offset=0).items
        assert rows == ask(f"SELECT SUM({consolidate(book='1')}) AS s {POSTINGS}")
    finally:
        engine.close()


def test_the_currency_of_a_consolidated_amount_is_the_targets(ask, refused):
    call = consolidate(target=str(EUROPE), kind="'CURRENT'")
    where = f"WHERE tl.subsidiary <> {US} AND tal.accountingbook = 1"
    assert {row["c"] for row in ask(f"SELECT BUILTIN.CURRENCY({call}) AS c {POSTINGS} {where}")} == {"EUR"}
    assert ask(f"SELECT BUILTIN.CURRENCY(SUM({call})) AS c, COUNT(*) AS n {POSTINGS} {where}")[0]["c"] == "EUR"
    top = consolidate(target="'DEFAULT'")
    assert {row["c"] for row in ask(f"SELECT BUILTIN.CURRENCY({top}) AS c {POSTINGS}")} == {"USD"}
    for amount in ("tal.amount", "SUM(tal.amount)", consolidate(book="2"), consolidate(target="tl.subsidiary")):
        assert refused(f"SELECT BUILTIN.CURRENCY({amount}) AS c {POSTINGS}").endswith(UNSUPPORTED)
