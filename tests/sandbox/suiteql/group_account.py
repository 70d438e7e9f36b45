"""A group of three companies with two accounting books: UK (GBP) under Europe (EUR) under the parent (USD)."""

from __future__ import annotations

from decimal import Decimal

from suiteql_account import dataset_of, day, table

from connector.sandbox.table import Kind

US, EUROPE, UK = 1, 2, 3
JANUARY, FEBRUARY = 101, 102
PRIMARY, LOCAL = 1, 2
BANK, PAYABLES, CAPITAL, SALES, COSTS, HEADCOUNT = 10, 20, 30, 40, 50, 60
RATE_OF = {BANK: "Current", PAYABLES: "Current", CAPITAL: "Historical", SALES: "Average", COSTS: "Average"}

# (book, period, from, to) → average, current, historical
RATES = {
    (PRIMARY, JANUARY, EUROPE, US): ("1.0800000001", "1.0900000000", "1.1500000000"),
    (PRIMARY, FEBRUARY, EUROPE, US): ("1.1000000000", "1.1234567891", "1.1500000000"),
    (PRIMARY, JANUARY, UK, EUROPE): ("1.1700000000", "1.1800000000", "1.2000000000"),
    (PRIMARY, FEBRUARY, UK, EUROPE): ("1.1600000000", "1.1500000000", "1.2000000000"),
    (PRIMARY, JANUARY, UK, US): ("1.2636000001", "1.2862000000", "1.3800000000"),
    (PRIMARY, FEBRUARY, UK, US): ("1.2760000000", "1.2919753075", "1.3800000000"),
    (LOCAL, JANUARY, EUROPE, US): ("2.0800000001", "2.0900000000", "2.1500000000"),
    (LOCAL, FEBRUARY, EUROPE, US): ("2.1000000000", "2.1234567891", "2.1500000000"),
    (LOCAL, JANUARY, UK, US): ("2.2636000001", "2.2862000000", "2.3800000000"),
    (LOCAL, FEBRUARY, UK, US): ("2.2760000000", "2.2919753075", "2.3800000000"),
}  # fmt: skip
BUDGET_RATES = {
    (PRIMARY, JANUARY, EUROPE, US): ("1.0500000000", "1.0600000000", "1.0700000000"),
    (PRIMARY, FEBRUARY, EUROPE, US): ("1.0510000000", "1.0610000000", "1.0710000000"),
}
# transaction → subsidiary, period, and what it posts to each account, which adds up to nothing
ENTRIES = {
    1: (US, JANUARY, {BANK: "1000.00", CAPITAL: "-1000.00"}),
    2: (EUROPE, JANUARY, {BANK: "700.55", CAPITAL: "-700.55"}),
    3: (UK, JANUARY, {BANK: "400.01", CAPITAL: "-400.01"}),
    4: (US, FEBRUARY, {BANK: "250.00", SALES: "-250.00"}),
    5: (EUROPE, FEBRUARY, {BANK: "99.99", SALES: "-149.99", COSTS: "50.00"}),
    6: (UK, FEBRUARY, {COSTS: "33.33", PAYABLES: "-33.33"}),
    7: (UK, JANUARY, {SALES: "-10.10", BANK: "10.10"}),
}
BUDGET = [
    (1, EUROPE, SALES, JANUARY, "-1000.10"),
    (2, EUROPE, SALES, FEBRUARY, "-2000.20"),
    (3, US, COSTS, JANUARY, "5.00"),
]


def amount(book: int, text: str) -> Decimal:
    """The second book holds twice the first."""
    return Decimal(text) * book


def lines() -> list[tuple[int, int, int, int, int, int, Decimal]]:
    """(transaction, line, subsidiary, period, account, book, amount) of both books."""
    return [
        (number, line, subsidiary, period, account, book, amount(book, text))
        for number, (subsidiary, period, posted) in ENTRIES.items()
        for line, (account, text) in enumerate(posted.items(), 1)
        for book in (PRIMARY, LOCAL)
    ]


def _rates(name: str, period: str, rates: dict[tuple[int, ...], tuple[str, ...]]):
    columns = ["id", period, "accountingbook", "fromsubsidiary", "tosubsidiary", "fromcurrency", "tocurrency"]
    rows = [
        (number, when, book, child, parent, child, parent, *map(Decimal, three))
        for number, ((book, when, child, parent), three) in enumerate(rates.items(), 1)
    ]
    kinds = [
        *((column, Kind.ID) for column in columns),
        *((f"{k}rate", Kind.RATE) for k in ("average", "current", "historical")),
    ]
    return table(name, kinds, rows)


def group_tables():
    seen = {(number, line): subsidiary for number, line, subsidiary, *_ in lines()}
    return [
        table(
            "subsidiary",
            [("id", Kind.ID), ("name", Kind.TEXT), ("fullname", Kind.TEXT), ("parent", Kind.ID, "subsidiary.name"),
             ("currency", Kind.ID, "currency.name")],
            [(US, "Parent", "Parent", None, 1), (EUROPE, "Europe", "Parent : Europe", US, 2),
             (UK, "UK", "Parent : Europe : UK", EUROPE, 3)],
        ),
        table("currency", [("id", Kind.ID), ("name", Kind.TEXT), ("symbol", Kind.TEXT)],
              [(1, "US Dollar", "USD"), (2, "Euro", "EUR"), (3, "Pound", "GBP")]),
        table("accountingbook", [("id", Kind.ID), ("name", Kind.TEXT), ("isprimary", Kind.BOOLEAN)],
              [(LOCAL, "Local", "F"), (PRIMARY, "Primary", "T")]),
        table("account", [("id", Kind.ID), ("generalrate", Kind.TEXT), ("subsidiary", Kind.TEXT)],
              [*((number, rate, "1, 2, 3") for number, rate in RATE_OF.items()), (HEADCOUNT, None, "13")]),
        table("transaction",
              [("id", Kind.ID), ("postingperiod", Kind.ID), ("trandate", Kind.DATE)],
              [(number, period, day("2026-01-15")) for number, (_, period, _) in ENTRIES.items()]),
        table("transactionline",
              [("transaction", Kind.ID), ("id", Kind.ID), ("subsidiary", Kind.ID, "subsidiary.name")],
              [(number, line, subsidiary) for (number, line), subsidiary in seen.items()]),
        table("transactionaccountingline",
              [("transaction", Kind.ID), ("transactionline", Kind.ID), ("account", Kind.ID), ("accountingbook", Kind.ID),
               ("amount", Kind.MONEY)],
              [(number, line, account, book, value) for number, line, _, _, account, book, value in lines()]),
        table("budgets", [("id", Kind.ID), ("subsidiary", Kind.ID), ("account", Kind.ID)],
              [(number, subsidiary, account) for number, subsidiary, account, _, _ in BUDGET]),
        table("budgetsmachine", [("budget", Kind.ID), ("period", Kind.ID), ("amount", Kind.MONEY)],
              [(number, period, Decimal(text)) for number, _, _, period, text in BUDGET]),
        _rates("consolidatedexchangerate", "postingperiod", RATES),
        _rates("budgetexchangerate", "period", BUDGET_RATES),
    ]  # fmt: skip


def group(*, without: str = ""):
    kept = [t for t in group_tables() if t.name != without]
    return dataset_of(*kept)


GROUP = group()


def rate(book: int, period: int, child: int, target: int, kind: str, rates=RATES) -> Decimal:
    """What an amount of the child is multiplied with."""
    if child == target:
        return Decimal(1)
    return Decimal(rates[book, period, child, target][("Average", "Current", "Historical").index(kind)])
