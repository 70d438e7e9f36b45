"""Invoices and bills that are not settled: what they still owe, and what settling a part of one takes off its account.

A document's open amount in base currency is its open amount at its own rate, rounded. So what a payment takes off the
account is what that changes by, and the account's balance is the sum of its open documents to the cent at any time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from connector.sandbox.company.desk import Desk
from connector.sandbox.company.exchange_rates import convert
from connector.sandbox.company.records import Entity

Exposure = dict[tuple[int, int], list[int]]


@dataclass(frozen=True, slots=True)
class Deal:
    """Who buys or sells with whom, in which currency."""

    desk: Desk
    entity: Entity
    currency: int


@dataclass(slots=True)
class Document:
    """An invoice, a bill, or a credit that waits for one; amounts in positive cents."""

    id: int
    entity: Entity
    deal: Deal
    rate: int
    day: int
    due: int
    open: int
    open_base: int

    @property
    def desk(self) -> Desk:
        return self.deal.desk

    @property
    def currency(self) -> int:
        return self.deal.currency

    @property
    def subsidiary(self) -> int:
        return self.deal.desk.company.id


class OpenItems:
    """The open documents of one side of the ledger, by subsidiary, entity and currency."""

    def __init__(self) -> None:
        self._in: defaultdict[int, dict[int, Document]] = defaultdict(dict)
        self._of: defaultdict[tuple[int, int, int], dict[int, Document]] = defaultdict(dict)
        # Open in foreign currency and in base currency, by subsidiary and currency.
        self.exposure: Exposure = defaultdict(lambda: [0, 0])

    def add(self, document: Document) -> None:
        self._of[document.subsidiary, document.entity.id, document.currency][document.id] = document
        self._in[document.subsidiary][document.id] = document
        total = self.exposure[document.subsidiary, document.currency]
        total[0] += document.open
        total[1] += document.open_base

    def settle(self, document: Document, amount: int) -> int:
        """Take so much of the document's currency off it; answers the same in base currency."""
        left = document.open - amount
        relief = document.open_base - convert(left, document.rate)
        total = self.exposure[document.subsidiary, document.currency]
        total[0] -= amount
        total[1] -= relief
        document.open, document.open_base = left, document.open_base - relief
        if not left:
            del self._of[document.subsidiary, document.entity.id, document.currency][document.id]
            del self._in[document.subsidiary][document.id]
        return relief

    def latest(self, desk: Desk) -> Document | None:
        """The last one of the subsidiary, if it is in its own currency."""
        found = next(reversed(self._in[desk.company.id].values()), None)
        return found if found is not None and found.currency == desk.company.currency else None

    def latest_of(self, document: Document, day: int) -> Document | None:
        """The last one of the same entity and currency that is due by the day."""
        others = self._of[document.subsidiary, document.entity.id, document.currency].values()
        return next((other for other in reversed(others) if other.due <= day), None)

    def overdue(self, desk: Desk, day: int) -> Iterator[Document]:
        """Those of the subsidiary, in its own currency, that were due before the day, oldest first."""
        own = (one for one in self._in[desk.company.id].values() if one.currency == desk.company.currency)
        return (one for one in own if one.due < day)

    def due_beside(self, document: Document, day: int, most: int) -> list[Document]:
        """Others of the same entity that are due by the day, oldest first."""
        others = self._of[document.subsidiary, document.entity.id, document.currency].values()
        return [other for other in others if other.due <= day and other.id != document.id][:most]
