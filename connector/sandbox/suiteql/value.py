"""What an expression is once it is translated: DuckDB text, its Oracle type, and what is known of it beforehand.

Numbers are held in two ways. A *native* one is a BIGINT or DECIMAL(38, scale) whose scale is known beforehand; sums,
differences and most products stay native and exact. A *wide* one is Oracle's own NUMBER of 40 digits, as the plain text
that `oracle.number.written` makes: quotients, roots, numbers read from text. Wide numbers are compared and computed by
Python functions (see `warehouse`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from connector.sandbox.table import Kind

LARGEST_NATIVE_SCALE = 18
_DIGITS = 38
_LARGEST_BIGINT = 2**63 - 1


class Family(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"  # a day without a time
    DATETIME = "datetime"
    NULL = "null"  # NULL itself, which fits everywhere


@dataclass(frozen=True, slots=True)
class Type:
    """`scale` is None for a wide number. A `whole` number is printed plain; a `computed` one as Java prints a double."""

    family: Family
    scale: int | None = None
    whole: bool = False
    computed: bool = False

    @property
    def is_date(self) -> bool:
        return self.family in {Family.DATE, Family.DATETIME}

    @property
    def is_wide(self) -> bool:
        return self.family is Family.NUMBER and self.scale is None


TEXT = Type(Family.TEXT)
DATE = Type(Family.DATE)
DATETIME = Type(Family.DATETIME)
NULL = Type(Family.NULL)
INTEGER = Type(Family.NUMBER, scale=0, whole=True, computed=True)
WIDE = Type(Family.NUMBER, computed=True)

OF_KIND = {
    Kind.ID: Type(Family.NUMBER, scale=0, whole=True),
    Kind.INTEGER: Type(Family.NUMBER, scale=0, whole=True),
    Kind.TEXT: TEXT,
    Kind.MONEY: Type(Family.NUMBER, scale=2),
    Kind.RATE: Type(Family.NUMBER, scale=10),
    Kind.BOOLEAN: TEXT,
    Kind.DATE: DATE,
    Kind.DATETIME: DATETIME,
}


def native(scale: int, *, whole: bool = False) -> Type:
    return Type(Family.NUMBER, scale=scale, whole=whole, computed=True)


@dataclass(frozen=True, slots=True)
class Value:
    """`constant` is the value where the query or a parameter gives it; `is_literal` marks a text literal (a CHAR, so
    compared blank-padded); `is_parameter` a `?`. `shows` is Column.shows of a plain column, which BUILTIN.DF reads.
    """

    sql: str
    type: Type
    constant: str | Decimal | datetime | None = None
    is_literal: bool = False
    is_parameter: bool = False
    is_column: bool = False
    shows: str | None = None

    def computed(self) -> Value:
        """The same value as part of an expression: no longer a bare column."""
        kind = replace(self.type, computed=True) if self.type.family is Family.NUMBER else self.type
        return replace(self, type=kind, is_column=False, shows=None)


NULL_VALUE = Value("NULL", NULL)


def number_constant(number: Decimal) -> Value:
    """A number the query or a parameter gives. Written with a cast, so that it is never taken for a position."""
    sign, digits, exponent = number.normalize().as_tuple()
    if not isinstance(exponent, int):
        raise TypeError("a constant is finite")
    scale = max(0, -exponent)
    if scale > LARGEST_NATIVE_SCALE or max(len(digits), len(digits) + exponent) > _DIGITS:
        return Value(f"'{format(number.normalize(), 'f')}'", WIDE, constant=number)
    plain = format(number.normalize(), "f") if digits != (0,) else "0"
    whole = scale == 0
    in_bigint = whole and abs(number) <= _LARGEST_BIGINT
    sql = f"CAST({plain} AS BIGINT)" if in_bigint else f"CAST('{plain}' AS DECIMAL({_DIGITS},{scale}))"
    return Value(sql, native(scale, whole=whole), constant=-abs(number) if sign else abs(number))


def date_constant(moment: datetime, *, with_time: bool) -> Value:
    if with_time:
        return Value(f"TIMESTAMP '{moment.isoformat(' ', 'seconds')}'", DATETIME, constant=moment)
    return Value(f"DATE '{moment.date().isoformat()}'", DATE, constant=moment)
