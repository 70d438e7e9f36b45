"""Oracle's date arithmetic (SQL Language Reference, Functions: ADD_MONTHS, MONTHS_BETWEEN, ROUND and TRUNC of dates)."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from decimal import Decimal

from connector.sandbox.suiteql.oracle.date_format import DAYS
from connector.sandbox.suiteql.oracle.number import NotExactError, add, divide, multiply, round_half_away

_YEAR = {"SYYYY", "YYYY", "YEAR", "SYEAR", "YYY", "YY", "Y"}
_MONTH = {"MONTH", "MON", "MM", "RM"}
_DAY = {"DDD", "DD", "J"}
_HOUR = {"HH", "HH12", "HH24"}
_SECONDS = 86400
_MOST_DAYS = 366 * 9999  # from the first year to the last


def _moved(day: datetime, step: timedelta) -> datetime:
    try:
        return day + step
    except OverflowError:
        raise NotExactError("date out of range") from None


def _month_end(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def add_months(day: datetime, months: Decimal) -> datetime:
    """The last day of a month stays a last day; a day the month lacks becomes its last."""
    index = day.year * 12 + day.month - 1 + int(months)
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:  # noqa: PLR2004 - the years a date holds
        raise NotExactError("year out of range")
    end = _month_end(year, month)
    is_last = day.day == _month_end(day.year, day.month)
    return day.replace(year=year, month=month, day=end if is_last else min(day.day, end))


def last_day(day: datetime) -> datetime:
    return day.replace(day=_month_end(day.year, day.month))


def months_between(later: datetime, earlier: datetime) -> Decimal:
    """Whole months where both are the same day or both a month's last; else the rest counts as days of 31."""
    whole = Decimal((later.year - earlier.year) * 12 + later.month - earlier.month)
    both_last = last_day(later).day == later.day and last_day(earlier).day == earlier.day
    if later.day == earlier.day or both_last:
        return whole
    rest = (later.day - earlier.day) * _SECONDS + _second_of_day(later) - _second_of_day(earlier)
    return add(whole, divide(Decimal(rest), Decimal(31 * _SECONDS)))


def _second_of_day(day: datetime) -> int:
    return day.hour * 3600 + day.minute * 60 + day.second


def next_day(day: datetime, name: str) -> datetime:
    """The first such weekday after the day, with the day's time."""
    wanted = [i for i, known in enumerate(DAYS) if name.strip().lower() in {known.lower(), known[:3].lower()}]
    if not wanted:
        raise NotExactError("not a day of the week")
    return _moved(day, timedelta(days=(wanted[0] - day.weekday() - 1) % 7 + 1))


def truncate(day: datetime, unit: str = "DD") -> datetime:
    """TRUNC(date, unit)."""
    midnight, name = day.replace(hour=0, minute=0, second=0, microsecond=0), unit.upper()
    if name in _DAY:
        return midnight
    if name in _YEAR:
        return midnight.replace(month=1, day=1)
    if name in _MONTH:
        return midnight.replace(day=1)
    if name == "Q":
        return midnight.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    if name in _HOUR:
        return midnight.replace(hour=day.hour)
    if name == "MI":
        return midnight.replace(hour=day.hour, minute=day.minute)
    return _moved(midnight, -timedelta(days=_days_into(midnight, name)))


def _days_into(day: datetime, unit: str) -> int:
    if unit == "IW":
        return day.weekday()
    if unit in {"DAY", "DY", "D"}:
        return day.isoweekday() % 7
    if unit == "WW":
        return (day.timetuple().tm_yday - 1) % 7
    if unit == "W":
        return (day.day - 1) % 7
    raise NotExactError("unit of TRUNC")


def round_to(day: datetime, unit: str = "DD") -> datetime:
    """ROUND(date, unit): noon, the 16th, the 16th of a quarter's second month, the 1st of July round up."""
    name = unit.upper()
    start = truncate(day, name)
    if name in _DAY:
        return _moved(start, timedelta(days=day.hour >= 12))  # noqa: PLR2004 - noon
    if name in _YEAR:
        return add_months(start, Decimal(12)) if day.month > 6 else start  # noqa: PLR2004 - June
    if name in _MONTH:
        return add_months(start, Decimal(1)) if day.day > 15 else start  # noqa: PLR2004 - the 15th
    if name == "Q":
        second = (day.month - 1) % 3
        up = second == 2 or (second == 1 and day.day > 15)  # noqa: PLR2004 - third month; the 15th of the second
        return add_months(start, Decimal(3)) if up else start
    raise NotExactError("unit of ROUND")


def plus_days(day: datetime, days: Decimal) -> datetime:
    """Date + number, to the second."""
    seconds = int(round_half_away(multiply(days, Decimal(_SECONDS))))
    if abs(seconds) > _SECONDS * _MOST_DAYS:
        raise NotExactError("date out of range")
    return _moved(day, timedelta(seconds=seconds))


def days_between(later: datetime, earlier: datetime) -> Decimal:
    """Date - date, in days with a fraction for the time."""
    gap = later - earlier
    return divide(Decimal(gap.days * _SECONDS + gap.seconds), Decimal(_SECONDS))
