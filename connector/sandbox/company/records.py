"""The records a company keeps beside its transactions, and the whole of it as one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Currency:
    """`dollars` is what one unit costs in USD at the start; `precision` the decimals an amount in it may have."""

    id: int
    name: str
    symbol: str
    sign: str
    dollars: Decimal
    precision: int


@dataclass(frozen=True, slots=True)
class Subsidiary:
    id: int
    name: str
    full_name: str
    legal_name: str
    parent: int | None
    currency: int
    country: str
    locale: str
    external: str | None
    elimination: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """An accounting book."""

    id: int
    name: str
    external: str | None
    primary: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A department, a class or a location."""

    id: int
    name: str
    full_name: str
    parent: int | None
    subsidiary: str
    external: str | None
    inactive: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    id: int
    name: str
    days: int


@dataclass(frozen=True, slots=True)
class Account:
    """`rate` is the exchange rate the account is consolidated with: Average, Current or Historical.

    `eliminate` marks the accounts of business among subsidiaries.
    """

    id: int
    number: str | None
    name: str
    full_name: str
    type: str
    rate: str
    parent: int | None
    summary: bool
    subsidiaries: str
    special: str | None
    currency: int | None
    description: str | None
    external: str | None
    eliminate: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """One node of the tree of posting periods; `level` is year, quarter, month or adjustment."""

    id: int
    name: str
    start: date
    end: date
    parent: int | None
    level: str
    closed_on: date | None
    locked: bool


@dataclass(frozen=True, slots=True)
class ConsolidatedRate:
    """The rates of one posting period and book from one subsidiary's base currency to that of one above it."""

    id: int
    period: int
    book: int
    from_subsidiary: int
    to_subsidiary: int
    from_currency: int
    to_currency: int
    average: Decimal
    current: Decimal
    historical: Decimal


@dataclass(frozen=True, slots=True)
class CurrencyRate:
    """What one unit of `currency` costs in `base` from a day on."""

    id: int
    base: int
    currency: int
    rate: Decimal
    effective: date


@dataclass(frozen=True, slots=True)
class Entity:
    """A customer, a vendor or an employee (`kind`); they share one sequence of ids, as in NetSuite."""

    id: int
    kind: str
    entityid: str
    name: str
    person: bool
    first_name: str | None
    last_name: str | None
    subsidiary: int
    currency: int
    email: str | None
    phone: str | None
    account_number: str | None
    comments: str | None
    external: str | None
    terms: int | None
    department: int | None
    supervisor: int | None
    salesrep: int | None
    parent: int | None
    credit_limit: int | None
    created: datetime
    modified: datetime
    inactive: bool

    @property
    def title(self) -> str:
        """How NetSuite shows it: its id, then its name where that says more."""
        return self.entityid if self.name == self.entityid else f"{self.entityid} {self.name}"


@dataclass(frozen=True, slots=True)
class Item:
    """`price` and `cost` are in cents of USD."""

    id: int
    name: str
    full_name: str
    display_name: str | None
    description: str | None
    type: str
    parent: int | None
    income: int | None
    expense: int | None
    asset: int | None
    price: int
    cost: int | None
    upc: str | None
    external: str | None
    department: int | None
    classification: int | None
    created: datetime
    modified: datetime
    inactive: bool


@dataclass(frozen=True, slots=True)
class Budget:
    """A year's budget of one account: `amounts` in cents of the subsidiary's currency by posting period, debit positive."""

    id: int
    category: int
    year: int
    subsidiary: int
    account: int
    department: int | None
    classification: int | None
    amounts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything that stands before the first transaction.

    `opening_rates` are the dollars one unit of a currency costs as each month begins, and as the last one ends.
    """

    oneworld: bool
    currencies: Sequence[Currency]
    subsidiaries: Sequence[Subsidiary]
    books: Sequence[Book]
    departments: Sequence[Segment]
    classifications: Sequence[Segment]
    locations: Sequence[Segment]
    terms: Sequence[Term]
    accounts: Sequence[Account]
    periods: Sequence[Period]
    opening_rates: Mapping[int, list[Decimal]]
    currency_rates: Sequence[CurrencyRate]
    consolidated_rates: Sequence[ConsolidatedRate]
    entities: Sequence[Entity]
    items: Sequence[Item]
    budgets: Sequence[Budget]
