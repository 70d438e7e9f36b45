"""What was entered: transactions and their lines, before any table or report is made of them.

Amounts are whole cents, debit positive, so that sums are exact without a decimal context. The tables and the books
are both computed from these, and from nothing of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One line; number 0 is the main line.

    `amount` is in cents of the subsidiary's base currency, `foreign` in cents of the transaction's currency. A line
    without account carries no amount (the main line of a receipt or a fulfilment). `quantity` is in hundredths of a
    unit and negative where goods leave, `price` in cents of the transaction's currency.
    """

    number: int
    key: int
    account: int | None
    amount: int
    foreign: int
    memo: str | None
    note: str | None
    department: int | None
    classification: int | None
    location: int | None
    item: int | None = None
    quantity: int | None = None
    price: int | None = None
    tax: bool = False
    cogs: bool = False


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction. `rate` turns its currency into the subsidiary's base currency.

    `total` and `foreign_total` are those of the main line, debit positive; for a journal, which has no main side, the
    sum of its debits. An open invoice or bill is unpaid in full, any other paid in full.
    """

    id: int
    type: str
    tranid: str
    number: str
    external: str | None
    day: date
    due: date | None
    created: datetime
    modified: datetime
    period: int
    subsidiary: int
    entity: int | None
    employee: int | None
    currency: int
    rate: Decimal
    status: str
    posting: bool
    memo: str | None
    reference: str | None
    terms: int | None
    source_order: int | None
    lines: tuple[Line, ...]
    total: int
    foreign_total: int
