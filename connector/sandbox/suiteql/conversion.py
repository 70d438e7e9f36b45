"""Oracle's implicit conversions and its comparisons (SQL Language Reference, Data Type Comparison Rules)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from connector.sandbox.suiteql import account_date, routine
from connector.sandbox.suiteql.oracle import number
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Statement
from connector.sandbox.suiteql.value import (
    DATE,
    DATETIME,
    INTEGER,
    NULL,
    TEXT,
    WIDE,
    Family,
    Type,
    Value,
    date_constant,
    native,
    number_constant,
    wide_type,
)

UNKNOWN = "CAST(NULL AS BOOLEAN)"


def as_number(value: Value) -> Value:
    """A text becomes the number it spells (ORA-01722 otherwise); a date never does."""
    if value.type.family is Family.NUMBER:
        return value
    if value.type.family is Family.NULL:
        return Value("CAST(NULL AS BIGINT)", INTEGER)
    if value.type.family is not Family.TEXT:
        raise unsupported("a date is not a number")
    if isinstance(value.constant, str):
        try:
            return number_constant(number.parsed(value.constant), whole=False)
        except number.NotExactError as error:
            raise unsupported("invalid number") from error
    return Value(routine.TO_NUMBER.call(value.sql), WIDE)


def wide(value: Value) -> str:
    """The number as plain text, the form that routines take."""
    value = as_number(value)
    if value.type.scale is None:
        return value.sql
    if isinstance(value.constant, Decimal):
        return f"'{number.written(value.constant)}'"
    text = f"CAST({value.sql} AS VARCHAR)"
    return text if value.type.scale == 0 else f"rtrim(rtrim({text}, '0'), '.')"


def native_sql(value: Value, scale: int) -> str:
    return f"CAST({value.sql} AS DECIMAL(38,{scale}))"


def as_text(value: Value, statement: Statement) -> Value:
    """Numbers as TO_CHAR writes them, dates in the account's format."""
    if value.type.family is Family.TEXT:
        return value
    if value.type.family is Family.NULL:
        return Value("CAST(NULL AS VARCHAR)", TEXT)
    if value.type.family is Family.NUMBER:
        if value.type.scale == 0:
            return Value(f"CAST({value.sql} AS VARCHAR)", TEXT)
        return Value(routine.NUMBER_TEXT.call(wide(value)), TEXT)
    return Value(routine.ACCOUNT_DATE_TEXT.call(timestamp(value), statement.text(statement.date_format).sql), TEXT)


def as_date(value: Value, statement: Statement) -> Value:
    """A text is read in the account's format; a number never becomes a date."""
    if value.type.is_date:
        return value
    if value.type.family is Family.NULL:
        return Value("CAST(NULL AS DATE)", DATE)
    if value.type.family is not Family.TEXT:
        raise unsupported("a number is not a date")
    if isinstance(value.constant, str):
        try:
            return date_constant(account_date.date_of(value.constant, statement.date_format), with_time=False)
        except number.NotExactError as error:
            raise unsupported("not a date") from error
    read = routine.ACCOUNT_DATE.call(value.sql, statement.text(statement.date_format).sql)
    return Value(f"CAST({read} AS DATE)", DATE)


def timestamp(value: Value) -> str:
    return value.sql if value.type.family is Family.DATETIME else f"CAST({value.sql} AS TIMESTAMP)"


def as_family(value: Value, family: Family, statement: Statement) -> Value:
    if family is Family.NUMBER:
        return as_number(value)
    if family in {Family.DATE, Family.DATETIME}:
        return as_date(value, statement)
    return as_text(value, statement)


def whole_constant(value: Value) -> int | None:
    """The integer a literal or a parameter gives, else None."""
    constant = as_number(value).constant if value.type.family in {Family.NUMBER, Family.TEXT} else None
    if isinstance(constant, Decimal) and constant == constant.to_integral_value():
        return int(constant)
    return None


