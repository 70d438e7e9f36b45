"""Budgets: what was planned for each account of the income statement, year by year.

They are made from what came out, with a planner's error and rounding, so that actual figures lie near the plan.
Amounts are as NetSuite keeps them: income and costs both positive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from connector.sandbox.company.books.ledger import activity
from connector.sandbox.company.chart import STATEMENT
from connector.sandbox.company.organisation import PRIMARY_BOOK, trading
from connector.sandbox.company.periods import months
from connector.sandbox.company.records import Budget, Organisation, Period
from connector.sandbox.company.register import Register

PLAN, FORECAST = 1, 2
CATEGORIES: Sequence[tuple[int, str, bool]] = ((PLAN, "Plan", False), (FORECAST, "Forecast", False), (5, "00123", True))
_ERROR = {PLAN: 15, FORECAST: 5}  # percent
_ROUNDED_TO = 100_00


def budgets(rng: Random, organisation: Organisation, register: Register) -> tuple[Budget, ...]:
    """By subsidiary, year, category and account. The forecast is of the last year alone."""
    signs = {account.id: STATEMENT[account.type] for account in organisation.accounts if account.type in STATEMENT}
    actual: Counter[tuple[int, int, int]] = Counter()
    for (book, subsidiary, period, account), (debit, credit) in activity(register).items():
        if book == PRIMARY_BOOK and account in signs:
            actual[subsidiary, account, period] += (debit - credit) * signs[account]
    made: list[Budget] = []
    years = [period for period in organisation.periods if period.level == "year"]
    for category in (PLAN, FORECAST):
        for year in years if category == PLAN else years[-1:]:
            of_year = [period for period in months(organisation.periods) if year.start <= period.start <= year.end]
            for company in trading(organisation.subsidiaries):
                for account in signs:
                    total = sum(actual[company.id, account, period.id] for period in of_year)
                    if total > 0:
                        amounts = _spread(rng, total, of_year, _ERROR[category])
                        number = 11 + len(made) * 2
                        made.append(Budget(number, category, year.id, company.id, account, None, None, amounts))
    return tuple(made)


def _spread(rng: Random, total: int, periods: Sequence[Period], error: int) -> dict[int, int]:
    """A planned total over the year's periods; the last one takes what rounding leaves."""
    planned = total * (100 + rng.randint(-error, error)) // 100
    planned = max(_ROUNDED_TO, planned // _ROUNDED_TO * _ROUNDED_TO)
    monthly = planned // len(periods) // 100 * 100
    amounts = {period.id: monthly for period in periods}
    amounts[periods[-1].id] += planned - monthly * len(periods)
    return amounts
