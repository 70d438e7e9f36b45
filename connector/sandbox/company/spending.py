"""What is paid at once or by employees: checks, the corporate card, expense reports."""

from __future__ import annotations

from connector.sandbox.company.bills import EXPENSES
from connector.sandbox.company.desk import Desk
from connector.sandbox.company.disbursements import Disbursements
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.office import Office, balanced
from connector.sandbox.company.open_items import Deal


class Spending:
    """Money that goes without a bill."""

    def __init__(self, office: Office, disbursements: Disbursements) -> None:
        self._office, self._clerk, self._disbursements = office, office.clerk, disbursements

    def check(self, desk: Desk, day: int) -> None:
        self._paid_at_once("Check", desk, day, desk.bank, sign=1)

    def charge(self, desk: Desk, day: int) -> None:
        """The corporate card; now and then something comes back."""
        back = self._clerk.chance(15)
        amount = self._paid_at_once(
            "CardRfnd" if back else "CardChrg", desk, day, desk.accounts["2050"], sign=-1 if back else 1
        )
        self._office.owes(desk, "2050", amount)

    def _paid_at_once(self, code: str, desk: Desk, day: int, main: int, *, sign: int) -> int:
        office, clerk = self._office, self._clerk
        base, count = desk.company.currency, office.days(1, 2) if sign > 0 else 1
        drafts = [
            Draft(desk.accounts[clerk.pick(EXPENSES)], sign * office.amount(2.7, 4.6, base, clerk.month(day)))
            for _ in range(count)
        ]
        total = sum(draft.foreign for draft in drafts)
        entered = clerk.enter(
            code, desk, day, balanced(main, drafts), entity=self._office.purchase_at_home(desk).entity
        )
        return total if entered is not None else 0

    def expense_report(self, desk: Desk, day: int) -> None:
        """What an employee spent, paid back within weeks."""
        office, clerk = self._office, self._clerk
        employee, base = clerk.pick(desk.employees), desk.company.currency
        drafts = [
            Draft(desk.accounts[clerk.pick(("6310", "6320", "6700"))], office.amount(2.7, 4.8, base, clerk.month(day)))
            for _ in range(office.days(1, 4))
        ]
        total = sum(draft.foreign for draft in drafts)
        entered = clerk.enter(
            "ExpRept", desk, day, balanced(desk.accounts["2310"], drafts), entity=employee, open_amount=total
        )
        if entered is not None:
            report = office.document(entered, Deal(desk, employee, base), total)
            office.later(day + office.days(5, 25), lambda then: self._disbursements.reimburse(report, then))
