"""What was entered: transactions, their lines and the links between them, before any table or report is made of them.

Amounts are whole cents, debit positive, so that sums are exact without a decimal context. While the company is made,
rows are tuples; afterwards they are three Arrow tables, which the tables of SuiteQL and the books are both computed
from, and from nothing of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, get_type_hints

import pyarrow as pa
import pyarrow.compute as pc

TAX, COST, STOCK = 1, 2, 4  # marks of a line
PAYMENT, BILLING, SHIPPING, DEPOSITING = "Payment", "OrdBill", "ShipRcpt", "DepPymt"  # kinds of links
BOTH_BOOKS = 0
MOST_LINES = 10_000  # of one transaction; makes one key of transaction and line
EPOCH = date(1970, 1, 1).toordinal()
_CHUNK = 200_000


class Header(NamedTuple):
    """One transaction.

    `rate` turns its currency into the subsidiary's base currency, in hundred-millionths. `total` and `foreign_total`
    are those of the main line, debit positive; for a journal, which has no main side, the sum of its debits.
    `foreign_open` is what is still to be paid or applied of it, in cents of its currency and never negative.
    Days are ordinals, times seconds since 1970 on the account's clock. `book` is the one book it is entered in, or
    BOTH_BOOKS.
    """

    id: int
    type: str
    tranid: str
    number: str
    external: str | None
    day: int
    due: int | None
    created: int
    modified: int
    period: int
    subsidiary: int
    entity: int | None
    employee: int | None
    currency: int
    rate: int
    status: str
    posting: bool
    book: int
    memo: str | None
    reference: str | None
    terms: int | None
    total: int
    foreign_total: int
    foreign_open: int
    partner: int | None
    twin: int | None
    reverses: int | None


class Line(NamedTuple):
    """One line; number 0 is the main line.

    `account` is that of the primary book, `account2` that of the secondary book. A line without account carries no
    amount (the main line of a receipt or a fulfilment). `amount` is in cents of the subsidiary's base currency,
    `foreign` in cents of the transaction's. `quantity` is in hundredths of a unit and negative where goods leave,
    `price` in cents of the transaction's currency. `source` is the order it was made from, `partner` the subsidiary it
    is due to or from, `marks` are TAX, COST, STOCK. Of an order's line `shipped` and `billed` are hundredths.
    """

    transaction: int
    number: int
    account: int | None
    account2: int | None
    amount: int
    foreign: int
    memo: str | None
    note: str | None
    department: int | None
    classification: int | None
    location: int | None
    item: int | None
    quantity: int | None
    price: int | None
    marks: int
    source: int | None
    partner: int | None
    shipped: int
    billed: int


class Link(NamedTuple):
    """What a line is to one before it: the payment of an invoice, the fulfilment of an order's line."""

    kind: str
    previous: int
    previous_line: int
    next: int
    next_line: int
    foreign: int
    quantity: int
    day: int


_I, _T, _B = pa.int64(), pa.string(), pa.bool_()
_TYPES: Mapping[object, pa.DataType] = {int: _I, int | None: _I, str: _T, str | None: _T, bool: _B}


def schema(row: type[tuple[Any, ...]]) -> pa.Schema:
    """The Arrow schema of one of the three."""
    return pa.schema([(name, _TYPES[kind]) for name, kind in get_type_hints(row).items()])


HEADERS, LINES, LINKS = schema(Header), schema(Line), schema(Link)


@dataclass(frozen=True, slots=True)
class Register:
    """All that was entered. Headers by id; lines by transaction and number; links in the order they were made."""

    headers: pa.Table
    lines: pa.Table
    links: pa.Table


class Rows:
    """Rows on their way into a table: tuples up to a chunk, Arrow beyond."""

    def __init__(self, layout: pa.Schema) -> None:
        self._layout = layout
        self._fresh: list[tuple[Any, ...]] = []
        self._batches: list[pa.RecordBatch] = []

    def add(self, row: tuple[Any, ...]) -> None:
        self._fresh.append(row)
        if len(self._fresh) >= _CHUNK:
            self._flush()

    def extend(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._fresh.extend(rows)
        if len(self._fresh) >= _CHUNK:
            self._flush()

    def table(self) -> pa.Table:
        self._flush()
        return pa.Table.from_batches(self._batches, schema=self._layout)

    def _flush(self) -> None:
        if self._fresh:
            columns = zip(*self._fresh, strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns, self._layout, strict=True)]
            self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=self._layout))
            self._fresh.clear()


def amended(table: pa.Table, column: str, places: Callable[[], Any], values: Mapping[Any, Any]) -> pa.Table:
    """The table with other values in one column, where `places` (a key for each row) finds one in `values`."""
    if not values:
        return table
    index = table.column_names.index(column)
    old = table.column(column).to_pylist()
    new = [values.get(key, value) for key, value in zip(places(), old, strict=True)]
    return table.set_column(index, table.schema.field(index), pa.array(new, table.schema.field(index).type))


def only(register: Register, ids: Sequence[int]) -> Register:
    """These transactions with their lines, and the links that go back from them."""
    wanted = pa.array(ids, _I)
    return Register(
        register.headers.filter(pc.is_in(register.headers.column("id"), wanted)),
        register.lines.filter(pc.is_in(register.lines.column("transaction"), wanted)),
        register.links.filter(pc.is_in(register.links.column("next"), wanted)),
    )


def without(register: Register, ids: Sequence[int]) -> Register:
    """All other transactions with their lines and links."""
    gone = pa.array(ids, _I)
    return Register(
        register.headers.filter(pc.invert(pc.is_in(register.headers.column("id"), gone))),
        register.lines.filter(pc.invert(pc.is_in(register.lines.column("transaction"), gone))),
        register.links.filter(pc.invert(pc.is_in(register.links.column("next"), gone))),
    )


def together(first: Register, second: Register) -> Register:
    """Both, headers by id and lines by transaction and number."""
    headers = pa.concat_tables([first.headers, second.headers]).sort_by("id")
    lines = pa.concat_tables([first.lines, second.lines])
    lines = lines.sort_by([("transaction", "ascending"), ("number", "ascending")])
    return Register(headers, lines, pa.concat_tables([first.links, second.links]))


def of_rows(headers: Sequence[Header], lines: Sequence[Line], links: Sequence[Link]) -> Register:
    """A register of these alone."""
    tables = []
    for layout, rows in ((HEADERS, headers), (LINES, lines), (LINKS, links)):
        collected = Rows(layout)
        collected.extend(rows)
        tables.append(collected.table())
    return Register(*tables)
