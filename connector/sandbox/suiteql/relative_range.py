"""The moving date ranges that BUILTIN.RELATIVE_RANGES names (`query.RelativeDateRange`, Oracle section_1544111773).

A range is a first and a last day. Weeks begin on Sunday, which is NetSuite's default; fiscal quarters and years are
those of `accountingperiod` or, in an account without it, of the calendar. Codes:

- TODAY, YESTERDAY, TOMORROW, and TODAYTTM, from today to the end of the month;
- T, L or N (this, last, next) with W, BW, M, Q, Y, FQ or FY; WBL, MBL, FQBL and FYBL (before last), WAN and MAN (after
  next), MB, FQB and FYB (three ago);
- those of weeks, months, years and fiscal units with TD: from the first day to the day that corresponds to today. In a
  fiscal unit that is only clear where it lies whole months from the present one;
- SDLW, SDWBL, SDLM, SDMBL (the same day), DAGOn, WAGOn, MAGOn, QAGOn, YAGOn, DFNn, WFNn, MFNn, QFNn, YFNn: one day.

Refused: halves, rolling ranges, the previous or next one of a unit, and months or weeks of another fiscal unit, of
which no page says where they begin.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

from connector.sandbox.suiteql import fiscal_calendar
from connector.sandbox.suiteql.fiscal_calendar import QUARTER, YEAR, day_literal
from connector.sandbox.suiteql.oracle.date import add_months, last_day
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Statement
from connector.sandbox.suiteql.value import DATE, Value, date_constant

_AGO = re.compile(r"([DWMQY])(AGO|FN)(\d{1,4})", re.ASCII)
_NAMED = re.compile(r"([TLN])(W|BW|M|Q|Y|FQ|FY)", re.ASCII)
_FARTHER = re.compile(r"(W|M|FQ|FY)(BL|AN|B)", re.ASCII)
_STEP = {"T": 0, "L": -1, "N": 1, "BL": -2, "AN": 2, "B": -3}
_UNKNOWN = {"WB", "FQAN", "FYAN"}
_MONTHS = {"M": 1, "Q": 3, "Y": 12, "FQ": 3, "FY": 12}
_FISCAL = {"FQ": QUARTER, "FY": YEAR}
_TO_DATE = {"W", "M", "Y", "FQ", "FY"}
_DAYS = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}
_SAME_DAY = {"SDLW": ("W", -1), "SDWBL": ("W", -2), "SDLM": ("M", -1), "SDMBL": ("M", -2)}


def relative_range(code: str, statement: Statement, *, at_end: bool) -> Value:
    """The first or the last day. Raises SuiteQLRefused for a code that is not known."""
    today = statement.clock().replace(hour=0, minute=0, second=0, microsecond=0)
    if (day := _single_day(code, today)) is not None:
        return date_constant(day, with_time=False)
    if code == "TODAYTTM":
        return date_constant(last_day(today) if at_end else today, with_time=False)
    to_date = code.endswith("TD")
    unit, step = _unit(code.removesuffix("TD"))
    if to_date and unit not in _TO_DATE:
        raise unsupported(f"range {code}")
    if unit in _FISCAL and fiscal_calendar.has_calendar(statement):
        return Value(_fiscal(statement, today, unit, step, at_end=at_end, to_date=to_date), DATE)
    start, end = _calendar(today, unit, step)
    if to_date:
        end = _corresponding(today, unit, step)
    return date_constant(end if at_end else start, with_time=False)


def _single_day(code: str, today: datetime) -> datetime | None:
    if code in _DAYS:
        return today + timedelta(days=_DAYS[code])
    if code in _SAME_DAY:
        return _moved(today, *_SAME_DAY[code])
    if match := _AGO.fullmatch(code):
        return _moved(today, match[1], int(match[3]) * (-1 if match[2] == "AGO" else 1))
    return None


def _unit(code: str) -> tuple[str, int]:
    if match := _NAMED.fullmatch(code):
        return match[2], _STEP[match[1]]
    match = _FARTHER.fullmatch(code)
    if not match or code in _UNKNOWN:
        raise unsupported(f"range {code}")
    return match[1], _STEP[match[2]]


def _calendar(today: datetime, unit: str, step: int) -> tuple[datetime, datetime]:
    if unit in {"W", "BW"}:
        into = today.weekday() if unit == "BW" else today.isoweekday() % 7
        start = today - timedelta(days=into) + timedelta(weeks=step)
        return start, start + timedelta(days=6)
    months = _MONTHS[unit]
    first = today.replace(day=1, month=(today.month - 1) // months * months + 1)
    start = add_months(first, Decimal(step * months))
    return start, last_day(add_months(start, Decimal(months - 1)))


def _fiscal(statement: Statement, today: datetime, unit: str, step: int, *, at_end: bool, to_date: bool) -> str:
    """A day of the account's own calendar, which DuckDB finds."""
    start = fiscal_calendar.boundary(statement, _FISCAL[unit], step, at_end=False)
    if not at_end:
        return start
    if not to_date:
        return fiscal_calendar.boundary(statement, _FISCAL[unit], step, at_end=True)
    present = fiscal_calendar.boundary(statement, _FISCAL[unit], 0, at_end=False)
    months = step * _MONTHS[unit]
    corresponding = day_literal(_corresponding(today, unit, step))
    error = "error('no day of that fiscal unit corresponds to today')"
    return f"(CASE WHEN {start} = {present} + INTERVAL ({months}) MONTH THEN {corresponding} ELSE {error} END)"


def _corresponding(today: datetime, unit: str, step: int) -> datetime:
    return _moved(today, "W", step) if unit == "W" else _moved(today, "M", step * _MONTHS[unit])


def _moved(day: datetime, unit: str, count: int) -> datetime:
    try:
        if unit in {"D", "W"}:
            return day + timedelta(days=count * (7 if unit == "W" else 1))
        moved = add_months(day.replace(day=1), Decimal(count * _MONTHS[unit]))
    except (OverflowError, ValueError) as error:
        raise unsupported("range") from error
    return moved.replace(day=min(day.day, last_day(moved).day))
