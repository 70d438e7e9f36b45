"""Goods on hand by item and location, at a standard cost that holds until it is revalued.

Its value is the sum of the inventory accounts to the cent: pieces times cost, in the base currency of the subsidiary
that the location belongs to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from connector.sandbox.company.exchange_rates import Rates, as_whole, between, convert
from connector.sandbox.company.organisation import USD
from connector.sandbox.company.records import Item, Organisation


class Stock:
    """What lies where, in hundredths of a piece, and what is on its way."""

    def __init__(self, organisation: Organisation, rates: Rates) -> None:
        self.on_hand: Counter[tuple[int, int]] = Counter()
        self.on_order: Counter[tuple[int, int]] = Counter()
        self.items: Sequence[Item] = [item for item in organisation.items if item.asset is not None]
        self._costs: dict[tuple[int, int], int] = {}
        self._rates = {
            company.id: as_whole(between(rates, USD, company.currency, 0)) for company in organisation.subsidiaries
        }

    def cost(self, item: Item, subsidiary: int) -> int:
        """Cents of the subsidiary's currency one piece costs."""
        known = self._costs.get((item.id, subsidiary))
        if known is None:
            known = max(1, convert(item.cost or item.price, self._rates[subsidiary]))
            self._costs[item.id, subsidiary] = known
        return known

    def revalue(self, item: Item, subsidiary: int, cost: int) -> None:
        """From now on a piece costs so much there."""
        self._costs[item.id, subsidiary] = cost

    def available(self, item: Item, location: int) -> int:
        return self.on_hand[item.id, location]

    def move(self, item: Item, location: int, quantity: int) -> None:
        self.on_hand[item.id, location] += quantity
