"""The first entries: what the companies owned when their books were opened, and three sums that try arithmetic.

Amounts in cents, debit positive; the capital takes the rest. They grow with the company, but for two balances that
stand on both sides of 10,000,000, where Java begins to print a double in scientific notation; 0.10 + 0.20 is not 0.30
in binary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from connector.sandbox.company.clerk import Clerk
from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.organisation import BRITAIN, CANADA, ELIMINATION, EUROPE, PARENT, PRIMARY_BOOK
from connector.sandbox.company.records import Item

_USUAL_LINES = 10_000  # of the company whose balances these are
_FIXED: Mapping[int, Mapping[str, int]] = {
    PARENT: {"00123": 1_000_10, "1010": 10_000_000_00, "1040": 9_999_999_99},
}
_GROWING: Mapping[int, Mapping[str, int]] = {
    PARENT: {
        "1000": 911_728_390, "1E5": 2_500_000, "10-20": 1_200_007, "1510": 45_000_000, "1590": -15_000_165,
        "2700": -120_000_000, "3200": -200_000_010,
    },
    EUROPE: {
        "1020": 355_493_825, "1E5": 800_000, "10-20": 410_000, "1510": 20_000_000, "1590": -4_999_995,
        "2700": -45_000_000, "3200": -75_000_000,
    },
    BRITAIN: {"1025": 216_054_935, "1510": 12_500_000, "2700": -15_000_000, "3200": -40_000_005},
    CANADA: {"1030": 271_605_490, "1510": 15_000_000, "2700": -20_000_000, "3200": -45_000_000},
}  # fmt: skip
_CAPITAL, _BONDS, _OPENING, _INVESTMENT, _TRANSLATION = "3000", "2750", "3100", "1900", "3450"
_STOCKED_FROM, _PIECES = 1_200, (30, 90)


@dataclass(frozen=True, slots=True)
class Opened:
    """What later entries go on from, in cents by subsidiary."""

    assets: Counter[int] = field(default_factory=Counter)
    written_off: Counter[int] = field(default_factory=Counter)
    loans: Counter[int] = field(default_factory=Counter)
    capital: Counter[int] = field(default_factory=Counter)


def open_books(clerk: Clerk, desks: Mapping[int, Desk], day: int, lines: int) -> Opened:
    """The opening journals."""
    opened = Opened()
    for company, growing in _GROWING.items():
        desk = desks.get(company)
        if desk is None:
            continue
        amounts = {
            number: max(1, abs(cents) * lines // _USUAL_LINES) * (1 if cents > 0 else -1)
            for number, cents in growing.items()
        }
        fixed = _FIXED.get(company, {})
        amounts |= fixed
        if fixed:
            amounts[_BONDS] = -sum(fixed.values())  # the money lies there for what was borrowed
        opened.capital[company] = sum(amounts.values())
        amounts[_CAPITAL] = -opened.capital[company]
        drafts = [Draft(desk.accounts[number], amount) for number, amount in amounts.items()]
        clerk.enter("Journal", desk, day, drafts, memo="Opening balances")
        opened.assets[company] = amounts["1510"]
        opened.written_off[company] = -amounts.get("1590", 0)
        opened.loans[company] = -amounts["2700"]
    parent = desks[PARENT]
    three = [Draft(parent.accounts[number], cents) for number, cents in (("6700", 10), ("6400", 20), ("2100", -30))]
    clerk.enter("Journal", parent, day, three, memo="0.10 + 0.20")
    return opened


def pay_in_goods(clerk: Clerk, desk: Desk, day: int, value: int) -> None:
    """What was there as the books were opened belongs to the capital."""
    drafts = [Draft(desk.accounts[_OPENING], value), Draft(desk.accounts[_CAPITAL], -value)]
    clerk.enter("Journal", desk, day, drafts, memo="Opening stock")


def invest(clerk: Clerk, desks: Mapping[int, Desk], day: int, capital: Mapping[int, int]) -> None:
    """The parent holds the capital of the others; the elimination subsidiary sets the one against the other.

    The parent paid it in at the historical rates of the primary book. Those of the secondary one leave a difference.
    """
    organisation, first = clerk.organisation, clerk.months[0].id
    others = [company for company in capital if company != PARENT]
    if not others:
        return
    worth = {
        book.id: sum(
            int((capital[rate.from_subsidiary] * rate.historical).quantize(Decimal(1), ROUND_HALF_UP))
            for rate in organisation.consolidated_rates
            if rate.book == book.id
            and rate.period == first
            and rate.to_subsidiary == PARENT
            and rate.from_subsidiary in others
        )
        for book in organisation.books
    }
    paid = worth[PRIMARY_BOOK]
    parent, eliminating = desks[PARENT], desks[ELIMINATION]
    drafts = [Draft(parent.accounts[_INVESTMENT], paid), Draft(parent.accounts[_CAPITAL], -paid)]
    clerk.enter("Journal", parent, day, drafts, memo="Investment in subsidiaries")
    for book, equity in worth.items():
        amounts = {_CAPITAL: equity, _INVESTMENT: -paid, _TRANSLATION: paid - equity}
        drafts = [Draft(eliminating.accounts[number], amount) for number, amount in amounts.items() if amount]
        clerk.enter("Journal", eliminating, day, drafts, memo="Elimination of the investment", book=book)


def opening_stock(clerk: Clerk, desk: Desk, items: list[Item], lines: int) -> list[tuple[Item, int, int]]:
    """Item, location and hundredths of pieces: the first goods, which sell most, at every location."""
    count = max(2, lines // _STOCKED_FROM // 8)
    low, high = _PIECES
    return [
        (item, location, (low + int(clerk.rng.random() * (high - low))) * 100)
        for location in desk.locations
        for item in items[:count]
    ]
