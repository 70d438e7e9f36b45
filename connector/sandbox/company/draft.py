"""A transaction before it is entered: its lines, and what its header says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from connector.sandbox.company.records import Entity


@dataclass(slots=True)
class Draft:
    """A line before it is entered: cents of the transaction's currency, quantity in hundredths.

    `base` overrides the converted amount. `account2` is the account in the secondary book where it is another.
    """

    account: int | None
    foreign: int
    item: int | None = None
    quantity: int | None = None
    price: int | None = None
    marks: int = 0
    location: int | None = None
    base: int | None = None
    account2: int | None = None
    partner: int | None = None
    department: int | None = None
    memo: str | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of drafts: the transaction's id and its amounts in base currency, line by line."""

    id: int
    day: int
    amounts: Sequence[int]


class About(TypedDict, total=False):
    """What a header may say: see `register.Header`. `open_amount` is what is to be paid or applied, in cents."""

    entity: Entity | None
    currency: int
    rate: int
    period: int
    memo: str | None
    status: str | None
    source: int | None
    book: int
    partner: int
    twin: int | None
    reverses: int
    open_amount: int
