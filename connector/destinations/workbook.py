"""A frame as an .xlsx file: text as text, dates as dates, exact numbers or none."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import xlsxwriter

from connector.core.known_fields import Type
from connector.core.wire import cell, rows_of, timestamp
from connector.destinations.whole_file import unwritable, whole_file
from connector.errors import CallerError

if TYPE_CHECKING:
    from connector.core.frame import Frame

_MAX_ROWS, _MAX_COLUMNS, _MAX_TEXT = 1_048_576, 16_384, 32_767
_FIRST_DAY = date(1900, 3, 1)  # before it Excel's calendar has a day too many
_RICH = re.compile(r"<r>.*</r>", re.DOTALL)
_TEXT_AS_IS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


def write_workbook(frame: Frame, path: Path) -> None:
    """Write the frame to a sheet named Data and what proves it to a sheet named About.

    Raises CallerError (code OVER_LIMIT) for what a worksheet cannot hold, (code BAD_OUTPUT) for a place that cannot be
    written.
    """
    _check_limits(frame)
    with whole_file(path) as part:
        try:
            with xlsxwriter.Workbook(part, _TEXT_AS_IS) as workbook:
                _write_data(workbook, frame)
                _write_about(workbook, frame)
        except xlsxwriter.exceptions.FileCreateError as error:
            raise unwritable(path, error) from error


def _write_data(workbook: Any, frame: Frame) -> None:
    sheet = workbook.add_worksheet("Data")
    header = workbook.add_format({"bold": True, "bottom": 1})
    writers = [_writer(workbook, sheet, column.type) for column in frame.columns]
    for place, column in enumerate(frame.columns):
        _write_text(sheet, 0, place, column.name, header)
    for line, row in enumerate(rows_of(frame), 1):
        for place, (value, write) in enumerate(zip(row, writers, strict=True)):
            if value is not None:
                write(line, place, value)
    sheet.freeze_panes(1, 0)
    if frame.columns:
        sheet.set_column(0, len(frame.columns) - 1, 16)
        sheet.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)


def _writer(workbook: Any, sheet: Any, kind: Type) -> Callable[[int, int, Any], None]:
    formats = {Type.DATE: "yyyy-mm-dd", Type.DECIMAL: "#,##0.00######", Type.INTEGER: "0", Type.TEXT: "@"}
    style = workbook.add_format({"num_format": formats[kind]}) if kind in formats else None

    def write_decimal(line: int, place: int, value: Decimal) -> None:
        number = cell(value)
        (sheet.write_string if isinstance(number, str) else sheet.write_number)(line, place, number, style)

    def write_date(line: int, place: int, value: date) -> None:
        if value < _FIRST_DAY:
            sheet.write_string(line, place, value.isoformat())
        else:
            sheet.write_datetime(line, place, datetime.combine(value, time()), style)

    match kind:
        case Type.DECIMAL:
            return write_decimal
        case Type.DATE:
            return write_date
        case Type.BOOLEAN:
            return cast("Callable[[int, int, Any], None]", sheet.write_boolean)
        case Type.INTEGER:
            return lambda line, place, value: sheet.write_number(line, place, value, style)
        case Type.TEXT:
            return lambda line, place, value: _write_text(sheet, line, place, value, style)


def _write_about(workbook: Any, frame: Frame) -> None:
    sheet = workbook.add_worksheet("About")
    facts = {
        "as of": timestamp(frame.as_of),
        "rows": str(len(frame)),
        "all pages": _measured(frame.proof.all_pages),
        "consistent": _measured(frame.proof.consistent),
        "read as": frame.proof.scope,
    }
    for line, (name, fact) in enumerate(facts.items()):
        sheet.write_string(line, 0, name)
        _write_text(sheet, line, 1, fact)
    sheet.set_column(0, 1, 24)


def _measured(fact: bool | None) -> str:
    return "not measured" if fact is None else "yes" if fact else "no"


def _check_limits(frame: Frame) -> None:
    if len(frame) >= _MAX_ROWS or len(frame.columns) > _MAX_COLUMNS:
        raise _over(f"The answer has {len(frame):,} rows and {len(frame.columns):,} columns.")
    for column in frame.columns:
        if column.type is Type.TEXT:
            longest = max((_length(value) for value in frame.values(column.name) if isinstance(value, str)), default=0)
            if longest > _MAX_TEXT:
                raise _over(f"A text in the column {column.name} is {longest:,} characters long.")


def _length(text: str) -> int:
    """Characters as Excel counts them, in UTF-16: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def _write_text(sheet: Any, line: int, place: int, text: str, style: Any = None) -> None:
    """Write text and nothing but text.

    XlsxWriter takes `<r>…</r>` for formatted text that is marked up already and copies it raw; in pieces without a format
    (three are the fewest it takes) it is marked up properly and reads as it was.
    """
    if _RICH.fullmatch(text):
        sheet.write_rich_string(line, place, text[0], text[1], text[2:], style)
    else:
        sheet.write_string(line, place, text, style)


def _over(message: str) -> CallerError:
    return CallerError(
        message,
        code="OVER_LIMIT",
        remedy=f"A worksheet holds {_MAX_ROWS - 1:,} rows, {_MAX_COLUMNS:,} columns and {_MAX_TEXT:,} characters a "
        "cell: narrow the query or take --format csv.",
    )
