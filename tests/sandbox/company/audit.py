"""A company as an auditor sees it: its tables as rows, joined in plain Python, and its books beside them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from connector.sandbox.company import Company

Row = dict[str, Any]
STATEMENT = ("Income", "OthIncome", "COGS", "Expense", "OthExpense")
ASIDE = ("NonPosting", "Stat")
NOTHING = Decimal(0)


class Entry(NamedTuple):
    """One accounting line that posts, with what its line, transaction and account say."""

    book: int
    subsidiary: int | None
    period: int
    account: int
    accttype: str
    amount: Decimal
    debit: Decimal
    credit: Decimal
    transaction: int
    line: int
    type: str
    day: date


class Audit:
    """Reads a company's tables once. Without OneWorld every subsidiary is None, in tables and books alike."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.tables = company.dataset().tables
        self._rows: dict[str, list[Row]] = {}

    def rows(self, table: str) -> list[Row]:
        if table not in self._rows:
            self._rows[table] = self.tables[table].rows.to_pylist()
        return self._rows[table]

    def by_id(self, table: str) -> dict[int, Row]:
        return {row["id"]: row for row in self.rows(table)}

    @cached_property
    def books(self) -> dict[str, Any]:
        return self.company.books()

    @cached_property
    def transactions(self) -> dict[int, Row]:
        return self.by_id("transaction")

    def of_type(self, *types: str) -> Iterator[Row]:
        return (row for row in self.rows("transaction") if row["type"] in types)

    @cached_property
    def accounts(self) -> dict[int, Row]:
        return self.by_id("account")

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Account ids by number."""
        return {row["acctnumber"]: row["id"] for row in self.rows("account") if row["acctnumber"]}

    @cached_property
    def periods(self) -> dict[int, Row]:
        return self.by_id("accountingperiod")

    @cached_property
    def months(self) -> list[Row]:
        """Periods that are posted to but for adjustments, by date."""
        found = (row for row in self.rows("accountingperiod") if row["isposting"] == "T" and row["isadjust"] == "F")
        return sorted(found, key=lambda row: row["startdate"])

    @cached_property
    def posting_periods(self) -> list[Row]:
        """Those and the adjustment periods, each after the month it ends with."""
        found = (row for row in self.rows("accountingperiod") if row["isposting"] == "T")
        return sorted(found, key=lambda row: (row["enddate"], row["isadjust"]))

    def year_of(self, period: int) -> int:
        """The year at the root of a period's tree."""
        while self.periods[period]["parent"]:
            period = self.periods[period]["parent"]
        return period

    @cached_property
    def first_of_year(self) -> set[int]:
        """The months that years begin with."""
        starts = {row["startdate"] for row in self.rows("accountingperiod") if row["isyear"] == "T"}
        return {row["id"] for row in self.months if row["startdate"] in starts}

    @cached_property
    def subsidiaries(self) -> list[int | None]:
        return [row["id"] for row in self.rows("subsidiary")] if "subsidiary" in self.tables else [None]

    @cached_property
    def lines(self) -> dict[tuple[int, int], Row]:
        return {(row["transaction"], row["id"]): row for row in self.rows("transactionline")}

    @cached_property
    def lines_of(self) -> dict[int, list[Row]]:
        grouped: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows("transactionline"):
            grouped[row["transaction"]].append(row)
        return grouped

    @cached_property
    def postings_of(self) -> dict[tuple[int, int], list[Row]]:
        """Accounting lines by transaction and book, in the order of their lines."""
        grouped: dict[tuple[int, int], list[Row]] = defaultdict(list)
        for row in self.rows("transactionaccountingline"):
            grouped[row["transaction"], row["accountingbook"]].append(row)
        return grouped

    @cached_property
    def links(self) -> list[Row]:
        return self.rows("nexttransactionlinelink")

    def links_of(self, *kinds: str) -> Iterator[Row]:
        return (row for row in self.links if row["linktype"] in kinds)

    @cached_property
    def entries(self) -> list[Entry]:
        """Everything that was posted on an account."""
        return [
            Entry(
                row["accountingbook"],
                self.lines[row["transaction"], row["transactionline"]].get("subsidiary"),
                (head := self.transactions[row["transaction"]])["postingperiod"],
                row["account"],
                self.accounts[row["account"]]["accttype"],
                row["amount"],
                row["debit"] or NOTHING,
                row["credit"] or NOTHING,
                row["transaction"],
                row["transactionline"],
                head["type"],
                head["trandate"],
            )
            for row in self.rows("transactionaccountingline")
            if row["posting"] == "T" and row["account"] is not None
        ]

    @cached_property
    def primary(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.book == 1]

    def on(self, *accounts: str, book: int = 1) -> list[Entry]:
        """What was posted on the accounts of these numbers."""
        wanted = {self.numbers[number] for number in accounts if number in self.numbers}
        return [entry for entry in self.entries if entry.book == book and entry.account in wanted]

    def of_accttype(self, *types: str, book: int = 1) -> list[Entry]:
        return [entry for entry in self.entries if entry.book == book and entry.accttype in types]


def total(entries: Iterable[Entry], *key: Callable[[Entry], object]) -> dict[Any, Decimal]:
    """Amounts by the named things; a single one is not wrapped."""
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for entry in entries:
        place = tuple(name(entry) for name in key) if len(key) != 1 else key[0](entry)
        sums[place] += entry.amount
    return {place: amount for place, amount in sums.items() if amount}


def balances(audit: Audit, entries: Iterable[Entry]) -> dict[tuple[int | None, int], Decimal]:
    """By subsidiary and month: what stands on accounts after all periods up to the month.

    Adjustments of a year count after its last month; so the month itself is without them.
    """
    order = {row["id"]: place for place, row in enumerate(audit.posting_periods)}
    changes: Counter[tuple[int | None, int]] = Counter()
    for entry in entries:
        changes[entry.subsidiary, order[entry.period]] += entry.amount  # type: ignore[assignment]
    found = {}
    for subsidiary in audit.subsidiaries:
        running = NOTHING
        for place, period in enumerate(audit.posting_periods):
            running += changes[subsidiary, place]
            if period["isadjust"] == "F":
                found[subsidiary, period["id"]] = running
    return found


def nonzero(figures: dict[Any, Decimal]) -> dict[Any, Decimal]:
    return {place: amount for place, amount in figures.items() if amount}
