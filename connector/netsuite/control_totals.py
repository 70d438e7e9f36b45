"""Control totals: what the role sees of the posted books, to be compared with what a wider role sees.

NetSuite leaves out the rows a role may not see without a word, so from inside nothing looks missing. Counts and sums by
transaction type, taken once by a role that sees all, show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from connector.errors import QueryRefusedError, UnreadableError
from connector.netsuite.suiteql import SuiteQL
from connector.netsuite.suiteql_page import Row

_PRIMARY = "tal.accountingbook = 1 AND "  # the primary book's internal id; an account without books has no such column
_TOTALS = """SELECT t.type AS type, COUNT(DISTINCT t.id) AS transactions, TO_CHAR(SUM(tal.debit)) AS debit
FROM transactionaccountingline tal JOIN transaction t ON t.id = tal.transaction
WHERE {book}tal.posting = 'T' GROUP BY t.type ORDER BY t.type"""
_BALANCES = """SELECT a.acctnumber AS acctnumber, a.fullname AS name, a.accttype AS type, TO_CHAR(SUM(tal.amount)) AS amount
FROM transactionaccountingline tal JOIN account a ON a.id = tal.account
WHERE {book}tal.posting = 'T' GROUP BY a.acctnumber, a.fullname, a.accttype ORDER BY a.acctnumber, a.fullname"""
INCOME_STATEMENT = frozenset({"Income", "COGS", "Expense", "OthIncome", "OthExpense"})
"""Types of account that a native trial balance begins anew each fiscal year."""


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """How many transactions of a type are posted, and their debits in the primary book, in each subsidiary's currency."""

    transactions: int
    debit: Decimal

    def __str__(self) -> str:
        return f"{self.transactions:,} transactions, debit {self.debit:,.2f}"


@dataclass(frozen=True, slots=True)
class Balance:
    """All that is posted to an account, debits positive."""

    number: str
    name: str
    type: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """A transaction type or account whose figure is not the reference's; None where one side does not know it."""

    what: str
    ours: ControlTotal | Decimal | None
    reference: ControlTotal | Decimal | None

    def __str__(self) -> str:
        ours, reference = (_shown(side) for side in (self.ours, self.reference))
        return f"{self.what}: {ours} here, {reference} in the reference"


def control_totals(suiteql: SuiteQL) -> dict[str, ControlTotal]:
    """By posting transaction type, as this role sees them. Raises RemoteError."""
    return {
        _text(row, "type"): ControlTotal(int(_number(row, "transactions")), _number(row, "debit"))
        for row in _rows(suiteql, _TOTALS)
    }


def balances(suiteql: SuiteQL) -> list[Balance]:
    """By account, as this role sees them. Raises RemoteError."""
    return [
        Balance(row.get("acctnumber", ""), row.get("name", ""), row.get("type", ""), _number(row, "amount"))
        for row in _rows(suiteql, _BALANCES)
    ]


def differing_types(ours: Mapping[str, ControlTotal], reference: Mapping[str, ControlTotal]) -> list[Difference]:
    """The transaction types whose count or sum is not the reference's, by name."""
    return [
        Difference(kind, ours.get(kind), reference.get(kind))
        for kind in sorted({*ours, *reference})
        if ours.get(kind) != reference.get(kind)
    ]


def _rows(suiteql: SuiteQL, query: str) -> list[Row]:
    try:
        return suiteql.read(query.format(book=_PRIMARY)).rows
    except QueryRefusedError as error:
        if error.code != "UNKNOWN_COLUMN":
            raise
        return suiteql.read(query.format(book="")).rows


def _number(row: Row, name: str) -> Decimal:
    """A null is no debit at all."""
    try:
        return Decimal(row.get(name) or "0")
    except InvalidOperation as error:
        raise UnreadableError(f"NetSuite sent a {name} that is no number.") from error


def _text(row: Row, name: str) -> str:
    return row.get(name) or "(none)"


def _shown(side: ControlTotal | Decimal | None) -> str:
    if side is None:
        return "none"
    return str(side) if isinstance(side, ControlTotal) else f"{side:,.2f}"
