"""The tree of posting periods: years over quarters over months, and one adjustment period at the end of each year.

All stand in one table; only months and adjustment periods are posted to. The calendar is either that of the months or
4-4-5: quarters of 13 weeks in three periods of 4, 4 and 5 weeks. A 4-4-5 year begins on the Sunday nearest to
1 January, so that now and then a year has 53 weeks, whose last period then has 6.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from connector.sandbox.company.records import Period

YEARS = 3
FIRST_YEAR = 2024
LAST_YEAR = FIRST_YEAR + YEARS - 1
_YEAR_IDS, _FIRST_ID = 20, 101

# How many months before the last one are open, and how many of those before are locked though not closed.
_OPEN, _LOCKED = 4, 2

# Not calendar.month_abbr, which follows the machine's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKS = (4, 4, 5) * 4
_SUNDAY = 6

# Closing happens on a working day after the end, so that closedondate differs from enddate.
_DAYS_TO_CLOSE = 9

Span = tuple[date, date]


def posting_periods(calendar: str = "months") -> tuple[Period, ...]:
    """Every period, parents before children, ids with gaps between the years. `calendar` is months or 4-4-5."""
    periods: list[Period] = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        spans = _weeks(year) if calendar == "4-4-5" else _months(year)
        names = [f"P{place:02d} {year}" for place in range(1, 13)] if calendar == "4-4-5" else _month_names(year)
        base = _FIRST_ID + (year - FIRST_YEAR) * _YEAR_IDS
        periods.append(Period(base, f"FY {year}", spans[0][0], spans[-1][1], None, "year", None, locked=False))
        for quarter in range(4):
            of_quarter = spans[quarter * 3 : quarter * 3 + 3]
            parent = base + 1 + quarter * 4
            whole = of_quarter[0][0], of_quarter[-1][1]
            periods.append(Period(parent, f"Q{quarter + 1} {year}", *whole, base, "quarter", None, locked=False))
            for place, span in enumerate(of_quarter):
                name = names[quarter * 3 + place]
                periods.append(Period(parent + 1 + place, name, *span, parent, "month", None, locked=False))
        last = spans[-1][1]
        periods.append(Period(base + 17, f"Adj {year}", last, last, base, "adjustment", None, locked=False))
    return _closed(periods)


def posted(periods: Sequence[Period]) -> list[Period]:
    """The periods that can be posted to, by date, an adjustment period after the month it ends with."""
    found = [period for period in periods if period.level in {"month", "adjustment"}]
    return sorted(found, key=lambda period: (period.end, period.level == "adjustment"))


def months(periods: Sequence[Period]) -> list[Period]:
    """The months (or 4-4-5 periods) without adjustment periods, by date."""
    return sorted((period for period in periods if period.level == "month"), key=lambda period: period.start)


def month_index(day: date, starts: Sequence[date]) -> int:
    """The place of the month that holds the day; `starts` are the first days of the months."""
    return bisect_right(starts, day) - 1


def _closed(periods: Sequence[Period]) -> tuple[Period, ...]:
    """The same, closed but for the last months; a quarter or a year is closed with its last month."""
    ends = [period.end for period in months(periods)]
    closed, locked = ends[-_OPEN - _LOCKED - 1], ends[-_OPEN - 1]
    return tuple(
        Period(
            p.id, p.name, p.start, p.end, p.parent, p.level,
            p.end + timedelta(days=_DAYS_TO_CLOSE) if p.end <= closed else None,
            locked=p.end <= locked,
        )
        for p in periods
    )  # fmt: skip


def _months(year: int) -> list[Span]:
    return [(date(year, month, 1), date(year, month, monthrange(year, month)[1])) for month in range(1, 13)]


def _month_names(year: int) -> list[str]:
    return [f"{month} {year}" for month in _MONTHS]


def _weeks(year: int) -> list[Span]:
    start, following = _first_sunday(year), _first_sunday(year + 1)
    spans = []
    for place, weeks in enumerate(_WEEKS, 1):
        end = following if place == len(_WEEKS) else start + timedelta(weeks=weeks)
        spans.append((start, end - timedelta(days=1)))
        start = end
    return spans


def _first_sunday(year: int) -> date:
    """The Sunday nearest to 1 January."""
    first = date(year, 1, 1)
    after = (_SUNDAY - first.weekday()) % 7
    return first + timedelta(days=after if after <= 3 else after - 7)  # noqa: PLR2004 - half a week
