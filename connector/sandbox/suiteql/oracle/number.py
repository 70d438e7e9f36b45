"""Oracle NUMBER: 20 base-100 digits, half up (SQL Language Reference, Data Types, "NUMBER Data Type")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext

_WORKING = Context(prec=120, rounding=ROUND_HALF_UP)
_EXACT = Context(prec=600, rounding=ROUND_HALF_UP)  # holds every digit between the largest NUMBER and the smallest
_TEXT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_LARGEST_EXPONENT = 125
_SMALLEST_EXPONENT = -130
_DIGITS = 38  # that every NUMBER holds


class NotExactError(ValueError):
    """Oracle raises an error here, or its answer is not known exactly."""


def rounded(value: Decimal) -> Decimal:
    """The value as a NUMBER holds it: 20 pairs of digits counted from the decimal point, so 39 or 40 digits."""
    if not value or value.adjusted() < _SMALLEST_EXPONENT:
        return Decimal(0)
    if value.adjusted() > _LARGEST_EXPONENT:
        raise NotExactError("numeric overflow")
    digits = 40 if value.adjusted() % 2 else 39
    held = value.quantize(Decimal((0, (1,), value.adjusted() - digits + 1)), context=_WORKING)
    if held.adjusted() > _LARGEST_EXPONENT:
        raise NotExactError("numeric overflow")
    return held


def written(value: Decimal) -> str:
    """The one plain spelling of a number: no exponent, no zeros at the end, a zero before the point."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def negated(value: Decimal) -> Decimal:
    return value.copy_negate() if value else Decimal(0)


def default_text(value: Decimal) -> str:
    """TO_CHAR(number) without a format: as `written`, but no zero stands before the point (.5)."""
    text = written(value)
    if len(text.lstrip("-").replace(".", "").lstrip("0")) > 40:  # noqa: PLR2004 - then Oracle changes to an exponent
        raise NotExactError("number too long for text")
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def parsed(text: str) -> Decimal:
    """TO_NUMBER without a format, which is also the implicit conversion. Raises NotExactError (ORA-01722)."""
    stripped = text.strip(" ")
    if not _TEXT.fullmatch(stripped):
        raise NotExactError("invalid number")
    return rounded(Decimal(stripped))


def add(left: Decimal, right: Decimal) -> Decimal:
    return rounded(_EXACT.add(left, right))


def subtract(left: Decimal, right: Decimal) -> Decimal:
    return rounded(_EXACT.subtract(left, right))


def multiply(left: Decimal, right: Decimal) -> Decimal:
    return rounded(_WORKING.multiply(left, right))


def divide(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise NotExactError("divisor is equal to zero")
    return rounded(_WORKING.divide(left, right))


def modulo(left: Decimal, right: Decimal) -> Decimal:
    """MOD keeps the sign of the dividend; MOD(n, 0) is n."""
    if not right:
        return left
    if left.adjusted() - right.adjusted() > _DIGITS:
        raise NotExactError("a quotient that a NUMBER does not hold")
    return rounded(_EXACT.remainder(left, right))


def power(base: Decimal, exponent: Decimal) -> Decimal:
    if base < 0 and exponent != exponent.to_integral_value():
        raise NotExactError("power of a negative number")
    if not base and exponent <= 0:
        if exponent:
            raise NotExactError("zero to a negative power")
        return Decimal(1)
    if abs(exponent) * max(1, abs(base.adjusted())) > 1000:  # noqa: PLR2004 - far beyond what a NUMBER holds
        raise NotExactError("numeric overflow")
    return rounded(_WORKING.power(base, exponent))


def square_root(value: Decimal) -> Decimal:
    if value < 0:
        raise NotExactError("square root of a negative number")
    return rounded(_WORKING.sqrt(value))


def exponential(value: Decimal) -> Decimal:
    if abs(value) > 290:  # noqa: PLR2004 - e**290 is the last that a NUMBER holds
        raise NotExactError("numeric overflow")
    return rounded(_WORKING.exp(value))


def natural_logarithm(value: Decimal) -> Decimal:
    if value <= 0:
        raise NotExactError("logarithm of zero or less")
    return rounded(_WORKING.ln(value))


def logarithm(base: Decimal, value: Decimal) -> Decimal:
    if base <= 0 or base == 1 or value <= 0:
        raise NotExactError("logarithm out of range")
    return rounded(_WORKING.divide(_WORKING.ln(value), _WORKING.ln(base)))


def _to_places(value: Decimal, places: int, rounding: str) -> Decimal:
    if not -_LARGEST_EXPONENT <= places <= -_SMALLEST_EXPONENT:
        raise NotExactError("too many places")
    if value.as_tuple().exponent >= -places:  # type: ignore[operator]  # never infinite or NaN here
        return value
    return rounded(value.quantize(Decimal((0, (1,), -places)), rounding=rounding, context=_EXACT))


def round_half_away(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    return _to_places(value, int(places), ROUND_HALF_UP)


def truncate(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    return _to_places(value, int(places), ROUND_DOWN)


def ceiling(value: Decimal) -> Decimal:
    return value.to_integral_value(ROUND_CEILING)


def floor(value: Decimal) -> Decimal:
    return value.to_integral_value(ROUND_FLOOR)


def compare(left: Decimal, right: Decimal) -> int:
    return (left > right) - (left < right)


def total(values: Sequence[Decimal]) -> Decimal | None:
    with localcontext(_WORKING):
        return rounded(sum(values, Decimal(0))) if values else None


def median(values: Sequence[Decimal]) -> Decimal | None:
    """The middle value, or the mean of the two in the middle."""
    if not values:
        return None
    ordered, middle = sorted(values), len(values) // 2
    if len(values) % 2:
        return ordered[middle]
    return divide(_WORKING.add(ordered[middle - 1], ordered[middle]), Decimal(2))


def variance(values: Sequence[Decimal], lost: int) -> Decimal | None:
    """Mean square distance from the mean, over `len - lost` (1 for a sample, 0 for the population)."""
    if len(values) <= lost:
        return None
    with localcontext(_WORKING):
        mean = sum(values, Decimal(0)) / len(values)
        squares = sum(((value - mean) ** 2 for value in values), Decimal(0))
        return rounded(squares / (len(values) - lost))


def standard_deviation(values: Sequence[Decimal], lost: int) -> Decimal | None:
    if len(values) <= lost:
        return None
    with localcontext(_WORKING):
        mean = sum(values, Decimal(0)) / len(values)
        squares = sum(((value - mean) ** 2 for value in values), Decimal(0))
        return rounded((squares / (len(values) - lost)).sqrt())


_MIRROR = str.maketrans("0123456789", "9876543210")
_KEY_BIAS = 500  # makes every exponent of a NUMBER positive


def order_key(value: Decimal) -> str:
    """Text whose byte order is the numbers' order."""
    if not value:
        return "1"
    digits = "".join(map(str, value.as_tuple().digits)).lstrip("0").rstrip("0")
    key = f"{value.adjusted() + _KEY_BIAS:04d}{digits}"
    return f"2{key}" if value > 0 else f"0{key.translate(_MIRROR)}~"


def absolute(value: Decimal) -> Decimal:
    return value.copy_abs()


def of_order_key(key: str) -> Decimal:
    """The number whose `order_key` that is."""
    if key == "1":
        return Decimal(0)
    plain = key[1:] if key[0] == "2" else key[1:-1].translate(_MIRROR)
    digits, exponent = tuple(map(int, plain[4:])), int(plain[:4]) - _KEY_BIAS
    return Decimal((int(key[0] == "0"), digits, exponent - len(digits) + 1))
