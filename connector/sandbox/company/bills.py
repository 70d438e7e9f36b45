"""Bills and what goes with them: expenses, some for a year ahead, vendors' credits, prepayments."""

from __future__ import annotations

from connector.sandbox.company.desk import Desk
from connector.sandbox.company.disbursements import Disbursements
from connector.sandbox.company.draft import Draft, Entered
from connector.sandbox.company.office import Office, balanced
from connector.sandbox.company.open_items import Deal, Document

EXPENSES = ("6310", "6320", "6400", "6500", "6500", "6700", "6700", None)
_MONTHS_PREPAID = 12


class Bills:
    """What vendors send, and what they are paid before."""

    def __init__(self, office: Office, disbursements: Disbursements) -> None:
        self._office, self._clerk, self._disbursements = office, office.clerk, disbursements
        self._prepaid = False  # nothing yet: the first bill is one for a year ahead

    def bill(self, desk: Desk, day: int) -> None:
        """Expenses; some are paid for a year ahead, some are computers."""
        office, clerk = self._office, self._clerk
        vendor, month = office.party(desk.vendors), clerk.month(day)
        drafts = [
            Draft(desk.accounts[clerk.pick(EXPENSES)], office.amount(4.2, 6.5, vendor.currency, month))
            for _ in range(office.days(1, 4))
        ]
        if clerk.chance(8) or not self._prepaid:
            self._prepaid = True
            drafts[0].account = desk.accounts["1400"]
        elif clerk.chance(4):
            drafts[0].account = desk.accounts["1510"]
        entered = self.enter(Deal(desk, vendor, vendor.currency), day, drafts)
        if entered is None:
            return
        if drafts[0].account == desk.accounts["1400"]:
            share, rest = divmod(entered.amounts[1], _MONTHS_PREPAID)
            for later in range(_MONTHS_PREPAID):
                office.prepaid[desk.company.id, month + later] += share + (rest if not later else 0)
        elif drafts[0].account == desk.accounts["1510"]:
            office.assets[desk.company.id] += entered.amounts[1]

    def enter(self, deal: Deal, day: int, drafts: list[Draft], source: int | None = None) -> Entered | None:
        """A bill of these lines, paid when its time has come. None where it does not fit."""
        office, desk = self._office, deal.desk
        total = sum(draft.foreign for draft in drafts)
        entered = self._clerk.enter(
            "VendBill", desk, day, balanced(desk.payable, drafts), entity=deal.entity, currency=deal.currency, source=source,
            open_amount=total,
        )  # fmt: skip
        if entered is None:
            return None
        document = office.document(entered, deal, total, days=office.terms(deal.entity))
        office.payables.add(document)
        self._disbursements.expect(document)
        return entered

    def credit(self, desk: Desk, day: int) -> None:
        """A vendor's credit for something that was not as agreed."""
        office, clerk = self._office, self._clerk
        deal = office.purchase_at_home(desk)
        amount = office.amount(3.8, 5.4, desk.company.currency, clerk.month(day))
        drafts = [Draft(desk.payable, amount), Draft(desk.accounts[clerk.pick(EXPENSES)], -amount)]
        entered = clerk.enter("VendCred", desk, day, drafts, entity=deal.entity, open_amount=amount)
        if entered is not None:
            document = office.document(entered, deal, amount)
            office.later(day + office.days(5, 30), lambda then: self.apply(document, then))

    def prepay(self, desk: Desk, day: int) -> None:
        """Money before the bill comes."""
        bill = self._office.payables.latest(desk)
        deal = bill.deal if bill else self._office.purchase_at_home(desk)
        amount = self._office.amount(4.8, 6.2, desk.company.currency, self._clerk.month(day))
        drafts = [Draft(desk.bank, -amount), Draft(desk.accounts["1600"], amount)]
        entered = self._clerk.enter("VPrep", desk, day, drafts, entity=deal.entity, open_amount=amount)
        if entered is not None:
            document = self._office.document(entered, deal, amount)
            then = day + self._office.days(2, 12)
            if bill is None:
                self._office.later(then, lambda at: self._enter_prepaid(deal, amount, at))
            self._office.later(then, lambda at: self._disbursements.apply_prepayment(document, at))

    def _enter_prepaid(self, deal: Deal, amount: int, day: int) -> None:
        """What was paid before comes with its bill."""
        self.enter(deal, day, [Draft(deal.desk.accounts[self._clerk.pick(EXPENSES)], amount)])

    def apply(self, credit: Document, day: int) -> None:
        """Set a vendor's credit against a bill."""
        self._disbursements.apply_credit(credit, day)
