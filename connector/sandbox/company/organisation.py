"""Currencies, subsidiaries, segments and terms: the small lists a company is organised by."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from connector.sandbox.company.hostile import external_id
from connector.sandbox.company.records import Book, Currency, Segment, Subsidiary, Term

PARENT = 1
EUROPE = 2
BRITAIN = 3
CANADA = 5
ELIMINATION = 8

USD = 1
GBP = 2
CAD = 3
EUR = 4
WON = 6

PRIMARY_BOOK = 1
SECONDARY_BOOK = 2

CURRENCIES = (
    Currency(USD, "US Dollar", "USD", "$", Decimal(1), 2),
    Currency(GBP, "British Pound", "GBP", "£", Decimal("1.2712"), 2),
    Currency(CAD, "Canadian Dollar", "CAD", "$", Decimal("0.7541"), 2),
    Currency(EUR, "Euro", "EUR", "€", Decimal("1.0874"), 2),
    # Costs less than 0.001 USD, which Java prints as 6.9E-4.
    Currency(WON, "South Korean Won", "KRW", "₩", Decimal("0.00069"), 0),
)

BOOKS = (
    Book(PRIMARY_BOOK, "Primary Accounting Book", "00123", primary=True),
    Book(SECONDARY_BOOK, "IFRS", None, primary=False),
)

_TREE = (
    Subsidiary(
        PARENT, "Parent Company", "Parent Company", '=HYPERLINK("https://evil.example","x")', None, USD, "US", "en_US",
        "00123",
    ),
    Subsidiary(
        EUROPE, "Europe", "Parent Company : Europe", "Müller & Söhne 'Europe' GmbH", PARENT, EUR, "DE", "de_DE",
        "123456789012345678",
    ),
    Subsidiary(
        BRITAIN, "United Kingdom", "Parent Company : Europe : United Kingdom", "O'Brien, Sons & Co. Ltd", EUROPE, GBP,
        "GB", "en_GB", None,
    ),
    Subsidiary(
        CANADA, "Canada", "Parent Company : Canada", "Érable Outils Ltée", PARENT, CAD, "CA", "fr_CA", "10-20",
    ),
    Subsidiary(
        ELIMINATION, "Elimination", "Parent Company : Elimination", "Elimination", PARENT, USD, "US", "en_US", None,
        elimination=True,
    ),
)  # fmt: skip

TERMS = (
    Term(1, "Due on receipt", 0),
    Term(2, "Net 30", 30),
    Term(3, "Net 60", 60),
    Term(5, "1% 10 Net 30", 30),
)


def subsidiaries(*, oneworld: bool) -> tuple[Subsidiary, ...]:
    """The group; without OneWorld the parent alone."""
    return _TREE if oneworld else _TREE[:1]


def trading(companies: Sequence[Subsidiary]) -> tuple[Subsidiary, ...]:
    """Those that buy and sell."""
    return tuple(company for company in companies if not company.elimination)


def ancestors(company: int, companies: Sequence[Subsidiary]) -> list[int]:
    """The subsidiary itself, its parent, and so on to the root."""
    parents = {entry.id: entry.parent for entry in companies}
    found = [company]
    while (parent := parents[found[-1]]) is not None:
        found.append(parent)
    return found


def departments(companies: Sequence[Subsidiary]) -> tuple[Segment, ...]:
    everywhere = shared_by(companies)
    return _tree(
        (1, "Administration", None, everywhere),
        (2, "Sales", None, everywhere),
        (5, "Inside Sales", 2, everywhere),
        (6, "00123", 2, everywhere),
        (7, "Engineering", None, everywhere),
        (8, "Quality 🚀", 7, everywhere),
        (9, '=HYPERLINK("https://evil.example","x")', 7, everywhere),
        (12, "NULL", None, everywhere),
        (13, "10-20", None, everywhere),
    )


def classifications(companies: Sequence[Subsidiary]) -> tuple[Segment, ...]:
    everywhere = shared_by(companies)
    return _tree(
        (1, "Wholesale", None, everywhere),
        (2, "Retail", None, everywhere),
        (4, "1E5", 2, everywhere),
        (5, "O'Brien's", 2, everywhere),
        (6, "Services", None, everywhere),
        (9, "@SUM(A1)", 6, everywhere),
        (10, "-2", None, everywhere),
    )


def locations(companies: Sequence[Subsidiary]) -> tuple[Segment, ...]:
    known = {str(company.id) for company in companies}
    every = (
        (1, "Boston", None, "1"),
        (2, "Warehouse 00123", 1, "1"),
        (3, "+1", 1, "1"),
        (5, "Denver", None, "1"),
        (6, "Köln", None, "2"),
        (8, 'Halle "B"', 6, "2"),
        (9, "first line\nsecond line", 6, "2"),
        (11, "Leeds", None, "3"),
        (12, "1E5", 11, "3"),
        (14, "Montréal", None, "5"),
        (15, "Entrepôt", 14, "5"),
        (17, "Closed", None, "1"),
    )
    return _tree(*(place for place in every if place[3] in known))


def shared_by(companies: Sequence[Subsidiary]) -> str:
    """The ids of all trading subsidiaries, as NetSuite prints a multiple select."""
    return ", ".join(str(company.id) for company in trading(companies))


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
