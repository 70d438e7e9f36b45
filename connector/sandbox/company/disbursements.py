"""Money to vendors and employees: payments, credits and prepayments applied to bills, expenses paid back."""

from __future__ import annotations

from connector.sandbox.company.draft import Draft, Entered
from connector.sandbox.company.exchange_rates import convert
from connector.sandbox.company.office import Office
from connector.sandbox.company.open_items import Document
from connector.sandbox.company.register import PAYMENT

_MOST_TOGETHER, _ALL = 4, 1_000
_IN_PARTS, _DISPUTED = 5, 2


class Disbursements:
    """Everything that settles what is owed to vendors."""

    def __init__(self, office: Office) -> None:
        self._office, self._clerk = office, office.clerk

    def expect(self, document: Document) -> None:
        """Paid when due, a few in parts, a few disputed for ever."""
        office, clerk = self._office, self._clerk
        if clerk.chance(_DISPUTED):
            return
        day = max(document.day + 1, document.due + office.days(-3, 14))
        if clerk.chance(_IN_PARTS) and document.open > 10_000:  # noqa: PLR2004 - a hundred dollars or so
            part = clerk.whole(document.open // 2, document.currency)
            office.later(day, lambda then: self.pay(document, then, part))
            day += office.days(15, 40)
        office.later(day, lambda then: self.pay(document, then))

    def pay(self, document: Document, day: int, part: int | None = None) -> None:
        """One payment for this bill, or a part of it, and often for others of the vendor that are due."""
        if not document.open or not self._clerk.has_room or (part is not None and part >= document.open):
            return
        settled = [(document, part or document.open)]
        if part is None and self._clerk.chance(50):
            others = self._office.payables.due_beside(document, day + 3, _MOST_TOGETHER)
            settled += [(other, other.open) for other in others]
        clerk, desk = self._clerk, document.desk
        paid = sum(amount for _, amount in settled)
        relief = sum(self._office.payables.settle(one, amount) for one, amount in settled)
        worth = convert(paid, clerk.rate(document.currency, desk.company.currency, clerk.month(day)))
        drafts = [Draft(desk.bank, -paid, base=-worth), Draft(desk.payable, paid, base=relief)]
        if worth != relief:
            drafts.append(Draft(desk.accounts["8100"], 0, base=worth - relief))
        entered = clerk.enter("VendPymt", desk, day, drafts, entity=document.entity, currency=document.currency)
        if entered is None:
            raise AssertionError("room was left for a payment")
        for one, amount in settled:
            self._applied(one, amount, entered, 1)

    def _applied(self, document: Document, amount: int, entered: Entered, line: int) -> None:
        self._clerk.link(PAYMENT, (document.id, 0), entered, line, foreign=amount)
        self._clerk.still_open(document.id, document.open)
        if not document.open:
            self._clerk.became(document.id, "B")

    def apply_credit(self, credit: Document, day: int) -> None:
        """Against the latest bill of the vendor, often a later one; it needs no transaction of its own."""
        for bill in self._office.payables.due_beside(credit, day + 90, _ALL)[-1:]:
            amount = min(credit.open, bill.open)
            self._office.payables.settle(bill, amount)
            credit.open -= amount
            self._applied(bill, amount, Entered(credit.id, day, ()), 0)
            self._clerk.still_open(credit.id, credit.open)
            self._clerk.touch(credit.id, day)
            if not credit.open:
                self._clerk.became(credit.id, "B")

    def apply_prepayment(self, prepayment: Document, day: int) -> None:
        """What was paid before becomes a payment of a bill."""
        others = self._office.payables.due_beside(prepayment, day + 90, 1)
        if not others or not self._clerk.has_room:
            return
        bill = others[0]
        amount = min(prepayment.open, bill.open)
        self._office.payables.settle(bill, amount)
        desk = prepayment.desk
        drafts = [Draft(desk.payable, amount), Draft(desk.accounts["1600"], -amount)]
        entered = self._clerk.enter("VPrepApp", desk, day, drafts, entity=prepayment.entity, source=prepayment.id)
        if entered is None:
            raise AssertionError("room was left for an application")
        self._applied(bill, amount, entered, 0)
        prepayment.open -= amount
        self._clerk.link(PAYMENT, (prepayment.id, 0), entered, 1, foreign=amount)
        self._clerk.still_open(prepayment.id, prepayment.open)
        if not prepayment.open:
            self._clerk.became(prepayment.id, "E")

    def reimburse(self, report: Document, day: int) -> None:
        desk, amount = report.desk, report.open
        drafts = [Draft(desk.bank, -amount), Draft(desk.accounts["2310"], amount)]
        entered = self._clerk.enter("VendPymt", desk, day, drafts, entity=report.entity)
        if entered is not None:
            self._clerk.link(PAYMENT, (report.id, 0), entered, 1, foreign=amount)
            self._clerk.still_open(report.id, 0)
            self._clerk.became(report.id, "I")
