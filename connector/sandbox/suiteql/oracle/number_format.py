"""TO_CHAR and TO_NUMBER with a number format model (SQL Language Reference, Format Models, table 2-14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from connector.sandbox.suiteql.oracle.number import NotExactError, negated, rounded

_MODEL = re.compile(
    r"(?P<fill>FM)?(?P<lead>S)?(?P<dollar>\$)?(?P<whole>[09,G]*)(?:(?P<point>[.D])(?P<part>[09]*))?(?P<trail>S|MI|PR)?",
    re.ASCII,
)


_LONGEST = 63  # characters of a number format model
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)  # a NUMBER's 126 digits before the point, a model's behind it


@dataclass(frozen=True, slots=True)
class _Model:
    fill: bool
    sign: str  # "" floats before the number; "S" leads; "-S", "MI" and "PR" trail
    dollar: bool
    whole: str
    point: bool
    part: str

    @property
    def width(self) -> int:
        signs = 2 if self.sign == "PR" else 1
        return len(self.whole) + self.point + len(self.part) + self.dollar + signs


@lru_cache(maxsize=512)
def _read(model: str) -> _Model:
    match = _MODEL.fullmatch(model.upper())
    if (
        not match
        or len(model) > _LONGEST
        or not (match["whole"] or match["part"])
        or (match["lead"] and match["trail"])
    ):
        raise NotExactError("number format")
    if match["whole"].startswith((",", "G")) or ("G" in match["whole"] and match["point"] == "."):
        raise NotExactError("number format")
    sign = "S" if match["lead"] else {"S": "-S"}.get(match["trail"] or "", match["trail"] or "")
    whole = match["whole"].replace("G", ",")
    return _Model(bool(match["fill"]), sign, bool(match["dollar"]), whole, bool(match["point"]), match["part"] or "")


def to_char(value: Decimal, model: str) -> str:
    """The number as text. A number too wide for the model is a row of `#`. Raises NotExactError."""
    read = _read(model)
    places = len(read.part)
    digits, _, part = format(value.copy_abs().quantize(Decimal((0, (1,), -places)), context=_WIDE), "f").partition(".")
    digits = "" if digits == "0" else digits
    slots = read.whole.replace(",", "")
    if len(digits) > len(slots):
        return "#" * read.width
    whole = _grouped(digits, read.whole)
    if not whole and not places:
        whole = "0"
    if read.fill:
        keep = read.part.rfind("0") + 1
        part = part[:keep] + part[keep:].rstrip("0")
    body = ("$" if read.dollar else "") + whole + ("." if read.point else "") + part
    return _signed(body, value < 0, read)


def _grouped(digits: str, model: str) -> str:
    """The digits before the point, with the model's leading zeros and its commas once digits have begun."""
    slots = model.replace(",", "")
    first_zero = slots.find("0")
    shown = max(len(digits), len(slots) - first_zero if first_zero >= 0 else 0)
    padded = digits.rjust(shown, "0").rjust(len(slots))
    result: list[str] = []
    index = 0
    for mark in model:
        if mark == ",":
            result.append("," if result and result[-1].strip() else " ")
        else:
            result.append(padded[index])
            index += 1
    return "".join(result).strip()


def _signed(body: str, negative: bool, read: _Model) -> str:
    if read.sign == "PR":
        text = f"<{body}>" if negative else f" {body} "
    elif read.sign in {"MI", "-S"}:
        plus = " " if read.sign == "MI" else "+"
        text = body + ("-" if negative else plus)
    elif read.sign == "S":
        text = ("-" if negative else "+") + body
    else:
        text = ("-" if negative else " ") + body
    if read.fill:
        return text.strip(" ")
    return text.rjust(read.width)


def to_number(text: str, model: str) -> Decimal:
    """TO_NUMBER with a format. Raises NotExactError where the text does not fit the model."""
    read = _read(model)
    if read.sign not in {"", "S", "MI"}:
        raise NotExactError("number format")
    stripped = text.strip(" ")
    # One sign at most; what Oracle does where the model asks for one and the text has none is not documented.
    if read.sign == "MI":
        negative, stripped = stripped.endswith("-"), stripped.removesuffix("-")
    else:
        signed = stripped[:1] in {"+", "-"}
        if read.sign == "S" and not signed:
            raise NotExactError("number without its sign")
        negative, stripped = stripped.startswith("-"), stripped[signed:]
    stripped = stripped.removeprefix("$") if read.dollar else stripped
    if "," not in read.whole and "," in stripped:
        raise NotExactError("invalid number")
    whole, _, part = stripped.partition(".")
    if "," in whole and not re.fullmatch(r"\d{1,3}(?:,\d{3})+", whole, re.ASCII):
        raise NotExactError("invalid number")
    whole = whole.replace(",", "")
    if not re.fullmatch(r"\d*", whole + part, re.ASCII) or not whole + part:
        raise NotExactError("invalid number")
    if len(whole.lstrip("0")) > len(read.whole.replace(",", "")) or len(part) > len(read.part):
        raise NotExactError("invalid number")
    value = rounded(Decimal(f"{whole or 0}.{part or 0}"))
    return negated(value) if negative else value
