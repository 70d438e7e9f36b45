"""Work orders: assemblies that are planned, take their parts into work in process, and are completed and closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.office import Office, balanced
from connector.sandbox.company.records import Item
from connector.sandbox.company.register import STOCK

_SPOILT = 30  # of a hundred orders need a part more than planned


@dataclass(frozen=True, slots=True)
class Wish:
    """So much of an assembly, in hundredths, from one piece of each part, at one location."""

    item: Item
    parts: Sequence[Item]
    quantity: int
    location: int


@dataclass(slots=True)
class _Work:
    """One order on its way; `value` is what its parts cost, in cents."""

    id: int
    desk: Desk
    wish: Wish
    value: int = 0


class WorkOrders:
    """From the plan to the variance."""

    def __init__(self, office: Office) -> None:
        self._office, self._clerk, self._stock = office, office.clerk, office.stock

    def order(self, desk: Desk, day: int, wish: Wish) -> None:
        """The plan, which does not post; the parts are needed some days later."""
        drafts = [self._planned(part, wish, desk) for part in wish.parts]
        entered = self._clerk.enter("WorkOrd", desk, day, balanced(desk.accounts["9050"], drafts))
        if entered is not None:
            work = _Work(entered.id, desk, wish)
            self._office.later(day + self._office.days(1, 6), lambda then: self._issue(work, then))

    def _planned(self, part: Item, wish: Wish, desk: Desk) -> Draft:
        cost = self._stock.cost(part, desk.company.id)
        return Draft(part.asset, cost * wish.quantity // 100, part.id, wish.quantity, cost, location=wish.location)

    def _issue(self, work: _Work, day: int) -> None:
        """Parts leave the stock for work in process, now and then one piece more; without parts the order is closed."""
        clerk, wish, desk, stock = self._clerk, work.wish, work.desk, self._stock
        taken = [(part, wish.quantity) for part in wish.parts]
        if clerk.chance(_SPOILT):
            taken[0] = taken[0][0], wish.quantity + 100
        if any(stock.available(part, wish.location) < quantity for part, quantity in taken) or not clerk.has_room:
            clerk.became(work.id, "H")
            clerk.touch(work.id, day)
            return
        drafts = []
        for part, quantity in taken:
            cost = stock.cost(part, desk.company.id)
            drafts.append(Draft(part.asset, -cost * quantity // 100, part.id, -quantity, cost, STOCK, wish.location))
        entered = clerk.must_enter("WOIssue", desk, day, balanced(desk.accounts["1240"], drafts), source=work.id)
        work.value = -sum(draft.foreign for draft in drafts)
        for number, (part, quantity) in enumerate(taken, 1):
            stock.move(part, wish.location, -quantity)
            clerk.shipped(work.id, number, min(quantity, wish.quantity))
        self._now(work, "D", entered.day)
        self._office.later(day + self._office.days(1, 8), lambda then: self._complete(work, then))

    def _complete(self, work: _Work, day: int) -> None:
        """The assemblies at their standard cost; the order is closed soon after."""
        wish, desk = work.wish, work.desk
        cost = self._stock.cost(wish.item, desk.company.id)
        made = Draft(
            wish.item.asset, cost * wish.quantity // 100, wish.item.id, wish.quantity, cost, STOCK, wish.location
        )
        if self._clerk.enter("WOCompl", desk, day, balanced(desk.accounts["1240"], [made]), source=work.id) is None:
            return
        self._stock.move(wish.item, wish.location, wish.quantity)
        work.value -= made.foreign
        self._now(work, "G", day)
        self._office.later(day + self._office.days(0, 5), lambda then: self._close(work, then))

    def _close(self, work: _Work, day: int) -> None:
        """What is left in work in process is work done, or parts that were spoilt."""
        desk = work.desk
        drafts = balanced(desk.accounts["1240"], [Draft(desk.accounts["5030"], work.value)])
        if not work.value or self._clerk.enter("WOClose", desk, day, drafts, source=work.id) is not None:
            self._now(work, "H", day)

    def _now(self, work: _Work, status: str, day: int) -> None:
        self._clerk.became(work.id, status)
        self._clerk.touch(work.id, day)
