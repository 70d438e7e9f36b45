"""The first entries: what the companies owned when their books were opened, and three sums that try arithmetic.

Amounts in cents, debit positive; the capital takes the rest. They grow with the company, but for two balances that
stand on both sides of 10,000,000, where Java begins to print a double in scientific notation; 0.10 + 0.20 is not 0.30
in binary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.sandbox.company.clerk import Clerk
from connector.sandbox.company.desk import Desk
from connector.sandbox.company.draft import Draft
from connector.sandbox.company.organisation import BRITAIN, CANADA, EUROPE, PARENT
from connector.sandbox.company.records import Item

_USUAL_LINES = 10_000  # of the company whose balances these are
_FIXED: Mapping[int, Mapping[str, int]] = {
    PARENT: {"00123": 1_000_10, "1010": 10_000_000_00, "1040": 9_999_999_99},
}
_GROWING: Mapping[int, Mapping[str, int]] = {
    PARENT: {
        "1000": 1_823_456_78, "1E5": 25_000_00, "10-20": 12_000_07, "1510": 90_000_00, "1590": -30_000_33,
        "2700": -240_000_00, "3200": -400_000_02,
    },
    EUROPE: {
        "1020": 710_987_65, "1E5": 8_000_00, "10-20": 4_100_00, "1510": 40_000_00, "1590": -9_999_99,
        "2700": -90_000_00, "3200": -150_000_00,
    },
    BRITAIN: {"1025": 432_109_87, "1510": 25_000_00, "2700": -30_000_00, "3200": -80_000_01},
    CANADA: {"1030": 543_210_98, "1510": 30_000_00, "2700": -40_000_00, "3200": -90_000_00},
}  # fmt: skip
_CAPITAL = "3000"
_STOCKED_FROM, _PIECES = 450, (40, 160)


@dataclass(frozen=True, slots=True)
class Opened:
    """What later entries go on from, in cents by subsidiary."""

    assets: Counter[int] = field(default_factory=Counter)
    written_off: Counter[int] = field(default_factory=Counter)
    loans: Counter[int] = field(default_factory=Counter)


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
        amounts |= _FIXED.get(company, {})
        amounts[_CAPITAL] = -sum(amounts.values())
        drafts = [Draft(desk.accounts[number], amount) for number, amount in amounts.items()]
        clerk.enter("Journal", desk, day, drafts, memo="Opening balances")
        opened.assets[company] = amounts["1510"]
        opened.written_off[company] = -amounts.get("1590", 0)
        opened.loans[company] = -amounts["2700"]
    parent = desks[PARENT]
    three = [Draft(parent.accounts[number], cents) for number, cents in (("6700", 10), ("6400", 20), ("2100", -30))]
    clerk.enter("Journal", parent, day, three, memo="0.10 + 0.20")
    return opened


def opening_stock(clerk: Clerk, desk: Desk, items: list[Item], lines: int) -> list[tuple[Item, int, int]]:
    """Item, location and hundredths of pieces: the first goods, which sell most, at every location."""
    count = max(2, lines // _STOCKED_FROM // 8)
    low, high = _PIECES
    return [
        (item, location, (low + int(clerk.rng.random() * (high - low))) * 100)
        for location in desk.locations
        for item in items[:count]
    ]
