"""Currencies, subsidiaries, segments and terms: the small lists a company is organised by."""

from __future__ import annotations

from decimal import Decimal

from connector.sandbox.company.hostile import external_id
from connector.sandbox.company.records import Currency, Segment, Subsidiary, Term

PARENT = 1
FOREIGN = 2

USD = 1
EUR = 4
WON = 6

CURRENCIES = (
    Currency(USD, "US Dollar", "USD", "$", Decimal(1), 2),
    Currency(2, "British Pound", "GBP", "£", Decimal("1.2712"), 2),
    Currency(3, "Canadian Dollar", "CAD", "$", Decimal("0.7541"), 2),
    Currency(EUR, "Euro", "EUR", "€", Decimal("1.0874"), 2),
    # Costs less than 0.001 USD, which Java prints as 6.9E-4.
    Currency(WON, "South Korean Won", "KRW", "₩", Decimal("0.00069"), 0),
)

SUBSIDIARIES = (
    Subsidiary(
        PARENT,
        "Parent Company",
        "Parent Company",
        '=HYPERLINK("https://evil.example","x")',
        None,
        USD,
        "US",
        "en_US",
        "00123",
    ),
    Subsidiary(
        FOREIGN,
        "Europe",
        "Parent Company : Europe",
        "Müller & Söhne 'Europe' GmbH",
        PARENT,
        EUR,
        "DE",
        "de_DE",
        "123456789012345678",
    ),
)

TERMS = (
    Term(1, "Due on receipt", 0),
    Term(2, "Net 30", 30),
    Term(3, "Net 60", 60),
    Term(5, "1% 10 Net 30", 30),
)

BOTH = f"{PARENT}, {FOREIGN}"


def base_currency(subsidiary: int) -> int:
    """The currency the subsidiary keeps its books in."""
    return next(entry.currency for entry in SUBSIDIARIES if entry.id == subsidiary)


def departments() -> tuple[Segment, ...]:
    return _tree(
        (1, "Administration", None, BOTH),
        (2, "Sales", None, BOTH),
        (5, "Inside Sales", 2, BOTH),
        (6, "00123", 2, BOTH),
        (7, "Engineering", None, BOTH),
        (8, "Quality 🚀", 7, BOTH),
        (9, '=HYPERLINK("https://evil.example","x")', 7, BOTH),
        (12, "NULL", None, BOTH),
        (13, "10-20", None, BOTH),
    )


def classifications() -> tuple[Segment, ...]:
    return _tree(
        (1, "Wholesale", None, BOTH),
        (2, "Retail", None, BOTH),
        (4, "1E5", 2, BOTH),
        (5, "O'Brien's", 2, BOTH),
        (6, "Services", None, BOTH),
        (9, "@SUM(A1)", 6, BOTH),
        (10, "-2", None, BOTH),
    )


def locations() -> tuple[Segment, ...]:
    return _tree(
        (1, "Boston", None, "1"),
        (2, "Warehouse 00123", 1, "1"),
        (3, "+1", 1, "1"),
        (5, "Denver", None, "1"),
        (6, "Köln", None, "2"),
        (8, 'Halle "B"', 6, "2"),
        (9, "first line\nsecond line", 6, "2"),
    )


def _tree(*rows: tuple[int, str, int | None, str]) -> tuple[Segment, ...]:
    """Segments whose full names lead from the root, as NetSuite shows them: `Sales : Inside Sales`."""
    full_names: dict[int | None, str] = {}
    segments = []
    for place, (number, name, parent, subsidiary) in enumerate(rows):
        full_names[number] = f"{full_names[parent]} : {name}" if parent else name
        inactive = place == len(rows) - 1
        segments.append(
            Segment(number, name, full_names[number], parent, subsidiary, external_id(number), inactive=inactive)
        )
    return tuple(segments)
