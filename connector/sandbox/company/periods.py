"""The tree of posting periods: years over quarters over months, in one table (a month is neither year nor quarter)."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from connector.sandbox.company.records import Period

FIRST_YEAR = 2024
LAST_YEAR = 2026
FIRST_DAY = date(FIRST_YEAR, 1, 1)
LAST_DAY = date(LAST_YEAR, 12, 31)
CLOSED_THROUGH = date(2026, 6, 30)
LOCKED_THROUGH = date(2026, 8, 31)

# Not calendar.month_abbr, which follows the machine's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Closing happens on a working day after the end, so that closedondate differs from enddate.
_DAYS_TO_CLOSE = 9


def posting_periods() -> tuple[Period, ...]:
    """Every period, parents before children, ids with gaps between the years."""
    periods: list[Period] = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        base = 101 + (year - FIRST_YEAR) * 20
        periods.append(_period(base, f"FY {year}", (date(year, 1, 1), date(year, 12, 31)), None, "year"))
        for quarter in range(4):
            first_month = quarter * 3 + 1
            quarter_id = base + 1 + quarter * 4
            span = date(year, first_month, 1), _month_end(year, first_month + 2)
            periods.append(_period(quarter_id, f"Q{quarter + 1} {year}", span, base, "quarter"))
            for place in range(3):
                month = first_month + place
                name = f"{_MONTHS[month - 1]} {year}"
                span = date(year, month, 1), _month_end(year, month)
                periods.append(_period(quarter_id + 1 + place, name, span, quarter_id, "month"))
    return tuple(periods)


def months(periods: Sequence[Period]) -> list[Period]:
    """The periods that can be posted to, by date."""
    return sorted((period for period in periods if period.level == "month"), key=lambda period: period.start)


def month_index(day: date, starts: Sequence[date]) -> int:
    """The place of the month that holds the day; `starts` are the first days of the months."""
    return bisect_right(starts, day) - 1


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _period(number: int, name: str, span: tuple[date, date], parent: int | None, level: str) -> Period:
    start, end = span
    closed = end + timedelta(days=_DAYS_TO_CLOSE) if end <= CLOSED_THROUGH else None
    return Period(number, name, start, end, parent, level, closed, locked=end <= LOCKED_THROUGH)
