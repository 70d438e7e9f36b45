"""The group's statements in the currency of a parent: results at average rates, balances at current ones.

Of every posting period and book the consolidated rate from the line's subsidiary to the parent is taken: `Average` for
accounts of the income statement, `Current` for most of the balance sheet, `Historical` for equity. A balance sheet
takes the current rate of the period it is made for, all others those of the period of the entry. Three kinds of rates
do not sum to zero; what is left is the translation adjustment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext

from connector.sandbox.company.books.figures import EXACT, Row, exact
from connector.sandbox.company.books.ledger import Activity
from connector.sandbox.company.books.statements import Charts
from connector.sandbox.company.chart import ASIDE, STATEMENT
from connector.sandbox.company.organisation import PARENT, PRIMARY_BOOK, ancestors
from connector.sandbox.company.records import Account, ConsolidatedRate, Organisation

# Book, subsidiary, parent, posting period.
Rates = Mapping[tuple[int, int, int, int], ConsolidatedRate]


def consolidated_totals(organisation: Organisation, activity: Activity) -> Row:
    """By account type over all periods, each entry at the rates of its own period; primary book, in USD."""
    accounts, rates = Charts(organisation).accounts, _rates(organisation)
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    with localcontext(EXACT):
        for (book, subsidiary, period, number), (debit, credit) in activity.items():
            if book == PRIMARY_BOOK:
                account = accounts[number]
                rate = _rate(rates[book, subsidiary, PARENT, period], account.rate)
                totals[account.type] += Decimal(debit - credit).scaleb(-2) * rate
        difference = sum(totals.values(), Decimal())
        return {
            "currency": "USD",
            "subsidiary": PARENT,
            "book": PRIMARY_BOOK,
            "by_account_type": [{"accttype": kind, **exact(totals[kind])} for kind in sorted(totals)],
            "translation_difference": exact(difference),
        }


def consolidated_income(organisation: Organisation, activity: Activity) -> list[Row]:
    """By book, parent, posting period and account: the parent with all below it, income and costs positive."""
    accounts, rates, names = Charts(organisation).accounts, _rates(organisation), Charts(organisation).names
    totals: defaultdict[tuple[int, int, int, int], Decimal] = defaultdict(Decimal)
    with localcontext(EXACT):
        for (book, subsidiary, period, number), (debit, credit) in activity.items():
            account = accounts[number]
            if account.type not in STATEMENT:
                continue
            amount = Decimal(debit - credit).scaleb(-2) * STATEMENT[account.type]
            for parent in ancestors(subsidiary, organisation.subsidiaries):
                rate = _rate(rates[book, subsidiary, parent, period], account.rate)
                totals[book, parent, period, number] += amount * rate
        return [
            {
                "book": book,
                "subsidiary": parent,
                "period": period,
                "periodname": names[period],
                "account": number,
                "acctnumber": accounts[number].number,
                "accttype": accounts[number].type,
                **exact(amount),
            }
            for (book, parent, period, number), amount in sorted(totals.items())
            if parent in _parents(organisation)
        ]


def consolidated_balance_sheet(organisation: Organisation, activity: Activity) -> list[Row]:
    """By book, parent and period it is made for: account types, results, and the translation adjustment."""
    with localcontext(EXACT):
        return list(_balance_sheets(organisation, activity))


def _balance_sheets(organisation: Organisation, activity: Activity) -> Iterator[Row]:
    for kept in organisation.books:
        for parent in _parents(organisation):
            yield from _Group(organisation, activity, kept.id, parent).sheets()


class _Group:
    """A parent and all below it, in one book, while the periods pass."""

    def __init__(self, organisation: Organisation, activity: Activity, book: int, parent: int) -> None:
        self._charts, self._book, self._parent = Charts(organisation), book, parent
        self._rates = {
            (rate.from_subsidiary, rate.period): rate
            for rate in organisation.consolidated_rates
            if rate.book == book and rate.to_subsidiary == parent
        }
        accounts = self._charts.accounts
        self._entries: defaultdict[int, list[tuple[int, Account, Decimal]]] = defaultdict(list)
        for (kept, subsidiary, period, number), (debit, credit) in activity.items():
            if kept == book and (subsidiary, period) in self._rates and accounts[number].type not in ASIDE:
                entry = subsidiary, accounts[number], Decimal(debit - credit).scaleb(-2)
                self._entries[period].append(entry)
        # At the current rate of the period a sheet is made for, and at the rates of the entries.
        self._balances: defaultdict[tuple[int, str], Decimal] = defaultdict(Decimal)
        self._settled: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._results: dict[int, Decimal] = {}

    def sheets(self) -> Iterator[Row]:
        for at, of_year in self._charts.years():
            self._results[at.id] = self._pass(at.id)
            sheet: defaultdict[str, Decimal] = defaultdict(Decimal, self._settled)
            for (subsidiary, kind), amount in self._balances.items():
                sheet[kind] += amount * self._rates[subsidiary, at.id].current
            year = sum((self._results[one.id] for one in of_year), Decimal())
            sheet["RetainedEarnings"] += sum(self._results.values(), Decimal()) - year
            yield {
                "book": self._book,
                "subsidiary": self._parent,
                "period": at.id,
                "periodname": at.name,
                "by_account_type": [{"accttype": kind, **exact(sheet[kind])} for kind in sorted(sheet)],
                "net_income": exact(year),
                "translation_adjustment": exact(-sum(sheet.values(), year)),
            }

    def _pass(self, period: int) -> Decimal:
        """Take in a period's entries; answers its result."""
        result = Decimal()
        for subsidiary, account, amount in self._entries[period]:
            if account.type in STATEMENT:
                result += amount * _rate(self._rates[subsidiary, period], account.rate)
            elif account.rate == "Current":
                self._balances[subsidiary, account.type] += amount
            else:
                self._settled[account.type] += amount * _rate(self._rates[subsidiary, period], account.rate)
        return result


def _parents(organisation: Organisation) -> list[int]:
    """The subsidiaries that have others below them."""
    return sorted({company.parent for company in organisation.subsidiaries if company.parent is not None})


def _rates(organisation: Organisation) -> Rates:
    return {
        (rate.book, rate.from_subsidiary, rate.to_subsidiary, rate.period): rate
        for rate in organisation.consolidated_rates
    }


def _rate(rate: ConsolidatedRate, kind: str) -> Decimal:
    return {"Average": rate.average, "Current": rate.current, "Historical": rate.historical}[kind]
