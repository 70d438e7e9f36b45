"""The first entries: what the two companies owned when their books were opened, and three sums that try arithmetic.

Amounts in cents, debit positive, the last account of each takes the rest. The bank balances stand on both sides of
10,000,000, where Java begins to print a double in scientific notation; 0.10 + 0.20 is not 0.30 in binary.
"""

from __future__ import annotations

from connector.sandbox.company.organisation import FOREIGN, PARENT

_PARENT = {
    "1000": 9_999_999_99,
    "00123": 1_000_10,
    "1010": 10_000_000_00,
    "1E5": 25_000_00,
    "10-20": 12_000_07,
    "1090": 120_000_02,
    "1100": 812_345_67,
    "1150": 40_000_01,
    "1210": 2_345_678_90,
    "1220": 345_678_12,
    "1400": 60_000_00,
    "1510": 1_250_000_00,
    "1590": -450_000_33,
    "2000": -600_000_25,
    "2050": -15_000_75,
    "2100": -600_000_00,
    "2300": -85_000_00,
    "2400": -120_000_00,
    "2700": -5_000_000_00,
    "3100": -1_234_567_89,
    "3200": -2_000_000_02,
}
_EUROPE = {
    "1020": 3_210_987_65,
    "1090": 150_000_05,
    "1110": 234_567_89,
    "1210": 876_543_21,
    "1220": 400_000_00,
    "1400": 30_000_00,
    "1510": 400_000_00,
    "1590": -99_999_99,
    "2010": -210_000_10,
    "2100": -450_000_00,
    "2400": -33_333_33,
    "2700": -1_000_000_00,
    "3200": -650_000_00,
}
_CAPITAL = "3000"


def opening_journals() -> tuple[tuple[int, str, dict[str, int]], ...]:
    """Subsidiary, memo and amounts by account number of each opening journal; each nets to zero."""
    return (
        (PARENT, "Opening balances", _PARENT | {_CAPITAL: -sum(_PARENT.values())}),
        (FOREIGN, "Opening balances", _EUROPE | {_CAPITAL: -sum(_EUROPE.values())}),
        (PARENT, "0.10 + 0.20", {"6700": 10, "6400": 20, "2100": -30}),
    )
