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

from connector.sandbox.suiteql.oracle import number
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
    """`scale` is None for a wide number.

    `whole` says that a number came from whole numbers alone, `computed` that it is no stored one: `render` prints by them.
    """

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
WIDE_FROM_WHOLE = Type(Family.NUMBER, whole=True, computed=True)

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


def wide_type(*sources: Type) -> Type:
    """The type of a wide number made of numbers of these types."""
    return WIDE_FROM_WHOLE if all(source.whole for source in sources) else WIDE


@dataclass(frozen=True, slots=True)
class Value:
    """`constant` is the value where the query or a parameter gives it; `is_literal` marks a text literal (a CHAR, so
    compared blank-padded); `is_parameter` a `?`. `shows` is Column.shows of a plain column, which BUILTIN.DF reads,
    and `beside` the column of the same row that it names behind `by`, where that is at hand. `is_expression` marks a
    column that a subselect computes.
    """

    sql: str
    type: Type
    constant: str | Decimal | datetime | None = None
    is_literal: bool = False
    is_parameter: bool = False
    is_column: bool = False
    shows: str | None = None
    beside: str | None = None
    is_expression: bool = False

    def computed(self) -> Value:
        """The same value as part of an expression: no longer a bare column."""
        kind = replace(self.type, computed=True) if self.type.family is Family.NUMBER else self.type
        return replace(self, type=kind, is_column=False, shows=None, beside=None)

    @property
    def is_short(self) -> bool:
        """Whether the text may stand more than once: what is nested never is, or its size would double and double."""
        return self.is_column or self.constant is not None or self.type == NULL


NULL_VALUE = Value("NULL", NULL)


def number_constant(given: Decimal, *, whole: bool | None = None) -> Value:
    """A number the query or a parameter gives. Written with a cast, so that it is never taken for a position.

    `whole` is as in Type; without it the number is whole where its value is.
    """
    plain = number.written(given)
    exact = Decimal(plain)
    before, _, behind = plain.lstrip("-").partition(".")
    scale = len(behind)
    whole = not behind if whole is None else whole
    if scale > LARGEST_NATIVE_SCALE or len(before) + scale > _DIGITS:
        return Value(f"'{plain}'", WIDE_FROM_WHOLE if whole else WIDE, constant=exact)
    in_bigint = not behind and -_LARGEST_BIGINT <= exact <= _LARGEST_BIGINT
    sql = f"CAST({plain} AS BIGINT)" if in_bigint else f"CAST('{plain}' AS DECIMAL({_DIGITS},{scale}))"
    return Value(sql, native(scale, whole=whole), constant=exact)


def date_constant(moment: datetime, *, with_time: bool) -> Value:
    if with_time:
        return Value(f"TIMESTAMP '{moment.isoformat(' ', 'seconds')}'", DATETIME, constant=moment)
    return Value(f"DATE '{moment.date().isoformat()}'", DATE, constant=moment)
