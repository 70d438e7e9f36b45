"""Purchase orders: goods that run short are ordered, received, billed, and now and then sent back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from connector.sandbox.company.bills import Bills
from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.office import Office, balanced
from connector.sandbox.company.open_items import Deal
from connector.sandbox.company.order_status import order_status
from connector.sandbox.company.records import Item
from connector.sandbox.company.register import BILLING, SHIPPING, STOCK

_MOST_ON_AN_ORDER, _SLOW_VENDORS = 5, 12


@dataclass(slots=True)
class Wanted:
    """One line of a purchase order, in hundredths."""

    line: int
    item: Item
    quantity: int
    cost: int
    moved: int = 0
    billed: int = 0

    @property
    def is_goods(self) -> bool:
        return True


@dataclass(slots=True)
class Order:
    id: int
    deal: Deal
    location: int
    lines: list[Wanted]


class PurchaseOrders:
    """From the shortage to the bill."""

    def __init__(self, office: Office, bills: Bills, lines: int) -> None:
        """`lines` is the size of the company: small ones buy in small lots."""
        self._office, self._clerk, self._bills = office, office.clerk, bills
        self._lot = max(12, min(45, lines // 1_500))
        self._short: defaultdict[tuple[int, int], dict[int, Item]] = defaultdict(dict)

    def replenish(self, item: Item, location: int, desk: Desk, day: int) -> None:
        """Order goods that run short, several on one order."""
        stock = self._office.stock
        enough = stock.on_hand[item.id, location] + stock.on_order[item.id, location] >= self._lot * 50
        if enough and not self._clerk.occurs("PurchOrd", 0):
            return
        short = self._short[desk.company.id, location]
        short[item.id] = item
        if len(short) >= _MOST_ON_AN_ORDER or self._clerk.occurs("PurchOrd", 30):
            self._order(desk, location, list(short.values()), day)
            short.clear()

    def _order(self, desk: Desk, location: int, items: list[Item], day: int) -> None:
        office, clerk, stock = self._office, self._clerk, self._office.stock
        deal = office.purchase_at_home(desk)
        lines = [
            Wanted(number, item, office.days(self._lot, 3 * self._lot) * 100, stock.cost(item, desk.company.id))
            for number, item in enumerate(items, 1)
        ]
        drafts = [
            self._bought(desk.accounts["9010"], line, line.quantity, location, to=line.item.asset) for line in lines
        ]
        entered = clerk.enter("PurchOrd", desk, day, balanced(desk.accounts["9010"], drafts), entity=deal.entity)
        if entered is None:
            return
        for line in lines:
            stock.on_order[line.item.id, location] += line.quantity
        order = Order(entered.id, deal, location, lines)
        slow = clerk.chance(_SLOW_VENDORS)
        office.later(
            day + (office.days(25, 70) if slow else office.days(3, 15)), lambda then: self._receive(order, then)
        )

    def _bought(self, main: int, line: Wanted, quantity: int, location: int, *, to: int | None) -> Draft:
        value = line.cost * quantity // 100
        return Draft(to or main, value, line.item.id, quantity, line.cost, location=location)

    def _receive(self, order: Order, day: int) -> None:
        """The goods, or a part of them first; they are owed before the bill comes."""
        office, clerk, stock, desk = self._office, self._clerk, self._office.stock, order.deal.desk
        missing = [line for line in order.lines if line.moved < line.quantity]
        parts = clerk.chance(15) and not any(line.moved for line in order.lines)
        coming = [
            (line, (line.quantity - line.moved) // 200 * 100 if parts else line.quantity - line.moved)
            for line in missing
        ]
        drafts = [Draft(None, 0)]
        first = []
        for line, quantity in coming:
            first.append(len(drafts))
            drafts += self._moved(order, line, quantity)
        entered = clerk.enter("ItemRcpt", desk, day, drafts, entity=order.deal.entity, source=order.id)
        if entered is None:
            return
        for place, (line, quantity) in enumerate(coming):
            line.moved += quantity
            stock.move(line.item, order.location, quantity)
            stock.on_order[line.item.id, order.location] -= quantity
            clerk.shipped(order.id, line.line, quantity)
            clerk.link(SHIPPING, (order.id, line.line), entered, first[place], foreign=0, quantity=quantity)
        if parts:
            office.later(day + office.days(5, 20), lambda then: self._receive(order, then))
        clerk.became(order.id, order_status(order.lines))
        office.later(day + office.days(1, 12), lambda then: self._bill(order, then))

    def _moved(self, order: Order, line: Wanted, quantity: int) -> list[Draft]:
        """Goods that come, or go back: owed at the price of the order, in stock at their cost of today."""
        desk, item, location = order.deal.desk, line.item, order.location
        cost = self._office.stock.cost(item, desk.company.id)
        owed, value = line.cost * quantity // 100, cost * quantity // 100
        drafts = [
            Draft(desk.accounts["2100"], -owed, item.id, -quantity, line.cost, location=location),
            Draft(item.asset, value, item.id, quantity, cost, STOCK, location),
        ]
        return drafts if owed == value else [*drafts, Draft(desk.accounts["5030"], owed - value)]

    def _bill(self, order: Order, day: int) -> None:
        clerk, desk = self._clerk, order.deal.desk
        due = [(line, line.moved - line.billed) for line in order.lines if line.moved > line.billed]
        if not due:
            return
        drafts = [
            self._bought(desk.accounts["2100"], line, quantity, order.location, to=desk.accounts["2100"])
            for line, quantity in due
        ]
        entered = self._bills.enter(order.deal, day, drafts, source=order.id)
        if entered is None:
            return
        for place, (line, quantity) in enumerate(due, 1):
            line.billed += quantity
            clerk.billed(order.id, line.line, quantity)
            billed = drafts[place - 1].foreign
            clerk.link(BILLING, (order.id, line.line), entered, place, foreign=billed, quantity=quantity)
        clerk.became(order.id, order_status(order.lines))
        if clerk.occurs("VendAuth", 6):
            self._office.later(day + self._office.days(3, 15), lambda then: self._give_back(order, then))

    def _give_back(self, order: Order, day: int) -> None:
        """Faulty goods: an authorization, the goods leave, a credit comes."""
        office, clerk, stock, desk = self._office, self._clerk, self._office.stock, order.deal.desk
        line = order.lines[0]
        quantity = office.days(1, 4) * 100
        if not clerk.has_room or stock.available(line.item, order.location) < quantity:
            return
        value = line.cost * quantity // 100
        item = (line.item.id, -quantity, line.cost)
        drafts = [Draft(desk.accounts["9040"], value), Draft(line.item.asset, -value, *item, location=order.location)]
        authorization = clerk.must_enter("VendAuth", desk, day, drafts, entity=order.deal.entity)
        gone = [Draft(None, 0), *self._moved(order, line, -quantity)]
        shipment = clerk.must_enter("ItemShip", desk, day, gone, entity=order.deal.entity, source=authorization.id)
        credit = [Draft(desk.payable, value), Draft(desk.accounts["2100"], -value, *item, location=order.location)]
        credited = clerk.must_enter(
            "VendCred", desk, day, credit, entity=order.deal.entity, source=authorization.id, open_amount=value
        )
        stock.move(line.item, order.location, -quantity)
        clerk.shipped(authorization.id, 1, quantity)
        clerk.billed(authorization.id, 1, quantity)
        clerk.link(SHIPPING, (authorization.id, 1), shipment, 1, foreign=0, quantity=quantity)
        clerk.link(BILLING, (authorization.id, 1), credited, 1, foreign=value, quantity=quantity)
        clerk.became(authorization.id, "G")
        document = office.document(credited, order.deal, value)
        office.later(day + office.days(1, 20), lambda then: self._bills.apply(document, then))
