"""The account's fiscal calendar as DuckDB reads it off `accountingperiod`: years over quarters over periods.

What a calendar has none of for a day is an error of DuckDB's, which refuses the query.
"""

from __future__ import annotations

from datetime import datetime

from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Statement

_MISSING = "error('no such accounting period')"
YEAR, QUARTER, PERIOD = "year", "quarter", "period"


def has_calendar(statement: Statement) -> bool:
    return "accountingperiod" in statement.dataset.tables


def day_literal(day: datetime) -> str:
    return f"DATE '{day.date().isoformat()}'"


def adjusts(statement: Statement) -> bool:
    """Whether the account tells adjustment periods from the others."""
    return any(column.name == "isadjust" for column in statement.dataset.tables["accountingperiod"].columns)


def boundary(statement: Statement, unit: str, step: int, *, at_end: bool) -> str:
    """The first or the last day of a year, quarter or period, counted from the one that holds today."""
    today, column = day_literal(statement.clock()), "enddate" if at_end else "startdate"
    holding = f'AND {today} BETWEEN "startdate" AND "enddate"'
    # None holds a day that the calendar does not reach: then nothing is before or after it either.
    since = f'(SELECT "startdate" FROM "accountingperiod" WHERE {_is(statement, unit)} {holding})'  # noqa: S608 - made of our own names
    if step == 0:
        place = holding
    elif step < 0:
        place = f'AND "enddate" < {since} ORDER BY "enddate" DESC LIMIT 1 OFFSET {-step - 1}'
    else:
        place = f'AND "startdate" > {since} ORDER BY "startdate" LIMIT 1 OFFSET {step - 1}'
    return _one_day(f'SELECT "{column}" FROM "accountingperiod" WHERE {_is(statement, unit)} {place}')  # noqa: S608 - made of our own names


def quarter_of_year(statement: Statement, number: int, year: int, *, at_end: bool) -> str:
    """The first or the last day of the first to fourth quarter of a year, this one being 0."""
    column = "enddate" if at_end else "startdate"
    since = boundary(statement, YEAR, year, at_end=False)
    return _one_day(
        f'SELECT "{column}" FROM "accountingperiod" WHERE {_is(statement, QUARTER)} AND "startdate" >= {since} '  # noqa: S608 - made of our own names
        f'ORDER BY "startdate" LIMIT 1 OFFSET {number - 1}'
    )


def _one_day(query: str) -> str:
    return f"COALESCE(({query}), {_MISSING})"


def _is(statement: Statement, unit: str) -> str:
    if not has_calendar(statement):
        raise unsupported("no accounting periods")
    if unit != PERIOD:
        return f"\"is{unit}\" = 'T'"
    base = "\"isyear\" = 'F' AND \"isquarter\" = 'F'"
    return f"{base} AND \"isadjust\" = 'F'" if adjusts(statement) else base
