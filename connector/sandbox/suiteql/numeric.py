"""ABS, SIGN, CEIL, FLOOR, MOD; ROUND and TRUNC, which take dates too."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from connector.sandbox.suiteql import routine
from connector.sandbox.suiteql.conversion import as_number, native_sql, timestamp, whole_constant, wide
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.routine import Routine
from connector.sandbox.suiteql.statement import Translator
from connector.sandbox.suiteql.value import (
    DATE,
    DATETIME,
    INTEGER,
    LARGEST_NATIVE_SCALE,
    NULL_VALUE,
    Value,
    native,
    wide_type,
)

Arguments = Sequence[exp.Expression]
Function = Callable[[Translator, Arguments], Value]


def absolute(translator: Translator, arguments: Arguments) -> Value:
    value = as_number(translator.value(arguments[0]))
    if value.type.scale is None:
        return Value(routine.ABS.call(value.sql), wide_type(value.type))
    return Value(f"abs({native_sql(value, value.type.scale)})", native(value.type.scale, whole=value.type.whole))


def sign(translator: Translator, arguments: Arguments) -> Value:
    value = as_number(translator.value(arguments[0]))
    return Value(routine.COMPARE.call(wide(value), "'0'"), INTEGER)


def to_whole(name: str, form: Routine) -> Function:
    """CEIL and FLOOR: DuckDB's `name` for native numbers, `form` for wide ones."""

    def build(translator: Translator, arguments: Arguments) -> Value:
        value = as_number(translator.value(arguments[0]))
        exact = form.call(value.sql) if value.type.scale is None else f"{name}({native_sql(value, value.type.scale)})"
        return Value(f"CAST({exact} AS DECIMAL(38,0))", native(0, whole=value.type.whole))

    return build


def modulo(translator: Translator, arguments: Arguments) -> Value:
    left, right = (as_number(value) for value in translator.values(arguments))
    result, kind = routine.MOD.call(wide(left), wide(right)), wide_type(left.type, right.type)
    if left.type.scale == right.type.scale == 0:
        return Value(f"CAST({result} AS DECIMAL(38,0))", native(0, whole=kind.whole))
    return Value(result, kind)


def rounding(number_form: Routine, date_form: Routine) -> Function:
    """ROUND and TRUNC."""

    def build(translator: Translator, arguments: Arguments) -> Value:
        values = translator.values(arguments)
        if values[0].type.is_date:
            return _rounded_date(translator, date_form, values)
        places = values[1] if len(values) > 1 else None
        return rounded_number(number_form, as_number(values[0]), places)

    return build


def _rounded_date(translator: Translator, form: Routine, values: list[Value]) -> Value:
    unit = values[1] if len(values) > 1 else translator.statement.text("DD")
    if not isinstance(unit.constant, str):
        raise unsupported("the unit must be a constant")
    if unit.constant.upper() in {"HH", "HH12", "HH24", "MI"}:
        return Value(form.call(timestamp(values[0]), unit.sql), DATETIME)
    return Value(f"CAST({form.call(timestamp(values[0]), unit.sql)} AS DATE)", DATE)


def rounded_number(form: Routine, value: Value, places: Value | None = None) -> Value:
    count = 0 if places is None else whole_constant(places)
    if count is None:
        return Value(form.call(wide(value), wide(as_number(places or NULL_VALUE))), wide_type(value.type))
    rounded = form.call(wide(value), f"'{count}'")
    if count > LARGEST_NATIVE_SCALE:
        return Value(rounded, wide_type(value.type))
    scale = max(0, count)
    return Value(f"CAST({rounded} AS DECIMAL(38,{scale}))", native(scale, whole=value.type.whole))
