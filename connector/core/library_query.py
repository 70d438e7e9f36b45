"""A query with a name: its text, its parameters and what they are where nothing is given."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from connector.core.formula import read_query
from connector.core.parameters import Argument, Parameters
from connector.core.placeholders import PlaceholderType, find_placeholders
from connector.core.query_name import is_query_name
from connector.errors import FormulaError

_LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class LibraryParameter:
    """A placeholder of a query, and what it is where nothing is given: None where something has to be."""

    name: str
    type: PlaceholderType | None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class LibraryQuery:
    """One version of a query. `owner` is None for one that comes with the product."""

    name: str
    description: str
    text: str
    defaults: Mapping[str, str] = field(default_factory=dict)
    version: int = 1
    owner: str | None = None
    is_shared: bool = True

    def parameters(self) -> list[LibraryParameter]:
        """In the order they first stand in the text; `?` without a name has none here."""
        found: dict[str, LibraryParameter] = {}
        for placeholder in find_placeholders(read_query(self.text)):
            if placeholder.name is not None:
                known = found.get(placeholder.name)
                kind = placeholder.type or (known.type if known else None)
                found[placeholder.name] = LibraryParameter(placeholder.name, kind, self.defaults.get(placeholder.name))
        return list(found.values())

    def filled(self, given: Parameters, today: date) -> Parameters:
        """The values given, and the defaults of those that are not. Raises FormulaError (code PARAMETER_COUNT)."""
        wanted = self.parameters()
        if not wanted or all(parameter.default is None for parameter in wanted):
            return given
        named = dict(given.named) if given.named is not None else _by_place(given.ordered, wanted)
        for parameter in wanted:
            if parameter.name not in named and parameter.default is not None:
                named[parameter.name] = (default_value(parameter.default, today),)
        return Parameters(named=named)


def _by_place(values: Sequence[Argument], wanted: Sequence[LibraryParameter]) -> dict[str, tuple[Argument, ...]]:
    """Values in order stand for the first parameters; a list takes all that are left."""
    if len(wanted) == 1 and wanted[0].type is PlaceholderType.LIST and values:
        return {wanted[0].name: tuple(values)}
    if len(values) > len(wanted):
        raise FormulaError(
            f"The query has {len(wanted)} parameters and {len(values)} values are given.",
            code="PARAMETER_COUNT",
            remedy=f"In order they are: {', '.join(f':{one.name}' for one in wanted)}.",
        )
    return {one.name: (value,) for one, value in zip(wanted, values, strict=False)}


def default_value(text: str, today: date) -> Argument:
    """What a default stands for today: `today`, `start of month`, `end of last year`; else the text itself."""
    words = text.lower().split()
    if words == ["today"]:
        return {"date": today.isoformat()}
    if words == ["yesterday"]:
        return {"date": (today - timedelta(days=1)).isoformat()}
    if len(words) in (3, 4) and words[0] in ("start", "end") and words[1] == "of" and words[-1] in ("month", "year"):
        day = _within(today, words[-1], words[2:-1])
        if day is not None:
            return {"date": _edge(day, words[-1], words[0]).isoformat()}
    return text


def _within(today: date, unit: str, which: Sequence[str]) -> date | None:
    """A day of this, the last or the next month or year."""
    step = {(): 0, ("this",): 0, ("last",): -1, ("next",): 1}.get(tuple(which))
    if step is None:
        return None
    if unit == "year":
        return date(today.year + step, 6, 1)
    months = today.year * 12 + today.month - 1 + step
    return date(months // 12, months % 12 + 1, 1)


def _edge(day: date, unit: str, edge: str) -> date:
    if unit == "year":
        return date(day.year, 1, 1) if edge == "start" else date(day.year, 12, 31)
    return day.replace(day=1 if edge == "start" else calendar.monthrange(day.year, day.month)[1])


def checked(query: LibraryQuery) -> LibraryQuery:
    """The query, where it can be kept: its name, its text, and defaults for parameters it has. Raises FormulaError."""
    name = query.name.strip().lower()
    if not is_query_name(name):
        raise FormulaError(
            f"{query.name[:60]!r} cannot be the name of a query.",
            code="BAD_QUERY_NAME",
            remedy="Give a name of letters, digits and _, beginning with a letter: open_invoices.",
        )
    if len(query.description) > _LONGEST_NOTE:
        raise FormulaError(
            f"The description is {len(query.description):,} characters long; {_LONGEST_NOTE:,} are the limit.",
            code="BAD_QUERY",
            remedy="Shorten it.",
        )
    text = read_query(query.text).text
    known = [parameter.name for parameter in replace(query, text=text, defaults={}).parameters()]
    for parameter in query.defaults:
        if parameter not in known:
            raise FormulaError(
                f"The query has no parameter named :{parameter[:40]}.",
                code="UNKNOWN_PARAMETER",
                remedy=f"Its parameters are: {', '.join(f':{one}' for one in known) or 'none'}.",
            )
    return replace(query, name=name, text=text)
