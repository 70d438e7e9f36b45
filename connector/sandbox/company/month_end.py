"""What a controller enters as a month ends: payroll, depreciation, releases, accruals, revaluation, taxes, statistics.

A small company cannot enter everything every month. Each step therefore takes up what has come together since it was
last done, and the steps take turns.
"""

from __future__ import annotations

from collections import Counter
from typing import Unpack

from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import About, Draft, Entered
from connector.sandbox.company.exchange_rates import convert
from connector.sandbox.company.office import Office, balanced
from connector.sandbox.company.open_items import OpenItems
from connector.sandbox.company.organisation import PRIMARY_BOOK, SECONDARY_BOOK
from connector.sandbox.company.records import Period

_SALARIES, _RENT, _TAX_ON_SALARIES, _ACCRUED, _INCOME_TAX = 24, 4, 12, 1, 2  # percent
_YIELD, _COMMISSION = 4, 12  # thousandths of the revenue
_LOAN, _INTEREST = 60, 240  # a sixtieth is paid back a month; five percent a year
_LIFE = {PRIMARY_BOOK: 48, SECONDARY_BOOK: 60}  # months


class MonthEnd:
    """The steps of a closing; `loans` and what was `written_off` before are cents by subsidiary."""

    def __init__(self, office: Office, loans: Counter[int], written_off: Counter[int]) -> None:
        self._office, self._clerk = office, office.clerk
        self._loans = loans
        self._earned: Counter[tuple[int, str]] = Counter()
        self._revenue: Counter[int] = Counter()
        self._counted: dict[int, int] = {}
        self._written_off = Counter({(one, book): cents for one, cents in written_off.items() for book in _LIFE})
        self._depreciated: dict[tuple[int, int], int] = {}
        self._interest: dict[int, int] = {}
        self.steps = (
            self.payroll,
            self.release_revenue,
            self.depreciate,
            self.pay_card,
            self.rent,
            self.commissions,
            self.release_prepaid,
            self.accrue,
            self.revalue,
            self.repay_loan,
            self.depreciate_again,
            self.pay_taxes,
            self.count_heads,
            self.interest,
            self.reclassify,
        )

    def _since_last(self, desk: Desk, what: str, month: int) -> int:
        """The revenue that this step has not seen yet."""
        company = desk.company.id
        total = sum(amount for (one, when), amount in self._office.revenue.items() if one == company and when <= month)
        fresh = total - self._earned[company, what]
        self._earned[company, what] = total
        return max(0, fresh)

    def _journal(self, desk: Desk, day: int, *pairs: tuple[str | None, int], **about: Unpack[About]) -> Entered | None:
        return self._enter("Journal", desk, day, *pairs, **about)

    def _enter(
        self, code: str, desk: Desk, day: int, *pairs: tuple[str | None, int], **about: Unpack[About]
    ) -> Entered | None:
        """Account numbers with their amounts, the main line first; what is nothing is left out."""
        drafts = [Draft(desk.accounts[number], amount) for number, amount in pairs if amount]
        if len(drafts) < 2:  # noqa: PLR2004 - nothing to enter
            return None
        return self._clerk.enter(code, desk, day, drafts, **about)

    def payroll(self, desk: Desk, day: int, month: int) -> None:
        """Salaries of the month, and the payment of what was accrued before."""
        owed = -self._office.owed[desk.company.id, "2300"]
        if owed < 0 and self._enter("LiabPymt", desk, day, (_bank(desk), owed), ("2300", -owed)):
            self._office.owes(desk, "2300", owed)
        gross = self._since_last(desk, "payroll", month) * _SALARIES // 100
        taxes = gross * _TAX_ON_SALARIES // 100
        if gross and self._enter("Paycheck", desk, day, ("2300", -gross - taxes), ("6100", gross), ("6110", taxes)):
            self._office.owes(desk, "2300", gross + taxes)

    def commissions(self, desk: Desk, day: int, month: int) -> None:
        """What those who sell earn on top, paid with the next salaries."""
        amount = self._since_last(desk, "commissions", month) * _COMMISSION // 1000
        seller = self._office.party(desk.employees)
        if self._enter("Commissn", desk, day, ("2300", -amount), ("6120", amount), entity=seller):
            self._office.owes(desk, "2300", amount)

    def rent(self, desk: Desk, day: int, month: int) -> None:
        rent = self._since_last(desk, "rent", month) * _RENT // 100
        if rent:
            drafts = balanced(desk.bank, [Draft(desk.accounts["6200"], rent)])
            self._clerk.enter("Check", desk, day, drafts, entity=desk.home_vendors[0], memo="Rent")

    def release_revenue(self, desk: Desk, day: int, month: int) -> None:
        """Subscriptions earned by now; in the secondary book they were earned when invoiced."""
        amount = _taken_up_to(self._office.unearned, desk.company.id, month)
        self._journal(desk, day, ("2400", amount), ("4030", -amount), book=PRIMARY_BOOK, memo="Revenue recognition")

    def release_prepaid(self, desk: Desk, day: int, month: int) -> None:
        amount = _taken_up_to(self._office.prepaid, desk.company.id, month)
        software = amount // 2
        self._journal(
            desk, day, ("6400", software), ("6800", amount - software), ("1400", -amount), memo="Amortization"
        )

    def depreciate(self, desk: Desk, day: int, month: int) -> None:
        self._depreciate(desk, day, month, PRIMARY_BOOK)

    def depreciate_again(self, desk: Desk, day: int, month: int) -> None:
        """The secondary book has another useful life."""
        self._depreciate(desk, day, month, SECONDARY_BOOK)

    def _depreciate(self, desk: Desk, day: int, month: int, book: int) -> None:
        key = desk.company.id, book
        elapsed = month - self._depreciated.get(key, -1)
        cost = self._office.assets[desk.company.id]
        amount = min(cost * elapsed // _LIFE[book], cost - self._written_off[key])
        if amount > 0 and self._journal(desk, day, ("6600", amount), ("1590", -amount), book=book, memo="Depreciation"):
            self._depreciated[key] = month
            self._written_off[key] += amount

    def accrue(self, desk: Desk, day: int, month: int) -> None:
        """Services rendered and not invoiced: accrued, and taken back when the next month begins."""
        amount = self._office.revenue[desk.company.id, month] * _ACCRUED // 100
        if amount <= 0 or not self._clerk.has_room:
            return
        entered = self._journal(desk, day, ("1150", amount), ("4020", -amount), memo="Accrual")
        if entered is None:
            return
        back = [Draft(desk.accounts["4020"], amount), Draft(desk.accounts["1150"], -amount)]

        def reverse(then: int) -> None:
            self._clerk.enter("Journal", desk, then, back, memo="Accrual", reverses=entered.id)

        self._office.later(day + 1, reverse, exact=True)

    def revalue(self, desk: Desk, day: int, month: int) -> None:
        """What is open in foreign currency at the rate the month ends with, until the next month begins."""
        for items, account, sign in (
            (self._office.receivables, desk.receivable, 1),
            (self._office.payables, desk.payable, -1),
        ):
            result = desk.accounts["8110" if sign > 0 else "7100"]
            for change in self._changes(items, desk, month):
                self._revaluation(desk, day, (account, result), sign * change)

    def _changes(self, items: OpenItems, desk: Desk, month: int) -> list[int]:
        """What each currency's open documents are worth more than their own rates say."""
        found = []
        for (company, currency), (foreign, base) in sorted(items.exposure.items()):
            if company == desk.company.id and currency != desk.company.currency and foreign:
                change = convert(foreign, self._clerk.rate(currency, desk.company.currency, month + 1)) - base
                if change:
                    found.append(change)
        return found

    def _revaluation(self, desk: Desk, day: int, accounts: tuple[int, int], change: int) -> None:
        if not self._clerk.has_room:
            return
        account, result = accounts
        entered = self._clerk.enter("FxReval", desk, day, [Draft(account, change), Draft(result, -change)])
        if entered is None:
            return
        back = [Draft(account, -change), Draft(result, change)]

        def reverse(then: int) -> None:
            self._clerk.enter("FxReval", desk, then, back, reverses=entered.id)

        self._office.later(day + 1, reverse, exact=True)

    def repay_loan(self, desk: Desk, day: int, month: int) -> None:
        """An instalment, and interest on what is still owed."""
        company = desk.company.id
        owed, elapsed = self._loans[company], month - self._interest.get(company, -1)
        if owed <= 0:
            return
        part, interest = min(owed, max(1, owed * elapsed // _LOAN)), owed * elapsed // _INTEREST
        if self._journal(desk, day, ("2700", part), ("8000", interest), (_bank(desk), -part - interest), memo="Loan"):
            self._loans[company] -= part
            self._interest[company] = month

    def pay_card(self, desk: Desk, day: int, _month: int) -> None:
        owed = self._office.owed[desk.company.id, "2050"]
        if owed > 0 and self._journal(desk, day, ("2050", owed), (_bank(desk), -owed), memo="Card"):
            self._office.owes(desk, "2050", -owed)

    def pay_taxes(self, desk: Desk, day: int, month: int) -> None:
        """Sales taxes collected, and income taxes on a part of the revenue."""
        owed = self._office.owed[desk.company.id, "2200"]
        if owed > 0 and self._enter("TaxPymt", desk, day, (_bank(desk), -owed), ("2200", owed), memo="Sales tax"):
            self._office.owes(desk, "2200", -owed)
        before = self._office.owed[desk.company.id, "2250"]
        taxes = self._since_last(desk, "taxes", month) * _INCOME_TAX // 100
        pairs = ("8300", taxes), ("2250", before - taxes), (_bank(desk), -before)
        if self._journal(desk, day, *pairs, memo="Income tax"):
            self._office.owed[desk.company.id, "2250"] = taxes

    def count_heads(self, desk: Desk, day: int, month: int) -> None:
        """How many work here, in whole heads: a statistic that no money stands behind."""
        heads = (len(desk.employees) + month // 12) * 100
        change = heads - self._counted.get(desk.company.id, 0)
        if self._journal(desk, day, ("9900", change), ("9990", -change), memo="Headcount"):
            self._counted[desk.company.id] = heads

    def interest(self, desk: Desk, day: int, month: int) -> None:
        """What the savings bring, or the account at the bank."""
        savings = "1010" if "1010" in desk.accounts else _bank(desk)
        earned = self._since_last(desk, "interest", month) * _YIELD // 1000
        self._journal(desk, day, (savings, earned), ("7000", -earned), memo="Interest")

    def reclassify(self, desk: Desk, day: int, month: int) -> None:
        """A correction by hand, which sometimes waits for its approval."""
        amount = self._office.amount(4.2, 5.8, desk.company.currency, month)
        clerk = self._clerk
        debit, credit = clerk.pick(
            (("6500", "6700"), (None, "6700"), ("10-20", _bank(desk)), ("1E5", _bank(desk)), ("6400", "6500"))
        )
        self._journal(desk, day, (debit, amount), (credit, -amount), status="A" if clerk.chance(20) else None)

    def adjust(self, desk: Desk, period: Period, day: int) -> None:
        """What the auditors found, entered in the adjustment period."""
        amount = self._office.amount(4.8, 6.2, desk.company.currency, self._clerk.month(day))
        self._journal(desk, day, ("6800", amount), ("2100", -amount), period=period.id, memo="Audit adjustment")
        if desk.company.parent is None:
            amount = self._office.amount(3.8, 4.8, desk.company.currency, self._clerk.month(day))
            if self._journal(
                desk, day, ("3200", amount), ("2250", -amount), period=period.id, memo="Prior year's taxes"
            ):
                self._office.owes(desk, "2250", amount)


def _bank(desk: Desk) -> str | None:
    return next(number for number, account in desk.accounts.items() if account == desk.bank)


def _taken_up_to(spread: Counter[tuple[int, int]], company: int, month: int) -> int:
    """Take out what belongs to this month and to those before."""
    due = [key for key in spread if key[0] == company and key[1] <= month]
    return sum(spread.pop(key) for key in due)
