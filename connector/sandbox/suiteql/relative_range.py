"""The moving date ranges that BUILTIN.RELATIVE_RANGES names (the selectors of N/query's RelativeDateRange).

A range is a first and a last day. The fiscal year is taken to be the calendar year and weeks begin on Sunday, which is
NetSuite's default. Codes: TODAY, YESTERDAY, TOMORROW; T, L or N (this, last, next) with W, BW, M, Q, Y, FQ or FY; and
DAGOn, WAGOn, MAGOn, QAGOn, YAGOn, DFNn, WFNn, MFNn, QFNn, YFNn, which are one day, n units before or after today.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

from connector.sandbox.suiteql.oracle.date import add_months, last_day
from connector.sandbox.suiteql.refusal import unsupported

_AGO = re.compile(r"([DWMQY])(AGO|FN)(\d{1,4})", re.ASCII)
_NAMED = re.compile(r"([TLN])(W|BW|M|Q|Y|FQ|FY)", re.ASCII)
_STEP = {"T": 0, "L": -1, "N": 1}
_MONTHS = {"M": 1, "Q": 3, "Y": 12, "FQ": 3, "FY": 12}
_DAYS = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}


def relative_range(code: str, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last day. Raises SuiteQLRefused for a code that is not known."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if code in _DAYS:
        day = today + timedelta(days=_DAYS[code])
        return day, day
    if match := _AGO.fullmatch(code):
        count = int(match[3]) * (-1 if match[2] == "AGO" else 1)
        day = _moved(today, match[1], count)
        return day, day
    match = _NAMED.fullmatch(code)
    if not match:
        raise unsupported(f"range {code}")
    step, unit = _STEP[match[1]], match[2]
    if unit in {"W", "BW"}:
        into = today.weekday() if unit == "BW" else today.isoweekday() % 7
        start = today - timedelta(days=into) + timedelta(weeks=step)
        return start, start + timedelta(days=6)
    months = _MONTHS[unit]
    first = today.replace(day=1, month=(today.month - 1) // months * months + 1)
    start = add_months(first, Decimal(step * months))
    return start, last_day(add_months(start, Decimal(months - 1)))


def _moved(day: datetime, unit: str, count: int) -> datetime:
    try:
        if unit in {"D", "W"}:
            return day + timedelta(days=count * (7 if unit == "W" else 1))
        moved = add_months(day.replace(day=1), Decimal(count * _MONTHS[unit]))
    except (OverflowError, ValueError) as error:
        raise unsupported("range") from error
    return moved.replace(day=min(day.day, last_day(moved).day))
