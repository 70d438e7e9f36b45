"""Sales without an order: services and subscriptions, goods over the counter, offers."""

from __future__ import annotations

from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.invoicing import TAX_PERCENT, Invoicing, Ordered
from connector.sandbox.company.office import Office, Undeposited, balanced, percent_of
from connector.sandbox.company.open_items import Deal
from connector.sandbox.company.records import Entity, Item
from connector.sandbox.company.register import BILLING, TAX
from connector.sandbox.company.sales_orders import Replenish

_RETAINED = 4  # lines
_GRACE, _LATE_INTEREST = 30, 2  # days, percent
_NEVER_AGAIN = 10_000_000  # behind the last day that a date can hold
_KINDS = ("Service", "Service", "NonInvtPart", "OthCharge")


class Sales:
    """What begins with a customer and needs no order."""

    def __init__(self, office: Office, invoicing: Invoicing, replenish: Replenish) -> None:
        self._office, self._clerk, self._invoicing = office, office.clerk, invoicing
        self._replenish = replenish
        self._charged: dict[int, int] = {}  # the day from which a late document may be charged again

    def retainer(self, desk: Desk, day: int) -> None:
        """What is invoiced every month, so that no month is without revenue, in small companies too."""
        self._invoice(desk, day, _RETAINED)

    def invoice(self, desk: Desk, day: int) -> None:
        """Services and subscriptions without an order."""
        self._invoice(desk, day, self._office.days(1, 4))

    def _invoice(self, desk: Desk, day: int, count: int) -> None:
        """The first line is a service; a subscription is earned over the year that follows."""
        office, clerk = self._office, self._clerk
        deal, month = office.sale_to(desk), clerk.month(day)
        drafts = []
        for number in range(count):
            item = office.item(clerk.pick(_KINDS) if number else "Service")
            line = Ordered(0, item, office.days(4, 120) * 25, office.price(item, deal.currency, month), None)
            draft = self._invoicing.sold(line, line.quantity, deal.currency)
            if item.type == "OthCharge":
                # Earned at once in the secondary book.
                draft.account, draft.account2 = desk.accounts["2400"], item.income
            drafts.append(draft)
        self._invoicing.invoice(deal, day, drafts)

    def statement_charge(self, desk: Desk, day: int) -> None:
        """A service that is charged to the customer's account without an invoice."""
        deal = self._office.sale_to(desk)
        item = self._office.item("Service")
        price = self._office.price(item, deal.currency, self._clerk.month(day))
        line = Ordered(0, item, self._office.days(1, 4) * 25, price, None)
        self._invoicing.charge("CustChrg", deal, day, [self._invoicing.sold(line, line.quantity, deal.currency)])

    def finance_charge(self, desk: Desk, day: int) -> None:
        """Interest on what a customer should have paid a month ago, once a month; none on interest."""
        charged = self._charged
        late = next(
            (one for one in self._office.receivables.overdue(desk, day - _GRACE) if charged.get(one.id, 0) <= day), None
        )
        if late is None:
            return
        interest = self._clerk.whole(percent_of(late.open, _LATE_INTEREST), late.currency)
        charge = self._invoicing.charge("FinChrg", late.deal, day, [Draft(desk.accounts["7010"], -interest)])
        if charge is not None:
            charged[late.id], charged[charge.id] = day + _GRACE, _NEVER_AGAIN

    def cash_sale(self, desk: Desk, day: int) -> None:
        """Goods over the counter, paid at once, in the subsidiary's own currency."""
        office, clerk, stock = self._office, self._clerk, self._office.stock
        customer = office.party(desk.customers)
        base, location = desk.company.currency, office.warehouse(desk)
        sold: list[Draft] = []
        costs: list[Draft] = []
        taken: list[tuple[Item, int]] = []
        for _ in range(office.days(1, 3)):
            item, quantity = office.goods(), office.days(1, 6) * 100
            if item in (one for one, _ in taken) or stock.available(item, location) < quantity:
                continue
            line = Ordered(0, item, quantity, office.price(item, base, clerk.month(day)), location)
            sold.append(self._invoicing.sold(line, quantity, base))
            costs += self._invoicing.cost(item, quantity, location, desk)
            taken.append((item, quantity))
        if not sold:
            return
        tax = clerk.whole(percent_of(-sum(line.foreign for line in sold), TAX_PERCENT[desk.company.id]), base)
        sold.append(Draft(desk.accounts["2200"], -tax, marks=TAX))
        drafts = [*balanced(desk.accounts["1090"], sold), *costs]
        entered = clerk.enter("CashSale", desk, day, drafts, entity=customer, currency=base)
        if entered is None:
            return
        self._invoicing.earn(desk, day, drafts, entered)
        for item, quantity in taken:
            stock.move(item, location, -quantity)
            self._replenish(item, location, desk, day)
        office.undeposited[desk.company.id].append(Undeposited(entered.id, "CashSale", drafts[0].foreign, day))
        if clerk.occurs("CashRfnd", 15):
            office.later(day + office.days(2, 20), lambda then: self._cash_refund(desk, customer, sold[0], then))

    def _cash_refund(self, desk: Desk, customer: Entity, line: Draft, day: int) -> None:
        """Money back for a part; the goods stay with the customer."""
        back = self._clerk.whole(-line.foreign // 2, desk.company.currency)
        drafts = [Draft(desk.bank, -back), Draft(line.account, back, line.item)]
        if self._clerk.enter("CashRfnd", desk, day, drafts, entity=customer) is not None:
            self._office.revenue[desk.company.id, self._clerk.month(day)] -= back

    def estimate(self, desk: Desk, day: int) -> None:
        """An offer, which some customers take."""
        office, clerk = self._office, self._clerk
        deal, month = office.sale_to(desk), clerk.month(day)
        lines = []
        for number in range(1, office.days(2, 4)):
            item = office.item("Service")
            lines.append(Ordered(number, item, office.days(4, 80) * 25, office.price(item, deal.currency, month), None))
        drafts = balanced(
            desk.accounts["9020"], [self._invoicing.sold(line, line.quantity, deal.currency) for line in lines]
        )
        entered = clerk.enter("Estimate", desk, day, drafts, entity=deal.entity, currency=deal.currency)
        if entered is None:
            return
        if clerk.chance(40):
            office.later(day + office.days(3, 30), lambda then: self._accepted(entered.id, deal, lines, then))
        elif clerk.chance(50):
            clerk.became(entered.id, "X")

    def _accepted(self, estimate: int, deal: Deal, lines: list[Ordered], day: int) -> None:
        clerk = self._clerk
        drafts = [self._invoicing.sold(line, line.quantity, deal.currency) for line in lines]
        entered = self._invoicing.invoice(deal, day, drafts, source=estimate)
        if entered is not None:
            clerk.became(estimate, "B")
            for line in lines:
                clerk.billed(estimate, line.line, line.quantity)
                billed = -drafts[line.line - 1].foreign
                clerk.link(BILLING, (estimate, line.line), entered, line.line, foreign=billed, quantity=line.quantity)
