"""Dates as an account writes them: NetSuite's date format preference (Setup > Company > General Preferences)."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from connector.sandbox.suiteql.oracle.date_format import MONTHS
from connector.sandbox.suiteql.oracle.number import NotExactError

FORMATS = (
    "M/D/YYYY", "D/M/YYYY", "D-Mon-YYYY", "D.M.YYYY", "YYYY/M/D", "YYYY-M-D",
    "DD/MM/YYYY", "DD-Mon-YYYY", "DD.MM.YYYY", "MM/DD/YYYY", "YYYY/MM/DD", "YYYY-MM-DD",
)  # fmt: skip
_PART = re.compile(r"YYYY|Mon|MM|M|DD|D")
_SHORT = tuple(name[:3] for name in MONTHS)


def date_text(day: datetime, date_format: str) -> str:
    """The day without its time."""
    parts = {
        "YYYY": f"{day.year:04}", "Mon": _SHORT[day.month - 1], "MM": f"{day.month:02}", "M": str(day.month),
        "DD": f"{day.day:02}", "D": str(day.day),
    }  # fmt: skip
    return _PART.sub(lambda match: parts[match[0]], date_format)


@lru_cache(maxsize=64)
def _pattern(date_format: str) -> re.Pattern[str]:
    reads = {
        "YYYY": r"(?P<year>\d{4})", "Mon": f"(?P<name>{'|'.join(_SHORT)})", "MM": r"(?P<month>\d{1,2})",
        "M": r"(?P<month>\d{1,2})", "DD": r"(?P<day>\d{1,2})", "D": r"(?P<day>\d{1,2})",
    }  # fmt: skip
    pieces = re.split(r"(YYYY|Mon|MM|M|DD|D)", date_format)
    return re.compile("".join(reads.get(piece, re.escape(piece)) for piece in pieces), re.ASCII | re.IGNORECASE)


def date_of(text: str, date_format: str) -> datetime:
    """The day a text in the account's format means. Raises NotExactError."""
    match = _pattern(date_format).fullmatch(text.strip(" "))
    if not match:
        raise NotExactError("not a date in the account's format")
    found = match.groupdict()
    month = int(found["month"]) if "month" in found else _SHORT.index(found["name"].capitalize()) + 1
    try:
        return datetime(int(found["year"]), month, int(found["day"]))  # noqa: DTZ001 - an Oracle DATE has no time zone
    except ValueError:
        raise NotExactError("not a date") from None
