"""The values of a formula's parameters, as a cell, a range or the wire gives them, made ready to bind.

A number for a date is a serial of the workbook's date system; text for a date is written 2026-01-31; everything else
is refused rather than guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from connector.core.placeholders import Placeholder, PlaceholderType
from connector.core.query import BoundValue
from connector.errors import FormulaError

Argument = object
"""A cell (None, str, int, float, bool or {"date": "2026-01-31"}), or a range: a list of rows. Checked where it is read."""

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_TRUE, _FALSE = {"t", "true", "yes", "1"}, {"f", "false", "no", "0"}
_FICTIONAL_LEAP_DAY = 60  # Excel's 1900-02-29, which never was
_MACINTOSH = 1904
_STARTS = {1900: date(1899, 12, 30), _MACINTOSH: date(1904, 1, 1)}
_SHOWN = 40  # characters of a cell in an error, enough to find it


@dataclass(frozen=True, slots=True)
class Parameters:
    """Either values in order or values by name; one name may have many (a list)."""

    ordered: tuple[Argument, ...] = ()
    named: Mapping[str, tuple[Argument, ...]] | None = None


def read_parameters(argument: Argument) -> Parameters:
    """A single value, a range read row by row, or a two-column range whose first cells begin with a colon."""
    if not isinstance(argument, list):
        return Parameters((argument,))
    rows = [row if isinstance(row, list) else [row] for row in argument]
    filled = [row for row in rows if any(not _is_blank(cell) for cell in row)]
    if filled and all(_is_named(row) for row in filled):
        named: dict[str, tuple[Argument, ...]] = {}
        for name, value, *_ in filled:
            key = str(name)[1:].strip().lower()
            named[key] = (*named.get(key, ()), value)
        return Parameters(named=named)
    return Parameters(tuple(cell for row in rows for cell in row))


def _is_named(row: Sequence[Argument]) -> bool:
    """Whether a row is `:name` and a value; blank cells may follow."""
    is_name = len(row) > 1 and isinstance(row[0], str) and row[0].startswith(":")
    return is_name and all(_is_blank(cell) for cell in row[2:])


def assign(placeholders: Sequence[Placeholder], parameters: Parameters) -> list[tuple[Argument, ...]]:
    """The cells of each placeholder: one for a scalar, any number for a list.

    Raises FormulaError (code PARAMETER_COUNT or UNKNOWN_PARAMETER).
    """
    names = list(dict.fromkeys(p.name for p in placeholders if p.name is not None))
    if parameters.named is not None:
        return _by_name(placeholders, names, parameters.named)
    values = parameters.ordered
    slots = len(names) or len(placeholders)
    if slots == 0 and all(_is_blank(cell) for cell in values):
        return []
    has_list = any(p.type is PlaceholderType.LIST for p in placeholders)
    if slots == 1 and has_list:
        if not values:
            raise _miscount(
                "The query has a list and no value is given.", "Give a range; one that is blank finds nothing."
            )
        return [values] * len(placeholders)
    if has_list:
        raise _miscount(
            "A list takes the whole range, so it cannot stand beside other ordered parameters.",
            "Use names: a range of two columns, :name in the first and the value in the second, a row for each value.",
        )
    if len(values) != slots:
        raise _miscount(f"The query has {slots} parameters and {len(values)} values are given.")
    if not names:
        return [(cell,) for cell in values]
    by_name = dict(zip(names, values, strict=True))
    return [(by_name[p.name],) for p in placeholders if p.name is not None]


def _by_name(
    placeholders: Sequence[Placeholder], names: Sequence[str], values: Mapping[str, tuple[Argument, ...]]
) -> list[tuple[Argument, ...]]:
    if placeholders and not names:
        raise _miscount("The parameters have names and the query's placeholders have none.")
    unknown = [name for name in values if name not in names]
    if unknown:
        raise FormulaError(
            f"The query has no parameter named :{unknown[0]}.",
            code="UNKNOWN_PARAMETER",
            remedy=f"Its parameters are: {', '.join(':' + name for name in names) or 'none'}.",
        )
    cells = []
    for placeholder in placeholders:
        given = values.get(placeholder.name or "", ())
        if placeholder.type is not PlaceholderType.LIST and len(given) != 1:
            what = "no value is given" if not given else f"{len(given)} values are given"
            raise _miscount(f"For the parameter :{placeholder.name} {what}.")
        if not given:
            raise _miscount(f"For the list :{placeholder.name} no value is given.")
        cells.append(given)
    return cells


def bind(cell: Argument, kind: PlaceholderType | None, *, date_system: int) -> BoundValue:
    """One value as its placeholder's type wants it; a blank is NULL. Raises FormulaError (code PARAMETER_TYPE)."""
    if _is_blank(cell):
        return None
    match kind:
        case PlaceholderType.NUMBER:
            return _number(cell)
        case PlaceholderType.DATE:
            return _date(cell, date_system).isoformat()
        case PlaceholderType.BOOL:
            return _bool(cell)
        case PlaceholderType.TEXT:
            value = _untyped(cell)
            return value.isoformat() if isinstance(value, date) else value
        case _:
            return _untyped(cell)


