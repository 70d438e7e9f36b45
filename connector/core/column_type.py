"""The type of a column: from what is known of it, then from all its values; in doubt it stays text.

SuiteQL sends strings only. Where nothing is known of a column, a text is a number only as Java writes one: `12`, `0.5`,
`2.402086483E7`. So `00123`, `1.10`, `1E5` and `10-20` are text, and so is a column in which a whole number has more than
15 digits and nothing says that it is an amount: it is an identifier.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connector.core.known_fields import Type

ReadDate = Callable[[str], date | None]
"""Reads a date as the account writes it; None for any other text."""

CELL_DIGITS = 15
"""Significant digits that a spreadsheet's number keeps (IEEE 754 double)."""

MAX_DIGITS = 76  # Arrow's decimal256
_WHOLE = re.compile(r"0|-?[1-9][0-9]*")
_AMOUNT = re.compile(r"-?(?:0|[1-9][0-9]*)?\.[0-9]+|-?[0-9]+")
# Double.toString: E from ten million on and below a thousandth, one digit before the point, no zero at the end.
_JAVA_DOUBLE = re.compile(r"-?[1-9]\.(?:0|[0-9]*[1-9])E(?:[7-9]|[1-9][0-9]{1,2}|-[4-9]|-[1-9][0-9]{1,2})")
_JAVA_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)\.(?:0|[0-9]*[1-9])")
_CENTS_MERGE = 0.02
"""Where doubles stand as far apart as this, one of them stands for two different cents."""

Value = str | int | Decimal | date | bool


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column's type, its values and whether one of them is a double that may differ past its 15th digit."""

    type: Type
    values: list[Value | None]
    approximate: bool = False


def type_column(texts: Sequence[str | None], known: Type | None, read_date: ReadDate) -> TypedColumn:
    """Type a whole column. `known` comes from the query's text."""
    filled = {text for text in texts if text is not None}
    return convert_column(texts, _fitting(filled, known, read_date), read_date)


def convert_column(texts: Sequence[str | None], kind: Type, read_date: ReadDate) -> TypedColumn:
    """A column in a type that every one of its values fits."""
    filled = {text for text in texts if text is not None}
    convert = _converter(kind, read_date)
    values: dict[str | None, Value | None] = {text: convert(text) for text in filled}
    values[None] = None
    approximate = kind is Type.DECIMAL and any(_is_approximate(text) for text in filled)
    return TypedColumn(kind, [values[text] for text in texts], approximate)


def wider(before: Type, now: Type) -> Type:
    """The type that holds what a column held before and what it holds now."""
    if before is now:
        return now
    return Type.DECIMAL if {before, now} == {Type.INTEGER, Type.DECIMAL} else Type.TEXT


def digits(number: Decimal) -> tuple[int, int]:
    """How many digits stand before and behind the point when a number is written without an exponent."""
    exponent = number.as_tuple().exponent
    behind = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return max(number.adjusted() + 1, 1), behind


def significant_digits(number: Decimal) -> int:
    """How many digits a number has between its first and its last that is not 0."""
    return len("".join(map(str, number.as_tuple().digits)).strip("0")) or 1


def _fitting(filled: Collection[str], known: Type | None, read_date: ReadDate) -> Type:
    if known is not None:
        return known if all(_fits(text, known, read_date) for text in filled) else _fallback(filled, known)
    if not filled:
        return Type.TEXT
    if all(_WHOLE.fullmatch(text) for text in filled):
        return Type.TEXT if any(len(text.lstrip("-")) > CELL_DIGITS for text in filled) else Type.INTEGER
    if all(_is_java_number(text) for text in filled):
        return Type.DECIMAL
    return Type.DATE if all(read_date(text) is not None for text in filled) else Type.TEXT


def _is_java_number(text: str) -> bool:
    if _WHOLE.fullmatch(text):
        return len(text.lstrip("-")) <= CELL_DIGITS
    return bool(_JAVA_PLAIN.fullmatch(text) or _JAVA_DOUBLE.fullmatch(text)) and _fits_decimal(text)


def _fallback(filled: Collection[str], known: Type) -> Type:
    """A whole number that came with a fraction, or as a double, is still a number."""
    return Type.DECIMAL if known is Type.INTEGER and all(_is_java_number(text) for text in filled) else Type.TEXT


def _fits(text: str, kind: Type, read_date: ReadDate) -> bool:
    match kind:
        case Type.TEXT:
            return True
        case Type.INTEGER:
            return _WHOLE.fullmatch(text) is not None and len(text.lstrip("-")) <= CELL_DIGITS
        case Type.DECIMAL:
            return _fits_decimal(text)
        case Type.DATE:
            return read_date(text) is not None
        case Type.BOOLEAN:
            return text in ("T", "F")


def _fits_decimal(text: str) -> bool:
    """Whether a text is a number where a number is expected; zeros at its end are allowed there, before it they are not."""
    if _AMOUNT.fullmatch(text) is None and _JAVA_DOUBLE.fullmatch(text) is None:
        return False
    if re.match("-?0[0-9]", text):
        return False
    return sum(digits(Decimal(text))) <= MAX_DIGITS


def _is_approximate(text: str) -> bool:
    """A double that needs more than 15 digits, or is too large to tell cents apart, stands for its neighbours too."""
    if _JAVA_DOUBLE.fullmatch(text) is None:
        return False
    return significant_digits(Decimal(text)) > CELL_DIGITS or math.ulp(float(text)) >= _CENTS_MERGE


def _converter(kind: Type, read_date: ReadDate) -> Callable[[str], Value | None]:
    match kind:
        case Type.INTEGER:
            return int
        case Type.DECIMAL:
            return Decimal
        case Type.DATE:
            return read_date
        case Type.BOOLEAN:
            return "T".__eq__
        case Type.TEXT:
            return str
