"""What is paid at once or by employees: checks, the corporate card, expense reports."""

from __future__ import annotations

from connector.sandbox.company.bills import EXPENSES
from connector.sandbox.company.desk import Desk
from connector.sandbox.company.disbursements import Disbursements
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.office import Office, balanced
from connector.sandbox.company.open_items import Deal

_WORTH_A_REFUND = 50_00  # cents


class Spending:
    """Money that goes without a bill."""

    def __init__(self, office: Office, disbursements: Disbursements) -> None:
        self._office, self._clerk, self._disbursements = office, office.clerk, disbursements

    def check(self, desk: Desk, day: int) -> None:
        """A check for this and that."""
        self._paid_at_once("Check", desk, day, desk.bank)

    def charge(self, desk: Desk, day: int) -> None:
        """The corporate card; now and then a part of what it owes comes back."""
        owed = self._office.owed[desk.company.id, "2050"]
        if owed > _WORTH_A_REFUND and self._clerk.occurs("CardRfnd", 40):
            back = self._office.days(10, 60) * owed // 100
            drafts = balanced(desk.accounts["2050"], [Draft(desk.accounts[self._clerk.pick(EXPENSES)], -back)])
            vendor = self._office.purchase_at_home(desk).entity
            if self._clerk.enter("CardRfnd", desk, day, drafts, entity=vendor) is not None:
                self._office.owes(desk, "2050", -back)
            return
        self._office.owes(desk, "2050", self._paid_at_once("CardChrg", desk, day, desk.accounts["2050"]))

    def _paid_at_once(self, code: str, desk: Desk, day: int, main: int) -> int:
        """What was paid in all; 0 where it does not fit."""
        office, clerk, base = self._office, self._clerk, desk.company.currency
        drafts = [
            Draft(desk.accounts[clerk.pick(EXPENSES)], office.amount(3.5, 5.4, base, clerk.month(day)))
            for _ in range(office.days(1, 2))
        ]
        total = sum(draft.foreign for draft in drafts)
        vendor = office.purchase_at_home(desk).entity
        return total if clerk.enter(code, desk, day, balanced(main, drafts), entity=vendor) is not None else 0

    def expense_report(self, desk: Desk, day: int) -> None:
        """What an employee spent, paid back within weeks."""
        office, clerk = self._office, self._clerk
        employee, base = clerk.pick(desk.employees), desk.company.currency
        drafts = [
            Draft(desk.accounts[clerk.pick(("6310", "6320", "6700"))], office.amount(3.4, 5.3, base, clerk.month(day)))
            for _ in range(office.days(1, 4))
        ]
        total = sum(draft.foreign for draft in drafts)
        entered = clerk.enter(
            "ExpRept", desk, day, balanced(desk.accounts["2310"], drafts), entity=employee, open_amount=total
        )
        if entered is not None:
            report = office.document(entered, Deal(desk, employee, base), total)
            office.later(day + office.days(5, 25), lambda then: self._disbursements.reimburse(report, then))
