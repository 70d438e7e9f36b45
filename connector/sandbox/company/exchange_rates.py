"""Exchange rates: a slow walk of each currency against the US dollar, and the consolidated rates from it.

A transaction takes the rate that its month begins with. A month's current rate is the one it ends with, its average
lies near the middle of the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from connector.sandbox.company.organisation import (
    CURRENCIES,
    PRIMARY_BOOK,
    SECONDARY_BOOK,
    USD,
    ancestors,
)
from connector.sandbox.company.periods import month_index, months, posted
from connector.sandbox.company.records import ConsolidatedRate, CurrencyRate, Period, Subsidiary

RATE_UNIT = 100_000_000  # a rate as a whole number: hundred-millionths
_STEP = Decimal("0.00000001")
_ONE = Decimal(1)

# How far a month's rate may lie from the month before, in hundredths of a percent, and how far an average may lie from
# the middle of the month, or the secondary book's capital from the rate of the opening.
_MONTHLY_MOVE, _AVERAGE_MOVE, _INVESTED_EARLIER = 180, 40, 300

Rates = Mapping[int, Sequence[Decimal]]


def monthly_rates(rng: Random, count: int) -> dict[int, list[Decimal]]:
    """By currency, the dollars one unit costs as each of `count` months begins and as the last one ends."""
    rates: dict[int, list[Decimal]] = {}
    for currency in CURRENCIES:
        dollars = currency.dollars
        walk = []
        for _ in range(count + 1):
            walk.append(dollars.quantize(_STEP))
            if currency.id != USD:
                dollars += dollars * rng.randint(-_MONTHLY_MOVE, _MONTHLY_MOVE) / 10_000
        rates[currency.id] = walk
    return rates


def between(rates: Rates, currency: int, base: int, month: int) -> Decimal:
    """What one unit of the currency costs in the base currency as that month begins, to eight decimals."""
    if currency == base:
        return _ONE
    return (rates[currency][month] / rates[base][month]).quantize(_STEP)


def currency_rates(
    rates: Rates, companies: Sequence[Subsidiary], periods: Sequence[Period]
) -> tuple[CurrencyRate, ...]:
    """The list of currency exchange rates: one row for each month, base currency and other currency."""
    rows: list[CurrencyRate] = []
    bases = sorted({company.currency for company in companies})
    for month, period in enumerate(months(periods)):
        for base in bases:
            for currency in CURRENCIES:
                if currency.id != base:
                    rate = between(rates, currency.id, base, month)
                    rows.append(CurrencyRate(3001 + len(rows), base, currency.id, rate, period.start))
    return tuple(rows)


def consolidated_rates(
    rng: Random, rates: Rates, periods: Sequence[Period], companies: Sequence[Subsidiary]
) -> tuple[ConsolidatedRate, ...]:
    """For every posting period and book: each subsidiary to itself at 1, and to each subsidiary above it.

    An adjustment period has the rates of its month. The historical rate is that of the first month throughout, when
    the capital was paid in; in the secondary book it was paid in at an earlier rate.
    """
    starts = [period.start for period in months(periods)]
    rows: list[ConsolidatedRate] = []
    known: dict[tuple[int, int, int, int], tuple[Decimal, Decimal, Decimal]] = {}
    earlier = {company.id: _ONE + Decimal(rng.randint(100, _INVESTED_EARLIER)) / 10_000 for company in companies}
    for period in posted(periods):
        month = month_index(period.end, starts)
        for book in (PRIMARY_BOOK, SECONDARY_BOOK):
            for child in companies:
                for above in ancestors(child.id, companies):
                    parent = next(company for company in companies if company.id == above)
                    pair = (book, month, child.currency, parent.currency)
                    if pair not in known:
                        known[pair] = _rates(rng, rates, pair, earlier[child.id])
                    three = known[pair]
                    rows.append(
                        ConsolidatedRate(
                            1201 + len(rows) * 2,
                            period.id,
                            book,
                            child.id,
                            above,
                            child.currency,
                            parent.currency,
                            *three,
                        )
                    )
    return tuple(rows)


def _rates(
    rng: Random, rates: Rates, pair: tuple[int, int, int, int], earlier: Decimal
) -> tuple[Decimal, Decimal, Decimal]:
    """Average, current and historical."""
    book, month, child, parent = pair
    if child == parent:
        return _ONE, _ONE, _ONE
    opening, current = between(rates, child, parent, month), between(rates, child, parent, month + 1)
    noise = Decimal(rng.randint(-_AVERAGE_MOVE, _AVERAGE_MOVE)) / 10_000
    average = ((opening + current) / 2 * (1 + noise)).quantize(_STEP, ROUND_HALF_UP)
    historical = between(rates, child, parent, 0)
    if book == SECONDARY_BOOK:
        historical = (historical * earlier).quantize(_STEP, ROUND_HALF_UP)
    return average, current, historical


def as_whole(rate: Decimal) -> int:
    """A rate in hundred-millionths."""
    return int(rate * RATE_UNIT)


def convert(cents: int, rate: int) -> int:
    """Cents at a rate in hundred-millionths, rounded half away from zero as NetSuite rounds amounts."""
    product = cents * rate
    return (product + RATE_UNIT // 2) // RATE_UNIT if product >= 0 else -((-product + RATE_UNIT // 2) // RATE_UNIT)