def unify(values: Sequence[Value], statement: Statement, *, lead: Family | None = None) -> tuple[list[str], Type]:
    """The values in one type, for CASE, set operations and the like.

    Without `lead` the families must agree (ORA-00932); with it, all become that family. NULL fits everywhere.
    """
    families = {Family.DATE if value.type.is_date else value.type.family for value in values} - {Family.NULL}
    if lead is None:
        if len(families) > 1:
            raise unsupported("types do not agree")
        lead = families.pop() if families else Family.TEXT
    values = [as_family(value, lead, statement) for value in values]
    if lead is Family.TEXT:
        return [value.sql for value in values], TEXT
    if lead is not Family.NUMBER:
        if any(value.type.family is Family.DATETIME for value in values):
            return [timestamp(value) for value in values], DATETIME
        return [value.sql for value in values], DATE
    return _unify_numbers(values)


def _unify_numbers(values: Sequence[Value]) -> tuple[list[str], Type]:
    whole = all(value.type.whole for value in values)
    scales = [value.type.scale for value in values]
    if None in scales:
        return [wide(value) for value in values], wide_type(*(value.type for value in values))
    scale = max((s for s in scales if s is not None), default=0)
    return [native_sql(value, scale) for value in values], native(scale, whole=whole)


def null_of(kind: Type) -> str:
    names = {Family.DATE: "DATE", Family.DATETIME: "TIMESTAMP", Family.TEXT: "VARCHAR", Family.NULL: "VARCHAR"}
    if kind.family is not Family.NUMBER:
        return f"CAST(NULL AS {names[kind.family]})"
    return "CAST(NULL AS VARCHAR)" if kind.is_wide else f"CAST(NULL AS DECIMAL(38,{kind.scale}))"


def compared(left: Value, right: Value, statement: Statement) -> tuple[Value, Value]:
    """Both sides in the type that Oracle compares in: a text turns into a number or a date, never the reverse."""
    families = {left.type.family, right.type.family}
    if Family.NUMBER in families:
        return as_number(left), as_number(right)
    if families & {Family.DATE, Family.DATETIME}:
        left, right = as_date(left, statement), as_date(right, statement)
        if left.type.family is not right.type.family:
            return Value(timestamp(left), DATETIME), Value(timestamp(right), DATETIME)
        return left, right
    left, right = as_text(left, statement), as_text(right, statement)
    if left.is_literal and right.is_literal:
        # Two text literals are CHAR values: the shorter one is filled up with blanks.
        texts = str(left.constant), str(right.constant)
        length = max(map(len, texts))
        return statement.text(texts[0].ljust(length)), statement.text(texts[1].ljust(length))
    return left, right


def comparison(operator: str, left: Value, right: Value, statement: Statement) -> str:
    """`operator` is one of = <> < <= > >=."""
    if NULL in {left.type, right.type}:
        return UNKNOWN
    left, right = compared(left, right, statement)
    if left.type.is_wide or right.type.is_wide:
        return statement.wrote(f"({routine.COMPARE.call(wide(left), wide(right))} {operator} 0)")
    return statement.wrote(f"({left.sql} {operator} {right.sql})")


def order_key(sql: str, kind: Type) -> str:
    """What sorts as the value does."""
    return routine.ORDER_KEY.call(sql) if kind.is_wide else sql


def parameter(given: object, statement: Statement) -> Value:
    """A value bound to `?`. Text and numbers only, as they come in JSON."""
    if given is None or given == "":
        return Value("NULL", NULL, is_parameter=True)
    if isinstance(given, str):
        if "\x00" in given or any("\ud800" <= c <= "\udfff" for c in given):
            raise unsupported("a parameter that is not text")
        return statement.text(given, is_parameter=True)
    if isinstance(given, int | float | Decimal) and not isinstance(given, bool):
        # A float means the digits that JSON had.
        exact = Decimal(str(given)) if isinstance(given, float) else Decimal(given)
        try:
            if exact.is_finite():
                return number_constant(number.rounded(exact))
        except number.NotExactError as error:
            raise unsupported("a parameter beyond what a NUMBER holds") from error
    raise unsupported("a parameter that is neither text nor number")


def session_date(moment: datetime) -> Value:
    return date_constant(moment.replace(microsecond=0), with_time=True)
