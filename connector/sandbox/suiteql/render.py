"""How SuiteQL prints a value: always a string (Oracle section_157909186990, section_156577938018).

Numbers: recorded answers have ids and stored columns plain, and SUM(amount) as 2.402086483E7, which is how Java prints a
double from ten millions on. So a stored number is plain. A computed one is a double, unless its value is whole and whole
numbers alone went into it, stored or written in the query: 20000000/2 or SUM(id) count things and are plain, while
ROUND(19999999.7) and SUM(amount) of whole amounts are doubles. A text is no whole number, whatever it spells, so
TO_NUMBER('20000000') is a double. How an expression is written, or which of our two forms of numbers it has, plays no part.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from connector.sandbox.suiteql.account_date import date_text
from connector.sandbox.suiteql.oracle.number import written
from connector.sandbox.suiteql.value import Family, Type

_PLAIN_BELOW = Decimal("1e7")  # java.lang.Double.toString leaves plain notation from ten millions on
_PLAIN_FROM = Decimal("1e-3")  # and below a thousandth


def printed(value: object, kind: Type, date_format: str) -> str | None:
    """A value as it came from DuckDB; None where NetSuite leaves the key out."""
    if value is None or value == "":
        return None
    if isinstance(value, int) and not kind.computed:
        return str(value)
    if kind.family is Family.NUMBER:
        return printed_number(Decimal(str(value)), kind)
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001 - an Oracle DATE has no time zone
        return date_text(moment, date_format)
    return str(value)


def printed_number(number: Decimal, kind: Type) -> str:
    is_whole = kind.whole and number == number.to_integral_value()
    if not kind.computed or is_whole or not number or _PLAIN_FROM <= number.copy_abs() < _PLAIN_BELOW:
        return written(number)
    sign, digits, _ = Decimal(repr(float(number))).normalize().as_tuple()
    text = "".join(map(str, digits))
    exponent = Decimal(repr(float(number))).adjusted()
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{exponent}"
