"""What everyone who enters transactions shares: the clerk, the agenda, open items, stock, and what is to be spread."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from connector.sandbox.company.clerk import Clerk
from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft, Entered
from connector.sandbox.company.exchange_rates import convert
from connector.sandbox.company.open_items import Deal, Document, OpenItems
from connector.sandbox.company.records import Entity, Item
from connector.sandbox.company.stock import Stock

T = TypeVar("T")
_SATURDAY = 5
Task = Callable[[int], None]

# The exponent of a random number: the first customers buy most, and none buys everything.
_POPULARITY = 1.7
_FEWEST_GOODS, _LINES_A_GOOD, _UNUSUAL, _MAIN_LOCATION = 8, 900, 4, 65


@dataclass(frozen=True, slots=True)
class Undeposited:
    """Money received that has not been taken to the bank, in base currency."""

    id: int
    code: str
    amount: int
    day: int


class Office:
    """The state of the company while its years pass."""

    def __init__(self, clerk: Clerk, desks: dict[int, Desk], stock: Stock, lines: int) -> None:
        """`lines` is the size of the company: a small one sells few goods, or none would sell twice."""
        self.clerk, self.desks, self.stock = clerk, desks, stock
        self.receivables, self.payables = OpenItems(), OpenItems()
        self.undeposited: defaultdict[int, deque[Undeposited]] = defaultdict(deque)
        # By subsidiary and month: revenue so far, and what is to be released from deferrals, in base currency.
        self.revenue: Counter[tuple[int, int]] = Counter()
        self.unearned: Counter[tuple[int, int]] = Counter()
        self.prepaid: Counter[tuple[int, int]] = Counter()
        # What accounts owe at the moment, by subsidiary and account number.
        self.owed: Counter[tuple[int, str]] = Counter()
        self.assets: Counter[int] = Counter()
        self._agenda: defaultdict[int, list[Task]] = defaultdict(list)
        self._items: dict[str, list[Item]] = {}
        for item in clerk.organisation.items:
            if not item.inactive and item.income is not None:
                self._items.setdefault("Goods" if item.asset is not None else item.type, []).append(item)
        self._sold = self._items["Goods"][: max(_FEWEST_GOODS, lines // _LINES_A_GOOD)]

    def later(self, day: int, task: Task, *, exact: bool = False) -> None:
        """Do that on the day, or on the Monday after a weekend; what falls behind the last day never happens."""
        weekday = (day - 1) % 7  # of an ordinal; 0 is Monday
        self._agenda[day if exact or weekday < _SATURDAY else day + 7 - weekday].append(task)

    def do_due(self, day: int) -> None:
        while tasks := self._agenda.pop(day, None):
            for task in tasks:
                task(day)

    def days(self, low: int, high: int) -> int:
        return low + int(self.clerk.rng.random() * (high - low + 1))

    def party(self, parties: Sequence[T]) -> T:
        """The first ones come often."""
        return parties[int(self.clerk.rng.random() ** _POPULARITY * len(parties))]

    def goods(self) -> Item:
        """What sells; now and then anything."""
        return self.clerk.pick(self._items["Goods"]) if self.clerk.chance(_UNUSUAL) else self.party(self._sold)

    def warehouse(self, desk: Desk) -> int:
        """The location that serves an order: mostly the first."""
        return desk.locations[0] if self.clerk.chance(_MAIN_LOCATION) else self.clerk.pick(desk.locations)

    def item(self, kind: str) -> Item:
        return self.clerk.pick(self._items[kind])

    def price(self, item: Item, currency: int, month: int) -> int:
        """The item's price in that currency, in whole units of it."""
        return self.clerk.whole(convert(item.price, self.clerk.rate(1, currency, month)), currency)

    def amount(self, low: float, high: float, currency: int, month: int) -> int:
        """Cents worth between 10**low and 10**high cents of a dollar; small amounts are as likely as large ones."""
        cents = int(10 ** (low + self.clerk.rng.random() * (high - low)))
        return self.clerk.whole(convert(cents, self.clerk.rate(1, currency, month)), currency)

    def sale_to(self, desk: Desk) -> Deal:
        """With one of the customers, in the currency of that one."""
        customer = self.party(desk.customers)
        return Deal(desk, customer, customer.currency)

    def purchase_at_home(self, desk: Desk) -> Deal:
        """From a vendor paid in the subsidiary's own currency."""
        return Deal(desk, self.party(desk.home_vendors), desk.company.currency)

    def owes(self, desk: Desk, number: str, amount: int) -> None:
        self.owed[desk.company.id, number] += amount

    def document(self, entered: Entered, deal: Deal, amount: int, *, days: int = 0) -> Document:
        """An open invoice, bill or credit of `amount` in its currency, due so many days after it was entered."""
        rate = self.clerk.rate(deal.currency, deal.desk.company.currency, self.clerk.month(entered.day))
        self.clerk.still_open(entered.id, amount)
        worth = convert(amount, rate)
        return Document(entered.id, deal.entity, deal, rate, entered.day, entered.day + days, amount, worth)

    def terms(self, entity: Entity) -> int:
        """The days until what this one owes or is owed is due."""
        return next((term.days for term in self.clerk.organisation.terms if term.id == entity.terms), 0)


def percent_of(cents: int, percent: int) -> int:
    """A part of a positive amount, rounded half up."""
    return (cents * percent + 50) // 100


def balanced(main: int | None, drafts: list[Draft], *, location: int | None = None) -> list[Draft]:
    """The main line takes what the other lines leave."""
    return [Draft(main, -sum(draft.foreign for draft in drafts), location=location), *drafts]
