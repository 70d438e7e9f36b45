"""Business among the subsidiaries: the parent's fees, their settlement, and the entries that eliminate them.

The parent charges in its own currency. The elimination subsidiary takes back revenue and cost, receivable and payable
at consolidated rates; what the different rates leave is its own translation adjustment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.exchange_rates import convert
from connector.sandbox.company.office import Office
from connector.sandbox.company.organisation import ELIMINATION, PARENT, PRIMARY_BOOK, SECONDARY_BOOK
from connector.sandbox.company.records import ConsolidatedRate

_FEE = 3  # percent of revenue
_SETTLED_EVERY = 3


class Intercompany:
    """The parent and those it charges."""

    def __init__(self, office: Office) -> None:
        self._office, self._clerk = office, office.clerk
        self._parent, self._eliminating = office.desks[PARENT], office.desks[ELIMINATION]
        self._charged = [desk for desk in office.desks.values() if desk.company.id not in {PARENT, ELIMINATION}]
        self._seen: Counter[int] = Counter()
        # What each owes the parent: in the parent's currency, and as it stands in its own books.
        self._owed: dict[int, list[int]] = {desk.company.id: [0, 0] for desk in self._charged}
        self._eliminated: Counter[tuple[int, str]] = Counter()
        self._times = 0
        self._rates: dict[tuple[int, int, int], ConsolidatedRate] = {
            (rate.book, rate.period, rate.from_subsidiary): rate
            for rate in self._clerk.organisation.consolidated_rates
            if rate.to_subsidiary == PARENT
        }

    def close(self, day: int, month: int) -> None:
        """Charge, now and then settle, and eliminate."""
        self._times += 1
        fees = {desk.company.id: self._charge(desk, day, month) for desk in self._charged}
        if self._times % _SETTLED_EVERY == 0:
            for desk in self._charged:
                self._settle(desk, day, month)
        for book in (PRIMARY_BOOK, SECONDARY_BOOK):
            self._eliminate(book, day, month, fees)

    def _rate(self, book: int, company: int, month: int) -> ConsolidatedRate:
        return self._rates[book, self._clerk.months[month].id, company]

    def _charge(self, desk: Desk, day: int, month: int) -> tuple[int, int]:
        """The fee in the parent's currency and in the subsidiary's."""
        clerk, company = self._clerk, desk.company.id
        revenue = sum(
            amount for (one, when), amount in self._office.revenue.items() if one == company and when <= month
        )
        fresh, self._seen[company] = revenue - self._seen[company], revenue
        base = self._parent.company.currency
        fee = convert(max(0, fresh) * _FEE // 100, clerk.rate(desk.company.currency, base, month))
        if not fee:
            return 0, 0
        accounts = self._parent.accounts
        ours = clerk.must_enter(
            "Journal", self._parent, day,
            [Draft(accounts["1800"], fee, partner=company), Draft(accounts["4900"], -fee, partner=company)],
            memo="Management fee", partner=company,
        )  # fmt: skip
        accounts = desk.accounts
        theirs = clerk.must_enter(
            "Journal", desk, day,
            [Draft(accounts["6900"], fee, partner=PARENT), Draft(accounts["2800"], -fee, partner=PARENT)],
            currency=base, memo="Management fee", partner=PARENT, twin=ours.id,
        )  # fmt: skip
        clerk.twins(ours.id, theirs.id)
        self._owed[company][0] += fee
        self._owed[company][1] += theirs.amounts[0]
        return fee, theirs.amounts[0]

    def _settle(self, desk: Desk, day: int, month: int) -> None:
        """The subsidiary pays at the day's rate what it owes at others."""
        clerk, company = self._clerk, desk.company.id
        owed, carried = self._owed[company]
        if not owed:
            return
        base = self._parent.company.currency
        worth = convert(owed, clerk.rate(base, desk.company.currency, month))
        ours = clerk.must_enter(
            "Journal", self._parent, day,
            [Draft(self._parent.bank, owed), Draft(self._parent.accounts["1800"], -owed, partner=company)],
            memo="Settlement", partner=company,
        )  # fmt: skip
        drafts = [
            Draft(desk.accounts["2800"], owed, base=carried, partner=PARENT),
            Draft(desk.bank, -owed, base=-worth),
        ]
        if worth != carried:
            drafts.append(Draft(desk.accounts["8100"], 0, base=worth - carried))
        theirs = clerk.must_enter(
            "Journal",
            desk,
            day,
            drafts,
            currency=base,
            memo="Settlement",
            partner=PARENT,
            twin=ours.id,
        )
        clerk.twins(ours.id, theirs.id)
        self._owed[company] = [0, 0]

    def _eliminate(self, book: int, day: int, month: int, fees: Mapping[int, tuple[int, int]]) -> None:
        """In each book by its own rates; receivable and payable as far as they are not eliminated already."""
        earned = sum(fee for fee, _ in fees.values())
        cost = sum((expense * self._rate(book, one, month).average for one, (_, expense) in fees.items()), Decimal(0))
        owed = sum((own * self._rate(book, one, month).current for one, (_, own) in self._owed.items()), Decimal(0))
        wanted = {"1800": -sum(charged for charged, _ in self._owed.values()), "2800": _cents(owed)}
        amounts = {"4900": earned, "6900": -_cents(cost)}
        amounts |= {number: amount - self._eliminated[book, number] for number, amount in wanted.items()}
        amounts["3450"] = -sum(amounts.values())
        accounts = self._eliminating.accounts
        drafts = [Draft(accounts[number], amount) for number, amount in amounts.items() if amount]
        if len(drafts) > 1:
            self._clerk.must_enter("Journal", self._eliminating, day, drafts, memo="Elimination", book=book)
            for number, amount in wanted.items():
                self._eliminated[book, number] = amount


def _cents(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
