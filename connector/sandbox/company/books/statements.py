"""Trial balance, income statement and balance sheet of each subsidiary and book, in its own currency."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.sandbox.company.books.figures import Row, money, sides
from connector.sandbox.company.books.ledger import Activity
from connector.sandbox.company.chart import ASIDE, STATEMENT
from connector.sandbox.company.periods import posted
from connector.sandbox.company.records import Account, Organisation, Period


@dataclass(frozen=True, slots=True)
class Charts:
    """What the statements look up."""

    organisation: Organisation

    @property
    def accounts(self) -> Mapping[int, Account]:
        return {account.id: account for account in self.organisation.accounts}

    @property
    def names(self) -> Mapping[int, str]:
        return {period.id: period.name for period in self.organisation.periods}

    def years(self) -> Iterator[tuple[Period, Sequence[Period]]]:
        """Each period that is posted to, with those of its fiscal year up to it."""
        for period in posted(self.organisation.periods):
            year = next(y for y in self.organisation.periods if y.level == "year" and y.start <= period.end <= y.end)
            of_year = [p for p in posted(self.organisation.periods) if year.start <= p.end <= year.end]
            yield period, of_year[: of_year.index(period) + 1]


def trial_balance(organisation: Organisation, activity: Activity) -> list[Row]:
    """The activity of each posting period; groups without lines are left out."""
    charts = Charts(organisation)
    accounts, names = charts.accounts, charts.names
    return [
        {
            "book": book,
            "subsidiary": subsidiary,
            "period": period,
            "periodname": names[period],
            "account": account,
            "acctnumber": accounts[account].number,
            **sides(debit, credit),
        }
        for (book, subsidiary, period, account), (debit, credit) in activity.items()
    ]


def by_account_type(organisation: Organisation, activity: Activity) -> list[Row]:
    """Over all periods."""
    accounts = Charts(organisation).accounts
    totals: defaultdict[tuple[int, int, str], list[int]] = defaultdict(lambda: [0, 0])
    for (book, subsidiary, _, account), (debit, credit) in activity.items():
        total = totals[book, subsidiary, accounts[account].type]
        total[0] += debit
        total[1] += credit
    return [
        {"book": book, "subsidiary": subsidiary, "accttype": accttype, **sides(debit, credit)}
        for (book, subsidiary, accttype), (debit, credit) in sorted(totals.items())
    ]


def income_by_month(organisation: Organisation, activity: Activity) -> list[Row]:
    """Every period that can be posted to, also those without entries."""
    accounts = Charts(organisation).accounts
    amounts: Counter[tuple[int, int, int, str]] = Counter()
    for (book, subsidiary, period, account), (debit, credit) in activity.items():
        amounts[book, subsidiary, period, accounts[account].type] += debit - credit
    rows: list[Row] = []
    for kept in organisation.books:
        for company in organisation.subsidiaries:
            for at in posted(organisation.periods):
                place = kept.id, company.id, at.id
                row: Row = {"book": kept.id, "subsidiary": company.id, "period": at.id, "periodname": at.name}
                row |= {kind.lower(): money(sign * amounts[(*place, kind)]) for kind, sign in STATEMENT.items()}
                rows.append(row | {"net_income": money(-sum(amounts[(*place, kind)] for kind in STATEMENT))})
    return rows


def balance_sheet(organisation: Organisation, activity: Activity) -> list[Row]:
    """At the end of each period: balances by account type, debit positive, and what is computed of results.

    `retainedearnings` holds what was entered on such accounts and the results of the years before; `net_income` is
    that of the year so far. All figures of a row sum to zero.
    """
    charts = Charts(organisation)
    accounts = charts.accounts
    changes: defaultdict[tuple[int, int, int], Counter[str]] = defaultdict(Counter)
    for (book, subsidiary, period, account), (debit, credit) in activity.items():
        kind = accounts[account].type
        if kind not in ASIDE:
            changes[book, subsidiary, period]["Result" if kind in STATEMENT else kind] += debit - credit
    rows: list[Row] = []
    for kept in organisation.books:
        for company in organisation.subsidiaries:
            total: Counter[str] = Counter()
            for at, of_year in charts.years():
                total.update(changes[kept.id, company.id, at.id])
                year = sum(changes[kept.id, company.id, one.id]["Result"] for one in of_year)
                types = {kind.lower(): money(total[kind]) for kind in _shown(accounts)}
                types["retainedearnings"] = money(total["RetainedEarnings"] + total["Result"] - year)
                row: Row = {"book": kept.id, "subsidiary": company.id, "period": at.id, "periodname": at.name}
                rows.append(row | types | {"net_income": money(year)})
    return rows


def _shown(accounts: Mapping[int, Account]) -> list[str]:
    """The account types of a balance sheet, in the order of the chart."""
    kinds = dict.fromkeys(account.type for account in accounts.values())
    return [kind for kind in kinds if kind not in STATEMENT and kind not in ASIDE]
