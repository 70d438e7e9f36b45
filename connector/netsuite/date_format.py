"""The account's date format, read off the account once and never guessed.

SuiteQL writes dates as the user's preference says (Home > Set Preferences > Date Format). One probe tells which: the
first of February 2003 has three numbers that cannot be taken for one another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from connector.errors import UnreadableError

PROBE = "SELECT TO_DATE('2003-02-01','YYYY-MM-DD') AS d FROM DUAL"
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_PARTS = re.compile(r"2003|[0-9]+|[A-Za-z]+|[^0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A date format in NetSuite's notation, for example `M/D/YYYY`, `DD.MM.YYYY` or `D-Mon-YYYY`."""

    pattern: str

    def parse(self, text: str) -> date | None:
        """The day a text stands for in exactly this format; None for any other text."""
        match = _expression(self.pattern).fullmatch(text)
        if match is None:
            return None
        month = match["month"]
        try:
            day = date(int(match["year"]), int(month) if month.isdecimal() else _month(month), int(match["day"]))
        except ValueError:
            return None
        return day if self.format(day) == text else None  # Feb is no month where the format writes February

    def format(self, day: date) -> str:
        """A day as this format writes it."""
        values = {
            "YYYY": f"{day.year:04}",
            "MONTH": _MONTHS[day.month - 1].upper(),
            "Month": _MONTHS[day.month - 1],
            "MON": _MONTHS[day.month - 1][:3].upper(),
            "Mon": _MONTHS[day.month - 1][:3],
            "MM": f"{day.month:02}",
            "M": str(day.month),
            "DD": f"{day.day:02}",
            "D": str(day.day),
        }
        return re.sub(r"[A-Za-z]+", lambda match: values[match[0]], self.pattern)


def recognise(answer: str) -> DateFormat:
    """The format in which the account wrote 2003-02-01. Raises UnreadableError (code UNKNOWN_DATE_FORMAT)."""
    numbers = {"2003": "YYYY", "2": "M", "02": "MM", "1": "D", "01": "DD"}
    words = {"February": "Month", "FEBRUARY": "MONTH", "Feb": "Mon", "FEB": "MON"}
    pattern = "".join(numbers.get(part) or words.get(part) or part for part in _PARTS.findall(answer))
    found = DateFormat(pattern)
    kinds = sorted(piece[0] for piece in re.findall(r"[^\W_]+", pattern))
    if kinds != ["D", "M", "Y"] or found.parse(answer) != date(2003, 2, 1):
        raise UnreadableError(
            f"The account writes the first of February 2003 as {answer[:40]!r}, a date format that is not known here.",
            code="UNKNOWN_DATE_FORMAT",
            remedy="Choose another date format in Home > Set Preferences for the user of this connection.",
        )
    return found


@lru_cache(maxsize=32)
def _expression(pattern: str) -> re.Pattern[str]:
    number = {"DD": "[0-9]{2}", "MM": "[0-9]{2}", "D": "[1-9][0-9]?", "M": "[1-9][0-9]?", "YYYY": "[0-9]{4}"}
    name = {"D": "day", "M": "month", "Y": "year"}
    pieces = re.findall(r"[A-Za-z]+|[^A-Za-z]+", pattern)
    return re.compile(
        "".join(
            f"(?P<{name[piece[0]]}>{number.get(piece, '[A-Za-z]+')})" if piece[0].isalpha() else re.escape(piece)
            for piece in pieces
        )
    )


def _month(name: str) -> int:
    for number, month in enumerate(_MONTHS, 1):
        if name.lower() in (month.lower(), month[:3].lower()):
            return number
    raise ValueError(name)