def _untyped(cell: Argument) -> str | date:
    if isinstance(cell, bool):
        return "T" if cell else "F"
    if isinstance(cell, int | float | Decimal):
        return _plain(cell)
    if isinstance(cell, str):
        return cell
    return _iso_date(cell)


def _number(cell: Argument) -> str:
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return _plain(cell)
    if isinstance(cell, str) and _NUMBER.fullmatch(cell.strip()):
        return _plain(Decimal(cell.strip()))
    raise _mistyped(cell, "a number", "Write it without thousands separators: 1250.5.")


def _plain(number: float | Decimal) -> str:
    """Digits and a point, never an exponent, so that Oracle reads it in any language."""
    if isinstance(number, float) and not math.isfinite(number):
        raise _mistyped(number, "a number", "Correct the cell.")
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date(cell: Argument, date_system: int) -> date:
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return date_of_serial(cell, date_system)
    if isinstance(cell, str):
        return _iso_date({"date": cell.strip()})
    return _iso_date(cell)


def date_of_serial(serial: float | Decimal, date_system: int) -> date:
    """The day a serial number stands for; its time of day is left out.

    In the 1900 system day 1 is 1900-01-01 and day 60 is a day that never was; in the 1904 system day 0 is 1904-01-01
    (ECMA-376 part 1, 18.17.4).
    """
    start = _STARTS[date_system]
    if not 0 <= serial < (date.max - start).days + 1:
        raise _mistyped(serial, "a date", "A number for a date is a serial as the workbook counts days.")
    day = math.floor(serial)
    if date_system == _MACINTOSH:
        return start + timedelta(days=day)
    if day in (0, _FICTIONAL_LEAP_DAY):
        raise _mistyped(serial, "a date", "This serial is no day of the calendar.")
    return start + timedelta(days=day + (day < _FICTIONAL_LEAP_DAY))


def _iso_date(cell: Argument) -> date:
    text = cell.get("date") if isinstance(cell, dict) and len(cell) == 1 else None
    if isinstance(text, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise _mistyped(
        text if isinstance(text, str) else cell, "a date", "Write it as 2026-01-31, or point at a date cell."
    )


def _bool(cell: Argument) -> str:
    word = cell.lower().strip() if isinstance(cell, str) else _plain(cell) if isinstance(cell, int | float) else ""
    if cell is True or word in _TRUE:
        return "T"
    if cell is False or word in _FALSE:
        return "F"
    raise _mistyped(cell, "a yes or no", "Write TRUE or FALSE.")


def _is_blank(cell: Argument) -> bool:
    return cell is None or cell == ""


def _miscount(message: str, remedy: str = "Give one value for each placeholder, in their order.") -> FormulaError:
    return FormulaError(message, code="PARAMETER_COUNT", remedy=remedy)


def _mistyped(cell: Argument, wanted: str, remedy: str) -> FormulaError:
    shown = str(cell)
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
    return FormulaError(f"A parameter is not {wanted}: {shown}", code="PARAMETER_TYPE", remedy=remedy)
