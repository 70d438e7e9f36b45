"""TO_CHAR and TO_DATE with a datetime format model (SQL Language Reference, Format Models, table 2-15)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from connector.sandbox.suiteql.oracle.number import NotExactError

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_ELEMENT = re.compile(
    r'"[^"]*"|FM|Y,YYY|YYYY|YYY|YY|Y|IYYY|RRRR|RR|MONTH|MON|MM|MI|DDD|DD|DAY|DY|D|HH24|HH12|HH|SSSSS|SS|AM|PM|A\.M\.|P\.M\.'
    r"|Q|WW|IW|W|J|[-/,.;: ]",
    re.IGNORECASE | re.ASCII,
)
_JULIAN_OF_ORDINAL_ZERO = 1721425  # 1997-01-01 is 2450450


@lru_cache(maxsize=512)
def _elements(model: str) -> tuple[str, ...]:
    found, position = [], 0
    while position < len(model):
        match = _ELEMENT.match(model, position)
        if not match:
            raise NotExactError("date format")
        found.append(match[0])
        position = match.end()
    return tuple(found)


def _cased(name: str, element: str) -> str:
    """A name takes the case of its element: DAY, Day, day."""
    if element[0].islower():
        return name.lower()
    return name.upper() if element[1].isupper() else name


def _week_of_year(day: datetime) -> int:
    return (day.timetuple().tm_yday - 1) // 7 + 1


# Element → (number, digits it is padded to).
_NUMBERS: dict[str, Callable[[datetime], tuple[int, int]]] = {
    "YYYY": lambda day: (day.year, 4),
    "RRRR": lambda day: (day.year, 4),
    "YYY": lambda day: (day.year % 1000, 3),
    "YY": lambda day: (day.year % 100, 2),
    "RR": lambda day: (day.year % 100, 2),
    "Y": lambda day: (day.year % 10, 1),
    "IYYY": lambda day: (day.isocalendar().year, 4),
    "MM": lambda day: (day.month, 2),
    "DD": lambda day: (day.day, 2),
    "DDD": lambda day: (day.timetuple().tm_yday, 3),
    "D": lambda day: (day.isoweekday() % 7 + 1, 1),
    "HH24": lambda day: (day.hour, 2),
    "HH": lambda day: ((day.hour - 1) % 12 + 1, 2),
    "HH12": lambda day: ((day.hour - 1) % 12 + 1, 2),
    "MI": lambda day: (day.minute, 2),
    "SS": lambda day: (day.second, 2),
    "SSSSS": lambda day: (day.hour * 3600 + day.minute * 60 + day.second, 5),
    "Q": lambda day: ((day.month - 1) // 3 + 1, 1),
    "WW": lambda day: (_week_of_year(day), 2),
    "W": lambda day: ((day.day - 1) // 7 + 1, 1),
    "IW": lambda day: (day.isocalendar().week, 2),
    "J": lambda day: (day.toordinal() + _JULIAN_OF_ORDINAL_ZERO, 7),
}
# Element → (name, width it is padded to).
_NAMES: dict[str, Callable[[datetime], tuple[str, int]]] = {
    "MONTH": lambda day: (MONTHS[day.month - 1], 9),
    "MON": lambda day: (MONTHS[day.month - 1][:3], 3),
    "DAY": lambda day: (DAYS[day.weekday()], 9),
    "DY": lambda day: (DAYS[day.weekday()][:3], 3),
    "AM": lambda day: ("Pm" if day.hour >= 12 else "Am", 2),  # noqa: PLR2004 - noon
    "A.M.": lambda day: ("P.m." if day.hour >= 12 else "A.m.", 4),  # noqa: PLR2004 - noon
}
_NAMES |= {"PM": _NAMES["AM"], "P.M.": _NAMES["A.M."]}


def to_char(day: datetime, model: str) -> str:
    """The moment as text. Raises NotExactError where the model holds an element that is not covered."""
    text, fill = [], True
    for element in _elements(model):
        upper = element.upper()
        if upper == "FM":
            fill = not fill
        elif upper in _NUMBERS:
            number, digits = _NUMBERS[upper](day)
            text.append(str(number).rjust(digits, "0") if fill else str(number))
        elif upper in _NAMES:
            name, width = _NAMES[upper](day)
            cased = _cased(name, element) if "." not in upper else (name.upper() if element[0] < "a" else name.lower())
            text.append(cased.ljust(width) if fill else cased)
        elif upper == "Y,YYY":
            text.append(f"{day.year // 1000},{day.year % 1000:03}")
        else:
            text.append(element.strip('"') if element.startswith('"') else element)
    return "".join(text)


# An element takes as many digits as it may and gives none back, so the patterns are possessive.
_READS = {
    "YYYY": ("year", r"\d{4}"), "RRRR": ("year", r"\d{4}"), "RR": ("near", r"\d{2}"), "YY": ("short", r"\d{2}"),
    "MM": ("month", r"\d{1,2}+"), "DD": ("day", r"\d{1,2}+"), "HH24": ("hour", r"\d{1,2}+"),
    "HH": ("twelve", r"\d{1,2}+"), "HH12": ("twelve", r"\d{1,2}+"), "MI": ("minute", r"\d{1,2}+"),
    "SS": ("second", r"\d{1,2}+"), "AM": ("noon", r"[AP]M"), "PM": ("noon", r"[AP]M"),
}  # fmt: skip
_YEARS = {"year", "near", "short"}
_TIME = {"hour", "twelve", "minute", "second", "noon"}
_MONTH_NAME = "(?>" + "|".join(f"{name}|{name[:3]}" for name in MONTHS) + ")"


@lru_cache(maxsize=512)
def _reader(model: str) -> re.Pattern[str]:
    """A pattern for the model. The time may be missing at the end of the text, as Oracle allows."""
    parts: list[str] = []
    names: list[str] = []
    for element in _elements(model):
        upper = element.upper()
        if upper in {"MON", "MONTH"}:
            name, pattern = "name", _MONTH_NAME
        elif upper in _READS:
            name, pattern = _READS[upper]
        elif upper == "FM":
            continue
        elif element.startswith('"'):
            parts.append(re.escape(element[1:-1]))
            continue
        elif upper in "-/,.;: ":
            parts.append(r"[-/,.;: ]" if upper != " " else " ++")
            continue
        else:
            raise NotExactError("date format")
        if name in names or (name in _YEARS and _YEARS & set(names)):
            raise NotExactError("date format")
        names.append(name)
        parts.append(f"(?P<{name}>{pattern})")
    if not _YEARS & set(names) or not {"month", "name"} & set(names) or {"month", "name"} <= set(names):
        raise NotExactError("date format without year and month takes them from the clock")
    if "twelve" in names and ("noon" not in names or "hour" in names):
        raise NotExactError("date format")
    return re.compile(_optional_time(parts), re.IGNORECASE | re.ASCII)


def _optional_time(parts: list[str]) -> str:
    """Everything behind the last element of the date may be left out together with its punctuation."""
    last = max(i for i, part in enumerate(parts) if part.startswith("(?P<") and part[4:].split(">")[0] not in _TIME)
    tail = "".join(parts[last + 1 :])
    return r" *" + "".join(parts[: last + 1]) + (f"(?:{tail})?" if tail else "") + r" *"


def reads_clock(model: str) -> bool:
    """Whether TO_DATE with the model takes the century from the clock. Raises NotExactError."""
    return any(element.upper() in {"RR", "YY"} for element in _elements(model))


def _full_year(found: dict[str, str], this_year: int) -> int:
    """YY is a year of this century; RR one of the nearer half century."""
    if "year" in found:
        return int(found["year"])
    century, half = this_year // 100, 50
    if "short" in found:
        return century * 100 + int(found["short"])
    near = int(found["near"])
    if near < half <= this_year % 100:
        century += 1
    elif this_year % 100 < half <= near:
        century -= 1
    return century * 100 + near


def to_date(text: str, model: str, this_year: int) -> datetime:
    """TO_DATE(text, model). Raises NotExactError where Oracle raises, and for the models it fills from the clock."""
    match = _reader(model).fullmatch(text)
    if not match:
        raise NotExactError("text does not match the date format")
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    month = int(found["month"]) if "month" in found else _month_number(found["name"])
    hour = int(found.get("hour", 0))
    if "twelve" in found:
        if not 1 <= int(found["twelve"]) <= 12 or "noon" not in found:  # noqa: PLR2004 - a clock face
            raise NotExactError("hour out of range")
        hour = int(found["twelve"]) % 12 + (12 if found["noon"].upper() == "PM" else 0)
    try:
        return datetime(  # noqa: DTZ001 - an Oracle DATE has no time zone
            _full_year(found, this_year), month, int(found.get("day", 1)), hour,
            int(found.get("minute", 0)), int(found.get("second", 0)),
        )  # fmt: skip
    except ValueError:
        raise NotExactError("not a date") from None


def _month_number(name: str) -> int:
    return next(i for i, month in enumerate(MONTHS, 1) if month[:3].lower() == name[:3].lower())
