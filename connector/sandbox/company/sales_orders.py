"""Sales orders: shipped as far as goods are there, billed as far as they are shipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.invoicing import Invoicing, Ordered
from connector.sandbox.company.office import Office, balanced
from connector.sandbox.company.open_items import Deal
from connector.sandbox.company.order_status import CLOSED, order_status
from connector.sandbox.company.records import Item
from connector.sandbox.company.register import BILLING, SHIPPING

Replenish = Callable[[Item, int, Desk, int], None]
_TRIES = 3


@dataclass(slots=True)
class Order:
    id: int
    deal: Deal
    lines: list[Ordered]


class SalesOrders:
    """From the order to the invoice."""

    def __init__(self, office: Office, invoicing: Invoicing, replenish: Replenish) -> None:
        self._office, self._clerk, self._invoicing = office, office.clerk, invoicing
        self._replenish = replenish

    def order(self, desk: Desk, day: int) -> None:
        """A sales order, shipped and billed within days as far as goods are there."""
        office, clerk = self._office, self._clerk
        deal, month = office.sale_to(desk), clerk.month(day)
        location = office.warehouse(desk)
        wanted: list[Ordered] = []
        for number in range(1, office.days(2, 6)):
            item = office.goods() if number == 1 or clerk.chance(75) else office.item("Service")
            if item.id in {line.item.id for line in wanted}:
                continue  # what is there must not be promised twice
            goods = item.asset is not None
            quantity = office.days(1, 30) * 100 if goods else office.days(4, 80) * 25
            wanted.append(
                Ordered(
                    len(wanted) + 1,
                    item,
                    quantity,
                    office.price(item, deal.currency, month),
                    location if goods else None,
                )
            )
        drafts = balanced(
            desk.accounts["9000"], [self._invoicing.sold(line, line.quantity, deal.currency) for line in wanted]
        )
        entered = clerk.enter("SalesOrd", desk, day, drafts, entity=deal.entity, currency=deal.currency)
        if entered is None:
            return
        order = Order(entered.id, deal, wanted)
        if clerk.chance(2):
            clerk.became(order.id, CLOSED)
            return
        office.later(day + office.days(1, 9), lambda then: self._ship(order, then, _TRIES))

    def _ship(self, order: Order, day: int, tries: int) -> None:
        """What is there; the rest later, and after some tries the order stays as it is."""
        office, clerk, stock, desk = self._office, self._clerk, self._office.stock, order.deal.desk
        goods = [line for line in order.lines if line.is_goods and line.moved < line.quantity]
        going: list[tuple[Ordered, int]] = []
        for line in goods:
            there = max(0, stock.available(line.item, line.location or 0))
            quantity = min(line.quantity - line.moved, there // 100 * 100)
            if quantity and clerk.chance(90):
                going.append((line, quantity))
            elif not quantity:
                self._replenish(line.item, line.location or 0, desk, day)
        if going and not self._fulfil(order, day, going):
            return
        if tries and any(line.moved < line.quantity for line in goods):
            office.later(day + office.days(9, 25), lambda then: self._ship(order, then, tries - 1))
        clerk.became(order.id, order_status(order.lines))
        if going or not goods:
            office.later(day + office.days(0, 4), lambda then: self._bill(order, then))

    def _fulfil(self, order: Order, day: int, going: list[tuple[Ordered, int]]) -> bool:
        clerk, stock, desk = self._clerk, self._office.stock, order.deal.desk
        drafts = [Draft(None, 0)]
        for line, quantity in going:
            drafts += self._invoicing.cost(line.item, quantity, line.location, desk)
        entered = clerk.enter("ItemShip", desk, day, drafts, entity=order.deal.entity, source=order.id)
        if entered is None:
            return False
        for place, (line, quantity) in enumerate(going):
            stock.move(line.item, line.location or 0, -quantity)
            line.moved += quantity
            clerk.shipped(order.id, line.line, quantity)
            clerk.link(SHIPPING, (order.id, line.line), entered, 1 + 2 * place, foreign=0, quantity=quantity)
            self._replenish(line.item, line.location or 0, desk, day)
        return True

    def _bill(self, order: Order, day: int) -> None:
        """An invoice of what was shipped and of all services."""
        clerk = self._clerk
        due = [(line, (line.moved if line.is_goods else line.quantity) - line.billed) for line in order.lines]
        due = [(line, quantity) for line, quantity in due if quantity]
        if not due:
            return
        drafts = [self._invoicing.sold(line, quantity, order.deal.currency) for line, quantity in due]
        entered = self._invoicing.invoice(order.deal, day, drafts, source=order.id)
        if entered is None:
            return
        for place, (line, quantity) in enumerate(due, 1):
            line.billed += quantity
            clerk.billed(order.id, line.line, quantity)
            billed = -drafts[place - 1].foreign
            clerk.link(BILLING, (order.id, line.line), entered, place, foreign=billed, quantity=quantity)
        clerk.became(order.id, order_status(order.lines))
