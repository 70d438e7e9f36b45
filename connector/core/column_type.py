"""The type of a column: from what is known of it, then from all its values; in doubt it stays text.

SuiteQL sends strings only. Only Java's way of writing a number is one (digits, a point, digits, E and an exponent
behind a point): `00123`, `1E5` and `10-20` are text, and so is a column in which a whole number has more than 15
digits and nothing says that it is an amount: it is an identifier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connector.core.known_fields import Type

ReadDate = Callable[[str], date | None]
"""Reads a date as the account writes it; None for any other text."""

CELL_DIGITS = 15
"""Significant digits that a spreadsheet's number keeps (IEEE 754 double)."""

MAX_DIGITS = 76  # Arrow's decimal256
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)?\.[0-9]+")
_JAVA_DOUBLE = re.compile(r"-?[0-9]\.[0-9]+E-?[0-9]{1,3}")

Value = str | int | Decimal | date | bool


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column's type, its values and whether one of them is a double that may differ past its 15th digit."""

    type: Type
    values: list[Value | None]
    approximate: bool = False


def type_column(texts: Sequence[str | None], known: Type | None, read_date: ReadDate) -> TypedColumn:
    """Type a whole column. `known` comes from the query's text or from an earlier answer of the same query."""
    filled = [text for text in texts if text is not None]
    kind = _fitting(filled, known, read_date)
    convert = _converter(kind, read_date)
    values = [None if text is None else convert(text) for text in texts]
    return TypedColumn(kind, values, kind is Type.DECIMAL and any(_is_approximate(text) for text in filled))


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


def _fitting(filled: Sequence[str], known: Type | None, read_date: ReadDate) -> Type:
    if known is not None:
        return known if all(_fits(text, known, read_date) for text in filled) else _fallback(filled, known)
    if not filled:
        return Type.TEXT
    if all(_is_number(text) for text in filled):
        return _number_type(filled)
    if all(read_date(text) is not None for text in filled):
        return Type.DATE
    return Type.TEXT


def _number_type(filled: Sequence[str]) -> Type:
    whole = [text for text in filled if _INTEGER.fullmatch(text)]
    if any(len(text.lstrip("-")) > CELL_DIGITS for text in whole) or not all(_fits_decimal(text) for text in filled):
        return Type.TEXT
    return Type.INTEGER if len(whole) == len(filled) else Type.DECIMAL


def _fallback(filled: Sequence[str], known: Type) -> Type:
    """A whole number that came with a fraction, or as a double, is still a number."""
    return Type.DECIMAL if known is Type.INTEGER and all(_fits_decimal(text) for text in filled) else Type.TEXT


def _fits(text: str, kind: Type, read_date: ReadDate) -> bool:
    match kind:
        case Type.TEXT:
            return True
        case Type.INTEGER:
            return _INTEGER.fullmatch(text) is not None and len(text.lstrip("-")) <= CELL_DIGITS
        case Type.DECIMAL:
            return _fits_decimal(text)
        case Type.DATE:
            return read_date(text) is not None
        case Type.BOOLEAN:
            return text in ("T", "F")


def _fits_decimal(text: str) -> bool:
    if not _is_number(text):
        return False
    before_point, after_point = digits(Decimal(text))
    return before_point + after_point <= MAX_DIGITS


def _is_number(text: str) -> bool:
    return any(form.fullmatch(text) for form in (_INTEGER, _DECIMAL, _JAVA_DOUBLE))


def _is_double(text: str) -> bool:
    return _JAVA_DOUBLE.fullmatch(text) is not None


def _is_approximate(text: str) -> bool:
    """A double that needs more than 15 digits stands for neighbours too: it may be off in the last ones."""
    return _is_double(text) and significant_digits(Decimal(text)) > CELL_DIGITS


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
