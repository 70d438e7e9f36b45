"""A small account for the engine's tests: a few transactions and customers, with what hurts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa

from connector.sandbox.table import Column, Dataset, Kind, Table

NOW = datetime(2026, 2, 3, 4, 5, 6)  # noqa: DTZ001 - the account's wall clock; a Tuesday
WRITTEN = datetime(2026, 1, 5, 13, 30, 15)  # noqa: DTZ001 - the account's wall clock

_ARROW = {
    Kind.ID: pa.int64(), Kind.INTEGER: pa.int64(), Kind.TEXT: pa.string(), Kind.MONEY: pa.decimal128(18, 2),
    Kind.RATE: pa.decimal128(28, 10), Kind.BOOLEAN: pa.string(), Kind.DATE: pa.date32(),
    Kind.DATETIME: pa.timestamp("us"),
}  # fmt: skip


def table(name: str, columns: Sequence[tuple[str, Kind] | tuple[str, Kind, str]], rows: Sequence[Sequence[object]]):
    arrays = {c[0]: pa.array([row[i] for row in rows], _ARROW[c[1]]) for i, c in enumerate(columns)}
    return Table(name, [Column(*c) for c in columns], pa.table(arrays))


def dataset_of(*tables: Table, lists: dict[str, dict[str, str]] | None = None) -> Dataset:
    return Dataset({t.name: t for t in tables}, lists or {})


def day(text: str) -> date:
    return date.fromisoformat(text)


CUSTOMERS = table(
    "customer",
    [("id", Kind.ID), ("entityid", Kind.TEXT), ("email", Kind.TEXT)],
    [(10, "Acme", "a@acme.example"), (11, "Bolt", ""), (12, "Zed", None)],
)
HOSTILE = '=HYPERLINK("https://evil.example","x")\nline two 😀'
TRANSACTIONS = table(
    "transaction",
    [
        ("id", Kind.ID), ("tranid", Kind.TEXT), ("type", Kind.TEXT), ("trandate", Kind.DATE), ("total", Kind.MONEY),
        ("entity", Kind.ID, "customer.entityid"), ("status", Kind.TEXT, "list:status"), ("posting", Kind.BOOLEAN),
        ("createddate", Kind.DATETIME), ("memo", Kind.TEXT), ("exchangerate", Kind.RATE),
    ],
    [
        (1, "INV1", "CustInvc", day("2026-01-05"), Decimal("1250.50"), 10, "A", "T",
         WRITTEN, HOSTILE, Decimal("1.25")),
        (2, "00123", "CustInvc", day("2026-01-31"), Decimal("24020864.83"), 11, "B", "T", None, None, Decimal(1)),
        (3, "1E5", "VendBill", day("2026-02-01"), Decimal("-100.00"), None, "A", "F", None, "", None),
        (4, "123456789012345678", "Journal", None, None, 99, None, None, None, "10-20", Decimal("0.0005")),
    ],
)  # fmt: skip
ACCOUNT = dataset_of(TRANSACTIONS, CUSTOMERS, lists={"status": {"A": "Open", "B": "Paid In Full"}})
