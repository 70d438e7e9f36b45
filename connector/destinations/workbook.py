"""A frame as an .xlsx file: text as text, dates as dates, exact numbers or none.

The file appears whole or not at all: it is written beside its place and moved there.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import xlsxwriter

from connector.core.known_fields import Type
from connector.core.wire import cell, rows_of, timestamp
from connector.errors import CallerError

if TYPE_CHECKING:
    from connector.core.frame import Frame

_MAX_ROWS, _MAX_COLUMNS, _MAX_TEXT = 1_048_576, 16_384, 32_767
_FIRST_DAY = date(1900, 3, 1)  # before it Excel's calendar has a day too many
_TEXT_AS_IS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


def write_workbook(frame: Frame, path: Path) -> None:
    """Write the frame to a sheet named Data and what proves it to a sheet named About.

    Raises CallerError (code OVER_LIMIT) for what a worksheet cannot hold, (code BAD_OUTPUT) for a place that cannot be
    written.
    """
    _check_limits(frame)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise _unwritable(path, error) from error
    os.close(handle)
    try:
        with xlsxwriter.Workbook(temporary, _TEXT_AS_IS) as workbook:
            _write_data(workbook, frame)
            _write_about(workbook, frame)
        Path(temporary).chmod(0o600)
        Path(temporary).replace(path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise _unwritable(path, error) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _write_data(workbook: Any, frame: Frame) -> None:
    sheet = workbook.add_worksheet("Data")
    header = workbook.add_format({"bold": True, "bottom": 1})
    writers = [_writer(workbook, sheet, column.type) for column in frame.columns]
    for place, column in enumerate(frame.columns):
        sheet.write_string(0, place, column.name, header)
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
            return lambda line, place, value: sheet.write_string(line, place, value, style)


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
        sheet.write_string(line, 1, fact)
    sheet.set_column(0, 1, 24)


def _measured(fact: bool | None) -> str:
    return "not measured" if fact is None else "yes" if fact else "no"


def _check_limits(frame: Frame) -> None:
    if len(frame) >= _MAX_ROWS or len(frame.columns) > _MAX_COLUMNS:
        raise _over(f"The answer has {len(frame):,} rows and {len(frame.columns):,} columns.")
    for column in frame.columns:
        if column.type is Type.TEXT:
            longest = max((len(value) for value in frame.values(column.name) if isinstance(value, str)), default=0)
            if longest > _MAX_TEXT:
                raise _over(f"A text in the column {column.name} is {longest:,} characters long.")


def _over(message: str) -> CallerError:
    return CallerError(
        message,
        code="OVER_LIMIT",
        remedy=f"A worksheet holds {_MAX_ROWS - 1:,} rows, {_MAX_COLUMNS:,} columns and {_MAX_TEXT:,} characters a "
        "cell: narrow the query or take --format csv.",
    )


def _unwritable(path: Path, error: Exception) -> CallerError:
    reason = getattr(error, "strerror", None) or "it may be open in Excel"
    return CallerError(
        f"The file {path} cannot be written: {reason}.",
        code="BAD_OUTPUT",
        remedy="Choose another --output, or close the file where it is open.",
    )
