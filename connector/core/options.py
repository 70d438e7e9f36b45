"""The options of a formula: `headers=no, connection="Prod US", limit=500, max_age=15m, as_of=yes`."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import timedelta

from connector.errors import FormulaError

_NAMES = ("headers", "connection", "limit", "max_age", "as_of")
_PAIR = re.compile(
    r"""\s*(?P<name>[A-Za-z_]+)\s*=\s*
        (?:"(?P<double>(?:[^"]|"")*)"|'(?P<single>(?:[^']|'')*)'|(?P<bare>[^\s,"'][^,"']*?))\s*(?P<end>,|$)""",
    re.VERBOSE,
)
_YES = {"yes": True, "true": True, "no": False, "false": False}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 1_000
_REMEDY = 'Write options as name=value pairs with commas, for example: headers=no, connection="Prod US", limit=500.'


@dataclass(frozen=True, slots=True)
class Options:
    """What a formula may say about its answer. `limit` counts rows without the header; None is every row."""

    headers: bool = True
    connection: str | None = None
    limit: int | None = None
    max_age: timedelta | None = None
    as_of: bool = False


def parse_options(text: str) -> Options:
    """Read the options of a formula. Raises FormulaError (code BAD_OPTION)."""
    if len(text) > _LONGEST:
        raise _refusal(f"The options are {len(text):,} characters long; {_LONGEST:,} are the limit.")
    found: dict[str, str] = {}
    position = 0
    while position < len(text) and text[position:].strip():
        match = _PAIR.match(text, position)
        if match is None:
            raise _refusal(f"The options cannot be read at: {text[position : position + 40].strip()}")
        name = match["name"].lower()
        if name not in _NAMES:
            near = difflib.get_close_matches(name, _NAMES, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise _refusal(f"There is no option named {name}.{hint}", f"The options are: {', '.join(_NAMES)}.")
        if name in found:
            raise _refusal(f"The option {name} stands twice.")
        found[name] = _unquoted(match)
        position = match.end()
        if match["end"] == "," and not text[position:].strip():
            raise _refusal("The options end with a comma.")
    return Options(
        headers=_yes_or_no(found, "headers", default=True),
        connection=found.get("connection"),
        limit=_limit(found.get("limit")),
        max_age=_duration(found.get("max_age")),
        as_of=_yes_or_no(found, "as_of", default=False),
    )


def format_options(options: Options) -> str:
    """The text `parse_options` reads back to the same options."""
    pairs = []
    if not options.headers:
        pairs.append("headers=no")
    if options.connection is not None:
        pairs.append('connection="' + options.connection.replace('"', '""') + '"')
    if options.limit is not None:
        pairs.append(f"limit={options.limit}")
    if options.max_age is not None:
        pairs.append(f"max_age={int(options.max_age.total_seconds())}s")
    if options.as_of:
        pairs.append("as_of=yes")
    return ", ".join(pairs)


def _refusal(message: str, remedy: str = _REMEDY) -> FormulaError:
    return FormulaError(message, code="BAD_OPTION", remedy=remedy)


def _unquoted(match: re.Match[str]) -> str:
    if match["double"] is not None:
        return match["double"].replace('""', '"')
    if match["single"] is not None:
        return match["single"].replace("''", "'")
    return match["bare"]


def _yes_or_no(found: dict[str, str], name: str, *, default: bool) -> bool:
    if name not in found:
        return default
    answer = _YES.get(found[name].lower())
    if answer is None:
        raise _refusal(f"The option {name} is yes or no, not {found[name]!r}.")
    return answer


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) == 0:
        raise _refusal(f"The option limit is a number of rows from 1 to 9999999, not {text!r}.")
    return int(text)


def _duration(text: str | None) -> timedelta | None:
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", text.lower())
    if match is None:
        raise _refusal(f"The option max_age is a time such as 30s, 15m, 2h or 1d, not {text!r}.")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])
