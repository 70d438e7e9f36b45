"""Work in the warehouses: counts, transfers between locations, and the building of assemblies."""

from __future__ import annotations

from dataclasses import replace

from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.items import pieces
from connector.sandbox.company.office import Office, balanced, percent_of
from connector.sandbox.company.records import Item
from connector.sandbox.company.register import STOCK
from connector.sandbox.company.work_orders import Wish, WorkOrders

_MOST_ON_A_COUNT = 40
_PIECE = 100  # hundredths
_BY_ORDER, _BY_WORKSHEET, _DISTRIBUTED = 50, 20, 25  # percent


class WarehouseWork:
    """What moves goods without a customer or a vendor."""

    def __init__(self, office: Office) -> None:
        self._office, self._clerk, self._stock = office, office.clerk, office.stock
        kits = [item for item in self._stock.items if item.type == "Assembly" and not item.inactive]
        self._kits = {item: pieces(item, self._stock.items) for item in kits}
        self._orders = WorkOrders(office)

    def fill(self, desk: Desk, day: int, places: list[tuple[Item, int, int]]) -> int:
        """What was there when the books were opened: item, location and hundredths of pieces. Answers its value."""
        value = 0
        for start in range(0, len(places), _MOST_ON_A_COUNT):
            part = places[start : start + _MOST_ON_A_COUNT]
            drafts = [self._moved(item, quantity, location, desk) for item, location, quantity in part]
            if self._clerk.enter("InvAdjst", desk, day, balanced(desk.accounts["3100"], drafts)) is None:
                break
            value += sum(draft.foreign for draft in drafts)
            for item, location, quantity in part:
                self._stock.move(item, location, quantity)
        return value

    def _moved(self, item: Item, quantity: int, location: int, desk: Desk) -> Draft:
        cost = self._stock.cost(item, desk.company.id)
        return Draft(item.asset, cost * quantity // 100, item.id, quantity, cost, STOCK, location)

    def count(self, desk: Desk, day: int) -> None:
        """What a count found missing, seldom too much: entered as a difference, or on a worksheet of all that is there."""
        location = self._clerk.pick(desk.locations)
        found: dict[int, tuple[Item, int]] = {}
        for _ in range(self._office.days(1, 3)):
            item = self._office.party(self._stock.items)
            quantity = self._clerk.pick((-500, -300, -200, -100, -100, 100, 200))
            if self._stock.available(item, location) + quantity >= 0:
                found[item.id] = item, quantity
        drafts = [self._moved(item, quantity, location, desk) for item, quantity in found.values()]
        if not sum(draft.foreign for draft in drafts):
            return  # a count that cancels out would leave a main line without amount
        code = "InvWksht" if self._clerk.occurs("InvWksht", _BY_WORKSHEET) else "InvAdjst"
        if self._clerk.enter(code, desk, day, balanced(desk.accounts["5020"], drafts)) is not None:
            for item, quantity in found.values():
                self._stock.move(item, location, quantity)

    def transfer(self, desk: Desk, day: int) -> None:
        """From one location of the subsidiary to another, by itself or as a distribution."""
        if len(desk.locations) < 2:  # noqa: PLR2004 - nowhere to go
            return
        source, target = self._clerk.rng.sample(list(desk.locations), 2)
        item = max(
            (self._office.party(self._stock.items) for _ in range(9)),
            key=lambda one: self._stock.available(one, source),
        )
        quantity = min(self._office.days(2, 15) * 100, self._stock.available(item, source) // 200 * 100)
        if quantity <= 0:
            return
        drafts = [self._moved(item, -quantity, source, desk), self._moved(item, quantity, target, desk)]
        code = "InvDistr" if self._clerk.occurs("InvDistr", _DISTRIBUTED) else "InvTrnfr"
        if self._clerk.enter(code, desk, day, drafts) is not None:
            self._stock.move(item, source, -quantity)
            self._stock.move(item, target, quantity)

    def revalue(self, desk: Desk, day: int) -> None:
        """A new standard cost; what lies in the subsidiary's locations is worth that from then on."""
        stocked = [item for item in self._stock.items if any(self._stock.available(item, at) for at in desk.locations)]
        if not stocked:
            return
        item = self._office.party(stocked)
        old = self._stock.cost(item, desk.company.id)
        new = self._clerk.whole(percent_of(old, self._office.days(90, 115)), desk.company.currency)
        drafts = [
            Draft(item.asset, (new - old) * self._stock.available(item, place) // 100, item.id, 0, new, STOCK, place)
            for place in desk.locations
            if self._stock.available(item, place)
        ]
        if new == old:
            return
        if self._clerk.enter("InvReval", desk, day, balanced(desk.accounts["5030"], drafts)) is not None:
            self._stock.revalue(item, desk.company.id, new)

    def build(self, desk: Desk, day: int) -> None:
        """An assembly from its parts; work and rounding stay in the cost of material."""
        possible = [
            Wish(item, parts, most, location)
            for location in desk.locations
            for item, parts in self._kits.items()
            if (most := min(self._stock.available(part, location) for part in parts)) >= _PIECE
        ]
        if not possible:
            return
        wish = self._office.party(possible)
        wish = replace(wish, quantity=min(wish.quantity // _PIECE, self._office.days(1, 5)) * _PIECE)
        if self._clerk.occurs("WorkOrd", _BY_ORDER):
            self._orders.order(desk, day, wish)
        else:
            moves = [(wish.item, wish.quantity), *((part, -wish.quantity) for part in wish.parts)]
            self._assemble("Build", desk, day, moves, wish.location)

    def unbuild(self, desk: Desk, day: int) -> None:
        """One assembly taken apart again, where there is one."""
        for location in desk.locations:
            for item, parts in self._kits.items():
                if self._stock.available(item, location) >= _PIECE:
                    moves = [(item, -_PIECE), *((part, _PIECE) for part in parts)]
                    return self._assemble("Unbuild", desk, day, moves, location)
        return None

    def _assemble(self, code: str, desk: Desk, day: int, moves: list[tuple[Item, int]], location: int) -> None:
        drafts = [self._moved(item, quantity, location, desk) for item, quantity in moves]
        rest = -sum(draft.foreign for draft in drafts)
        if rest:
            drafts.append(Draft(desk.accounts["5010"], rest))
        if self._clerk.enter(code, desk, day, drafts) is not None:
            for item, quantity in moves:
                self._stock.move(item, location, quantity)
