"""What looks like a function and has a syntax of its own: CAST, EXTRACT, TRIM."""

from __future__ import annotations

from sqlglot import exp

from connector.sandbox.suiteql import routine
from connector.sandbox.suiteql.conversion import as_date, as_number, as_text, wide
from connector.sandbox.suiteql.function import called
from connector.sandbox.suiteql.numeric import rounded_number
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Translator, only
from connector.sandbox.suiteql.value import INTEGER, LARGEST_NATIVE_SCALE, TEXT, Family, Value, native

_LONGEST_VARCHAR2 = 4000


def extract(translator: Translator, node: exp.Expression) -> Value:
    """EXTRACT(YEAR | MONTH | DAY FROM date)."""
    only(node, "this", "expression")
    part = str(node.this.name).upper()
    value = as_date(translator.value(node.expression), translator.statement)
    if part not in {"YEAR", "MONTH", "DAY"}:
        raise unsupported(f"EXTRACT {part}")
    return Value(f"CAST(date_part('{part.lower()}', {value.sql}) AS BIGINT)", INTEGER)


def trim(translator: Translator, node: exp.Expression) -> Value:
    """TRIM([LEADING | TRAILING | BOTH] [character FROM] text)."""
    only(node, "this", "expression", "position")
    side = {"LEADING": "LTRIM", "TRAILING": "RTRIM"}.get(str(node.args.get("position") or "").upper(), "TRIM")
    text = translator.value(node.this)
    characters = node.args.get("expression")
    by = translator.value(characters) if characters is not None else translator.statement.text(" ")
    if side != "TRIM" and isinstance(by.constant, str) and len(by.constant) != 1:
        raise unsupported("TRIM takes one character")
    return called(translator, routine.SCALAR[side][1], [text, by])


def cast(translator: Translator, node: exp.Expression) -> Value:
    """CAST to NUMBER, INTEGER, DATE, VARCHAR2(n)."""
    only(node, "this", "to")
    value, target = translator.value(node.this), node.args["to"]
    sizes = [_size(size) for size in target.expressions]
    if target.this in {exp.DataType.Type.INT, exp.DataType.Type.BIGINT} and not sizes:
        return rounded_number(routine.ROUND_NUMBER, as_number(value))
    if target.this == exp.DataType.Type.DECIMAL:
        return _cast_number(as_number(value), sizes)
    if target.this in {exp.DataType.Type.VARCHAR, exp.DataType.Type.NVARCHAR} and len(sizes) == 1:
        return _cast_text(translator, value, sizes[0])
    if target.this == exp.DataType.Type.DATE and not sizes:
        return as_date(value, translator.statement)
    raise unsupported("CAST")


def _size(node: exp.Expression) -> int:
    """A precision, scale or length. VARCHAR2(10 BYTE) says more, and is refused."""
    only(node, "this")
    if not isinstance(node.this, exp.Literal) or not str(node.this.this).isdecimal():
        raise unsupported("size in CAST")
    return int(str(node.this.this))


def _cast_number(value: Value, sizes: list[int]) -> Value:
    if not sizes:
        return value.computed()
    precision, scale = sizes[0], sizes[1] if len(sizes) > 1 else 0
    if not 0 <= scale <= LARGEST_NATIVE_SCALE or not scale <= precision <= 38 or not precision:  # noqa: PLR2004 - NUMBER's limit
        raise unsupported("CAST")
    rounded = routine.ROUND_NUMBER.call(wide(value), f"'{scale}'")
    fitting = f"CAST({rounded} AS DECIMAL({precision},{scale}))"
    return Value(f"CAST({fitting} AS DECIMAL(38,{scale}))", native(scale, whole=value.type.whole))


def _cast_text(translator: Translator, value: Value, length: int) -> Value:
    """A longer text is cut; a number or a date that does not fit is an error."""
    if not 0 < length <= _LONGEST_VARCHAR2:
        raise unsupported("CAST")
    form = routine.CUT if value.type.family in {Family.TEXT, Family.NULL} else routine.FITTED
    return Value(form.call(as_text(value, translator.statement).sql, f"'{length}'"), TEXT)
