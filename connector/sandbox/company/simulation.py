"""Lets the years pass, day by day, until the asked number of lines is entered.

Every day first does what is due on it (an order is shipped, an invoice paid), then begins new business as far as the
day's share of all lines goes. The share follows growth, season and weekday. So the proportions are the same for any
number of lines, and what is due after the last day stays open.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Sequence
from datetime import date
from itertools import accumulate
from random import Random

from connector.sandbox.company.bills import Bills
from connector.sandbox.company.clerk import Clerk
from connector.sandbox.company.customer_credits import CustomerCredits
from connector.sandbox.company.desk import Desk, desks
from connector.sandbox.company.disbursements import Disbursements
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.intercompany import Intercompany
from connector.sandbox.company.invoicing import Invoicing
from connector.sandbox.company.month_end import MonthEnd
from connector.sandbox.company.office import Office
from connector.sandbox.company.opening import invest, open_books, opening_stock, pay_in_goods
from connector.sandbox.company.organisation import BRITAIN, CANADA, EUROPE, PARENT
from connector.sandbox.company.purchase_orders import PurchaseOrders
from connector.sandbox.company.receipts import Receipts
from connector.sandbox.company.records import Organisation
from connector.sandbox.company.register import Register
from connector.sandbox.company.sales import Sales
from connector.sandbox.company.sales_orders import SalesOrders
from connector.sandbox.company.settlement import Settlement
from connector.sandbox.company.spending import Spending
from connector.sandbox.company.stock import Stock
from connector.sandbox.company.warehouse_work import WarehouseWork

Story = Callable[[Desk, int], None]

_SEASON = (0.92, 0.90, 1.05, 0.98, 1.00, 1.04, 0.93, 0.84, 1.04, 1.06, 1.16, 1.20)
_WEEKDAY = (1.0, 1.1, 1.1, 1.05, 0.95, 0.12, 0.05)
_SATURDAY = 5
_GROWTH = 0.16  # a year
_WEIGHT = {PARENT: 46, EUROPE: 22, BRITAIN: 14, CANADA: 18}
_CLOSING_SHARE = 0.185  # of a month's lines
_LAST = 40  # lines kept for what the auditors find
_RARE, _FOR_ALL = 3, 60
_TRIED_AGAIN, _TWICE_A_MONTH = 25, 4_000  # percent, lines
_AT_FIRST, _DAYS_TO_BEGIN = 0.45, 80
_PETTY_CASH_DAYS = 7
_ODD_DATES = ((2, 29), (12, 31), (1, 1))


def simulate(rng: Random, organisation: Organisation, lines: int) -> Register:
    """Transactions with exactly this many lines in all; opening balances first."""
    simulation = _Simulation(rng, organisation, lines)
    was_enabled = gc.isenabled()
    gc.disable()  # millions of rows and no cycles among them: looking for some took a third of the time
    try:
        return simulation.run()
    finally:
        if was_enabled:
            gc.enable()


class _Simulation:
    """One company's years."""

    def __init__(self, rng: Random, organisation: Organisation, lines: int) -> None:
        self._clerk = clerk = Clerk(rng, organisation, lines)
        self._desks = desks(organisation)
        self._trading = [desk for desk in self._desks.values() if not desk.company.elimination]
        self._target = lines
        self._office = office = Office(clerk, self._desks, Stock(organisation, organisation.opening_rates), lines)
        settlement = Settlement(office, office.receivables, 1, "CustPymt")
        self._receipts = receipts = Receipts(office, settlement)
        disbursements = Disbursements(office)
        bills, spending = Bills(office, disbursements), Spending(office, disbursements)
        replenish = PurchaseOrders(office, bills, lines).replenish
        invoicing = Invoicing(office, receipts, CustomerCredits(office, settlement))
        orders, sales = SalesOrders(office, invoicing, replenish), Sales(office, invoicing, replenish)
        self._work = work = WarehouseWork(office)
        weights = list(accumulate(_WEIGHT[desk.company.id] for desk in self._trading))
        self._desk_weights = weights
        self._stories: Sequence[tuple[Story, int]] = (
            (orders.order, 38), (sales.invoice, 30), (sales.cash_sale, 20), (sales.estimate, 3), (receipts.deposit, 2),
            (bills.bill, 18), (spending.check, 4), (spending.charge, 8), (spending.expense_report, 4),
            (bills.credit, 1), (bills.prepay, 1), (work.count, 2), (work.transfer, 2), (work.build, 2), (work.unbuild, 1),
            (sales.statement_charge, 4), (sales.finance_charge, 3), (work.revalue, 1),
        )  # fmt: skip
        self._retainer, self._invoice = sales.retainer, sales.invoice
        self._weights = list(accumulate(weight for _, weight in self._stories))
        rare = (
            sales.cash_sale, sales.cash_sale, receipts.deposit, bills.prepay, bills.prepay, bills.credit, work.build,
            work.transfer, spending.charge, spending.charge, work.unbuild,
        )  # fmt: skip
        self._first: deque[Story] = deque([*(story for story, _ in self._stories), *rare * _RARE])
        self._too_early: deque[Story] = deque()
        self._intercompany = Intercompany(office) if len(self._desks) > 1 else None
        self._days = [day.toordinal() for day in (clerk.months[0].start, clerk.months[-1].end)]
        self._cash_day = 0

    def run(self) -> Register:
        first, last = self._days
        self._open(first)
        shares = self._shares()
        # What the last month's end takes must be left by then.
        self._clerk.held = min(
            self._target // 8, int(self._target / len(self._clerk.months) * _CLOSING_SHARE) + 2 * _LAST
        )
        spare = self._clerk.room
        ends = {period.end.toordinal(): month for month, period in enumerate(self._clerk.months)}
        done = self._clerk.lines
        at_month_begin = done
        visits = (0, 14) if self._target >= _TWICE_A_MONTH else (0,)
        fixed = {period.start.toordinal() + days for period in self._clerk.months for days in visits}
        for day in range(first, last + 1):
            goal = done + int(spare * shares[day - first])
            self._office.do_due(day)
            self._every_day(day)
            if day in fixed and self._clerk.has_room:
                self._retainer(self._desks[PARENT], day)
            while self._clerk.lines < goal and self._clerk.has_room:
                self._begin(day)
            self._office.do_due(day)
            if day == last:
                self._clerk.held = min(self._clerk.held, _LAST)
            if day in ends:
                self._close(day, ends[day], self._clerk.lines - at_month_begin)
                at_month_begin = self._clerk.lines
        self._clerk.held = 0
        while self._clerk.has_room:
            self._begin(last)
        self._fill_up(last)
        return self._clerk.register()

    def _open(self, day: int) -> None:
        opened = open_books(self._clerk, self._desks, day, self._target)
        self._office.assets.update(opened.assets)
        self._month_end = MonthEnd(self._office, opened.loans, opened.written_off)
        turns = [(step, desk) for step in self._month_end.steps for desk in self._trading]
        self._turns: deque[tuple[Callable[[Desk, int, int], None], Desk] | None] = deque(turns)
        if self._intercompany is not None:
            self._turns.insert(len(self._trading), None)
        for desk in self._trading:
            goods = [item for item in self._office.stock.items if not item.inactive and item.type == "InvtPart"]
            value = self._work.fill(desk, day, opening_stock(self._clerk, desk, goods, self._target))
            if value:
                pay_in_goods(self._clerk, desk, day, value)
                opened.capital[desk.company.id] += value
        invest(self._clerk, self._desks, day, opened.capital)

    def _shares(self) -> list[float]:
        """How much of all lines is entered by the end of each day."""
        first, last = self._days
        weights = []
        for ordinal in range(first, last + 1):
            day = date.fromordinal(ordinal)
            years = (ordinal - first) / 365
            # At first there is nothing to follow up: the same share of lines would be too much new business.
            begun = min(1, _AT_FIRST + (1 - _AT_FIRST) * (ordinal - first) / _DAYS_TO_BEGIN)
            weights.append(_SEASON[day.month - 1] * _WEEKDAY[day.weekday()] * (1 + _GROWTH) ** years * begun)
        total = sum(weights)
        return [share / total for share in accumulate(weights)]

    def _begin(self, day: int) -> None:
        """Something new; at first each kind of business is tried once, and the rare ones some times."""
        desk = self._clerk.rng.choices(self._trading, cum_weights=self._desk_weights)[0]
        first = bool(self._first)
        story: Story = (
            self._first.popleft()
            if first
            else self._clerk.rng.choices([story for story, _ in self._stories], cum_weights=self._weights)[0]
        )
        before = self._clerk.lines
        story(desk, day)
        if self._clerk.lines == before and story != self._invoice:
            if first:
                self._too_early.append(story)
            self._invoice(desk, day)
        elif not self._first and self._too_early and self._clerk.chance(_TRIED_AGAIN):
            self._first.append(self._too_early.popleft())

    def _every_day(self, day: int) -> None:
        today = date.fromordinal(day)
        if today.weekday() < _SATURDAY:
            for desk in self._trading:
                self._receipts.bank(desk, day)
        if (today.month, today.day) in _ODD_DATES and self._clerk.has_room:
            self._invoice(self._trading[0], day)
        if day >= self._cash_day and self._clerk.has_room:
            self._cash_day = day + max(_PETTY_CASH_DAYS, 300_000 // self._target)
            self._petty_cash(day)

    def _petty_cash(self, day: int) -> None:
        """What was spent from the petty cash, and the bank's money that fills it up again: its balance stays."""
        desk = self._desks[PARENT]
        spent, accounts = self._office.amount(3, 4.6, 1, self._clerk.month(day)), desk.accounts
        pairs = (
            (accounts["6700"], spent),
            (accounts["00123"], -spent),
            (accounts["00123"], spent),
            (desk.bank, -spent),
        )
        self._clerk.enter("Journal", desk, day, [Draft(account, amount) for account, amount in pairs])

    def _close(self, day: int, month: int, entered: int) -> None:
        """The steps of the closing, in turns, as many as the month's lines bear; money moves once a quarter."""
        limit = self._clerk.lines + int(entered * _CLOSING_SHARE) + min(6, self._target // 600)
        for _ in range(len(self._turns)):
            if self._clerk.lines >= limit or not self._clerk.has_room:
                break
            turn = self._turns.popleft()
            self._turns.append(turn)
            if turn is None:
                before = self._clerk.lines
                if self._intercompany is not None and self._clerk.room >= _FOR_ALL:
                    self._intercompany.close(day, month)
                if self._clerk.lines == before:
                    self._turns.rotate(1)  # nothing to charge yet: first of all next time
                    break
            else:
                turn[0](turn[1], day, month)
        if self._clerk.occurs("FxReval", 0):
            for desk in self._trading:
                self._month_end.revalue(desk, day, month)
        if month % 3 == 2 and self._clerk.has_room:  # noqa: PLR2004 - a quarter
            amount = self._office.amount(5.8, 6.8, 1, month)
            desk = self._desks[PARENT]
            self._clerk.enter("Transfer", desk, day, [Draft(desk.accounts["1010"], amount), Draft(desk.bank, -amount)])
        self._adjust(day)

    def _adjust(self, day: int) -> None:
        """A fiscal year's last entries, for which lines were held back."""
        adjustment = next(
            (p for p in self._clerk.organisation.periods if p.level == "adjustment" and p.end.toordinal() == day), None
        )
        if adjustment is None:
            return
        if day == self._days[1]:
            self._clerk.held = 0
        for desk in self._trading:
            if self._clerk.room >= len(self._trading):
                self._month_end.adjust(desk, adjustment, day)

    def _fill_up(self, day: int) -> None:
        """Journals of whatever is left."""
        desk, clerk = self._desks[PARENT], self._clerk
        while (left := self._target - clerk.lines) > 0:
            count = left if left <= 12 else 10  # noqa: PLR2004 - never a single line left
            amounts = [self._office.amount(3, 4.6, 1, clerk.month(day)) for _ in range(count - 1)]
            drafts = [Draft(desk.accounts["6500"], amount) for amount in amounts]
            clerk.enter("Journal", desk, day, [*drafts, Draft(desk.accounts["2310"], -sum(amounts))])
