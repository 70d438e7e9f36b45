"""aggregateitemlocation: what lies where, what is promised and what is on its way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from connector.sandbox.company.exchange_rates import as_whole, between, convert
from connector.sandbox.company.organisation import USD
from connector.sandbox.company.records import Organisation
from connector.sandbox.company.register import STOCK, Register
from connector.sandbox.company.tables.build import Field, field, money, table
from connector.sandbox.table import Kind, Table

_ORDERS = {"SalesOrd": "committed", "WorkOrd": "committed", "PurchOrd": "coming"}


@dataclass(frozen=True, slots=True)
class Held:
    """One item at one location, in hundredths of pieces; `cost` and `value` in cents of the location's subsidiary."""

    item: int
    location: int
    on_hand: int
    committed: int
    coming: int
    cost: int
    value: int


def stock_table(organisation: Organisation, register: Register) -> Table:
    """From the lines that move goods, and from what orders still wait for."""
    moved: Counter[tuple[int, int]] = Counter()
    values: Counter[tuple[int, int]] = Counter()
    costs = _Costs(organisation)
    waiting: dict[str, Counter[tuple[int, int]]] = {name: Counter() for name in _ORDERS.values()}
    heads = register.headers.select(["id", "type", "status"]).to_pylist()
    orders = {row["id"]: _ORDERS[row["type"]] for row in heads if row["type"] in _ORDERS and row["status"] != "H"}
    names = ("transaction", "number", "item", "location", "quantity", "amount", "price", "marks", "shipped")
    for line in zip(*(register.lines.column(name).to_pylist() for name in names), strict=True):
        transaction, number, item, location, quantity, amount, price, marks, shipped = line
        if marks & STOCK:
            moved[item, location] += quantity
            values[item, location] += amount
            costs.became(item, location, price)
        elif transaction in orders and item is not None and location is not None and number:
            waiting[orders[transaction]][item, location] += abs(quantity) - shipped
    places = sorted({*moved, *waiting["committed"], *waiting["coming"]})
    stocked = {item.id for item in organisation.items if item.asset is not None}
    held = [
        Held(item, place, moved[item, place], waiting["committed"][item, place], waiting["coming"][item, place],
             costs.of(item, place), values[item, place])
        for item, place in places
        if item in stocked
    ]  # fmt: skip
    return table("aggregateitemlocation", held, _HELD)


class _Costs:
    """Standard costs by item and subsidiary: that of the item until goods moved at another."""

    def __init__(self, organisation: Organisation) -> None:
        self._items = {item.id: item for item in organisation.items}
        self._known: dict[tuple[int, str], int] = {}
        self._subsidiary = {place.id: place.subsidiary for place in organisation.locations}
        currency = {str(company.id): company.currency for company in organisation.subsidiaries}
        rates = organisation.opening_rates
        self._rates = {
            place.id: as_whole(between(rates, USD, currency[place.subsidiary], 0)) for place in organisation.locations
        }

    def became(self, item: int, location: int, cost: int) -> None:
        self._known[item, self._subsidiary[location]] = cost

    def of(self, item: int, location: int) -> int:
        known = self._known.get((item, self._subsidiary[location]))
        if known is not None:
            return known
        standard = self._items[item]
        return max(1, convert(standard.cost or standard.price, self._rates[location]))


_HELD: Sequence[Field[Held]] = (
    field("item", Kind.ID, lambda h: h.item, "item.fullname"),
    field("location", Kind.ID, lambda h: h.location, "location.fullname"),
    field("quantityonhand", Kind.RATE, lambda h: money(h.on_hand)),
    field("quantitycommitted", Kind.RATE, lambda h: money(min(h.on_hand, h.committed))),
    field("quantityavailable", Kind.RATE, lambda h: money(max(0, h.on_hand - h.committed))),
    field("quantitybackordered", Kind.RATE, lambda h: money(max(0, h.committed - h.on_hand))),
    field("quantityonorder", Kind.RATE, lambda h: money(h.coming)),
    field("averagecostmli", Kind.RATE, lambda h: money(h.cost)),
    field("onhandvaluemli", Kind.MONEY, lambda h: money(h.value)),
)
