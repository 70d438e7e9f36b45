"""Exchange rates by month: a slow walk of each currency against the US dollar, and the consolidated rates from it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from connector.sandbox.company.organisation import CURRENCIES, FOREIGN, PARENT, SUBSIDIARIES, USD, base_currency
from connector.sandbox.company.records import ConsolidatedRate, Period

_STEP = Decimal("0.00000001")
_ONE = Decimal(1)

# How far a month's last rate and its average may lie from the month before, in hundredths of a percent.
_MONTHLY_MOVE = 180


def monthly_rates(rng: Random, count: int) -> dict[int, list[Decimal]]:
    """By currency, the dollars one unit costs in each month, to eight decimals."""
    rates: dict[int, list[Decimal]] = {}
    for currency in CURRENCIES:
        dollars = currency.dollars
        walk = []
        for _ in range(count):
            walk.append(dollars.quantize(_STEP))
            if currency.id != USD:
                dollars += dollars * rng.randint(-_MONTHLY_MOVE, _MONTHLY_MOVE) / 10_000
        rates[currency.id] = walk
    return rates


def between(rates: dict[int, list[Decimal]], currency: int, base: int, month: int) -> Decimal:
    """What one unit of the currency costs in the base currency in that month, to eight decimals."""
    if currency == base:
        return _ONE
    return (rates[currency][month] / rates[base][month]).quantize(_STEP)


def consolidated_rates(
    rng: Random, rates: dict[int, list[Decimal]], months: Sequence[Period]
) -> tuple[ConsolidatedRate, ...]:
    """For every month: each subsidiary to itself at 1, and the foreign subsidiary to its parent.

    The historical rate is that of the first month throughout: the capital was paid in then.
    """
    rows = []
    number = 1201
    for index, period in enumerate(months):
        for subsidiary in SUBSIDIARIES:
            rows.append(_row(number, period, subsidiary.id, subsidiary.id, (_ONE, _ONE, _ONE)))
            number += 1
        average = between(rates, base_currency(FOREIGN), base_currency(PARENT), index)
        current = (average + average * rng.randint(-90, 90) / 10_000).quantize(_STEP)
        historical = between(rates, base_currency(FOREIGN), base_currency(PARENT), 0)
        rows.append(_row(number, period, FOREIGN, PARENT, (average, current, historical)))
        number += 3
    return tuple(rows)


def _row(
    number: int, period: Period, child: int, parent: int, rates: tuple[Decimal, Decimal, Decimal]
) -> ConsolidatedRate:
    return ConsolidatedRate(number, period.id, child, parent, base_currency(child), base_currency(parent), *rates)
