"""Invoices: what is sold at its price, what that earns now and later, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

from connector.sandbox.company.customer_credits import CustomerCredits
from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft, Entered
from connector.sandbox.company.office import Office, balanced, percent_of
from connector.sandbox.company.open_items import Deal, Document
from connector.sandbox.company.organisation import BRITAIN, CANADA, EUROPE, PARENT
from connector.sandbox.company.receipts import Receipts
from connector.sandbox.company.records import Item
from connector.sandbox.company.register import COST, STOCK, TAX

TAX_PERCENT = {PARENT: 8, EUROPE: 19, BRITAIN: 20, CANADA: 5}
_MONTHS_OF_SUBSCRIPTION, _DISCOUNT = 12, 5


@dataclass(slots=True)
class Ordered:
    """One line of a sales order: what is still to be shipped and billed, in hundredths."""

    line: int
    item: Item
    quantity: int
    price: int
    location: int | None
    moved: int = 0
    billed: int = 0

    @property
    def is_goods(self) -> bool:
        return self.item.asset is not None


class Invoicing:
    """What everyone who sells needs."""

    def __init__(self, office: Office, receipts: Receipts, credits_: CustomerCredits) -> None:
        self._office, self._clerk = office, office.clerk
        self._receipts, self._credits = receipts, credits_

    def sold(self, line: Ordered, quantity: int, currency: int) -> Draft:
        """A line of what the customer gets."""
        value = self._clerk.whole((line.price * quantity + 50) // 100, currency)
        return Draft(line.item.income, -value, line.item.id, -quantity, line.price, location=line.location)

    def cost(self, item: Item, quantity: int, location: int | None, desk: Desk) -> list[Draft]:
        """Goods that leave: cost of sales against the stock."""
        cost = self._office.stock.cost(item, desk.company.id)
        value = cost * quantity // 100
        return [
            Draft(desk.accounts["5010"], value, item.id, quantity, cost, COST, location),
            Draft(item.asset, -value, item.id, -quantity, cost, STOCK, location),
        ]

    def invoice(self, deal: Deal, day: int, drafts: list[Draft], source: int | None = None) -> Entered | None:
        """An invoice of these lines, now and then with a discount and taxes. None where it does not fit."""
        office, clerk, desk, currency = self._office, self._clerk, deal.desk, deal.currency
        if len(drafts) > 1 and clerk.chance(6):
            net = -sum(draft.foreign for draft in drafts)
            drafts = [*drafts, Draft(desk.accounts["4090"], clerk.whole(percent_of(net, _DISCOUNT), currency))]
        if clerk.chance(50):
            net = -sum(draft.foreign for draft in drafts)
            tax = clerk.whole(percent_of(net, TAX_PERCENT[desk.company.id]), currency)
            drafts = [*drafts, Draft(desk.accounts["2200"], -tax, marks=TAX)]
        document = self.charge("CustInvc", deal, day, drafts, days=office.terms(deal.entity), source=source)
        if document is None:
            return None
        if clerk.occurs("CustCred", 6) or clerk.occurs("CustRfnd", 0):
            office.later(day + office.days(5, 70), lambda then: self._credits.credit(document, drafts, then))
        return Entered(document.id, day, ())

    def charge(
        self, code: str, deal: Deal, day: int, drafts: list[Draft], *, days: int = 0, source: int | None = None
    ) -> Document | None:
        """What the customer owes for these lines, due after so many days and paid when its time has come."""
        office, desk = self._office, deal.desk
        all_drafts = balanced(desk.receivable, drafts)
        total = all_drafts[0].foreign
        entered = self._clerk.enter(
            code, desk, day, all_drafts, entity=deal.entity, currency=deal.currency, source=source, open_amount=total
        )
        if entered is None:
            return None
        self.earn(desk, day, all_drafts, entered)
        document = office.document(entered, deal, total, days=days)
        office.receivables.add(document)
        self._receipts.expect(document)
        return document

    def earn(self, desk: Desk, day: int, drafts: list[Draft], entered: Entered) -> None:
        """Keeps what was earned, what is to be earned month by month, and the tax that is owed."""
        office, month = self._office, self._clerk.month(day)
        for draft, amount in zip(drafts, entered.amounts, strict=True):
            if draft.account2 is not None:
                share, rest = divmod(-amount, _MONTHS_OF_SUBSCRIPTION)
                for later in range(_MONTHS_OF_SUBSCRIPTION):
                    office.unearned[desk.company.id, month + later] += share + (rest if not later else 0)
            elif draft.item is not None and draft.marks == 0:
                office.revenue[desk.company.id, month] -= amount
            elif draft.marks & TAX:
                office.owes(desk, "2200", -amount)
