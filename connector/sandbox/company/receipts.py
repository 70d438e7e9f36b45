"""Money from customers: payments, deposits before the invoice, and what is taken to the bank."""

from __future__ import annotations

from collections import deque

from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.office import Office, Undeposited, balanced
from connector.sandbox.company.open_items import Deal, Document
from connector.sandbox.company.register import DEPOSITING
from connector.sandbox.company.settlement import Settlement

_MOST_TOGETHER = 3
_IN_TIME, _IN_PARTS, _NEVER = 82, 12, 3
_WORTH_PARTS = 1_000  # cents
_DAYS_TO_BANK, _MOST_DEPOSITED = 4, 8


class Receipts:
    """Everything that brings money for what customers owe."""

    def __init__(self, office: Office, settlement: Settlement) -> None:
        self._office, self._clerk, self._settlement = office, office.clerk, settlement

    def expect(self, document: Document) -> None:
        """Most pay about when it is due, some late, a few in parts, a few never."""
        office, clerk = self._office, self._clerk
        if clerk.chance(_NEVER):
            return
        late = office.days(-4, 12) if clerk.chance(_IN_TIME) else office.days(15, 75)
        day = max(document.day + 1, document.due + late)
        if clerk.chance(_IN_PARTS) and document.open > _WORTH_PARTS:
            part = clerk.whole(document.open * office.days(30, 60) // 100, document.currency)
            office.later(day, lambda then: self.pay(document, then, part))
            day += office.days(15, 45)
        office.later(day, lambda then: self.pay(document, then))

    def pay(self, document: Document, day: int, part: int | None = None) -> None:
        """One payment for this invoice, or a part of it, and now and then for others that are due."""
        if not document.open or not self._clerk.has_room or (part is not None and part >= document.open):
            return
        office, clerk, desk = self._office, self._clerk, document.desk
        settled = [(document, part or document.open)]
        if part is None and clerk.chance(25):
            others = office.receivables.due_beside(document, day, _MOST_TOGETHER)
            settled += [(other, other.open) for other in others]
        held = document.currency == desk.company.currency and clerk.chance(55)
        entered = self._settlement.pay(settled, desk.accounts["1090"] if held else desk.bank, day)
        if held:
            amount = sum(amount for _, amount in settled)
            office.undeposited[desk.company.id].append(Undeposited(entered.id, "CustPymt", amount, day))
        else:
            clerk.became(entered.id, "C")

    def bank(self, desk: Desk, day: int) -> None:
        """Take to the bank what has been waiting."""
        waiting = self._office.undeposited[desk.company.id]
        while waiting and (day - waiting[0].day >= _DAYS_TO_BANK or len(waiting) >= _MOST_DEPOSITED):
            if not self._clerk.fits(_MOST_DEPOSITED + 1, urgent=True):
                break
            self._deposit(desk, day, waiting)

    def _deposit(self, desk: Desk, day: int, waiting: deque[Undeposited]) -> None:
        taken = [waiting.popleft() for _ in range(min(len(waiting), _MOST_DEPOSITED))]
        drafts = balanced(desk.bank, [Draft(desk.accounts["1090"], -one.amount) for one in taken])
        entered = self._clerk.must_enter("Deposit", desk, day, drafts)
        for line, one in enumerate(taken, 1):
            self._clerk.link(DEPOSITING, (one.id, 0), entered, line, foreign=one.amount)
            if one.code != "CustDep":
                self._clerk.became(one.id, "C")
            elif self._clerk.is_now(one.id) is None:
                self._clerk.became(one.id, "B")

    def deposit(self, desk: Desk, day: int) -> None:
        """Money before the invoice, applied to one that is open later on."""
        office, clerk = self._office, self._clerk
        invoice = office.receivables.latest(desk)
        customer = invoice.entity if invoice else office.party(desk.customers)
        base = desk.company.currency
        amount = office.amount(4.8, 6.5, base, clerk.month(day))
        drafts = [Draft(desk.accounts["1090"], amount), Draft(desk.accounts["2350"], -amount)]
        entered = clerk.enter("CustDep", desk, day, drafts, entity=customer, currency=base, open_amount=amount)
        if entered is None:
            return
        office.undeposited[desk.company.id].append(Undeposited(entered.id, "CustDep", amount, day))
        document = office.document(entered, Deal(desk, customer, base), amount)
        account = desk.accounts["2350"]
        then = day + office.days(2, 12)
        office.later(then, lambda at: self._settlement.apply_ahead(document, "DepAppl", account, "C", at))
