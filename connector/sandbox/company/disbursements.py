"""Money to vendors and employees: payments, credits and prepayments applied to bills, expenses paid back."""

from __future__ import annotations

from connector.sandbox.company.draft import Draft
from connector.sandbox.company.office import Office
from connector.sandbox.company.open_items import Document
from connector.sandbox.company.register import PAYMENT
from connector.sandbox.company.settlement import Settlement

_MOST_TOGETHER = 4
_IN_PARTS, _DISPUTED = 5, 2
_WORTH_PARTS = 10_000  # cents


class Disbursements:
    """Everything that settles what is owed to vendors."""

    def __init__(self, office: Office) -> None:
        self._office, self._clerk = office, office.clerk
        self._settlement = Settlement(office, office.payables, -1, "VendPymt")
        self.apply_credit = self._settlement.apply_credit

    def expect(self, document: Document) -> None:
        """Paid when due, a few in parts, a few disputed for ever."""
        office, clerk = self._office, self._clerk
        if clerk.chance(_DISPUTED):
            return
        day = max(document.day + 1, document.due + office.days(-3, 14))
        if clerk.chance(_IN_PARTS) and document.open > _WORTH_PARTS:
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
        self._settlement.pay(settled, document.desk.bank, day)

    def apply_prepayment(self, prepayment: Document, day: int) -> None:
        """What was paid before becomes a payment of a bill."""
        self._settlement.apply_ahead(prepayment, "VPrepApp", prepayment.desk.accounts["1600"], "E", day)

    def reimburse(self, report: Document, day: int) -> None:
        """Pay back what an employee spent."""
        desk, amount = report.desk, report.open
        drafts = [Draft(desk.bank, -amount), Draft(desk.accounts["2310"], amount)]
        entered = self._clerk.enter("VendPymt", desk, day, drafts, entity=report.entity)
        if entered is not None:
            self._clerk.link(PAYMENT, (report.id, 0), entered, 1, foreign=amount)
            self._clerk.still_open(report.id, 0)
            self._clerk.became(report.id, "I")
