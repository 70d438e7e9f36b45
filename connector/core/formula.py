"""`=NSQUERY(query, [parameters], [options], [refresh])`: from a call to a question.

The same grammar serves Excel, Sheets and the command line. Values are bound, never pasted: the text that goes to
NetSuite depends on the query and on how many values a list has, on no value.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Protocol

from sqlglot.tokens import TokenType

from connector.core.in_list import expand
from connector.core.options import Options, parse_options
from connector.core.parameters import Argument, Parameters, assign, bind, read_parameters
from connector.core.placeholders import PlaceholderType, find_placeholders
from connector.core.query import BoundValue, Query
from connector.core.query_name import is_query_name
from connector.core.sql_text import SqlText
from connector.errors import FormulaError

_FUNCTIONS = ("NSQUERY",)
_MOST_ARGUMENTS = 4  # query, parameters, options, refresh
_WRAPPED = {PlaceholderType.DATE: "TO_DATE(?, 'YYYY-MM-DD')", PlaceholderType.NUMBER: "TO_NUMBER(?)"}
_OPENING = re.compile(r"(?:[\s(]|--[^\n]*(?:\n|$)|/\*.*?\*/)*(\w*)", re.DOTALL)
_VERBS = {
    "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "ALTER", "DROP", "TRUNCATE", "GRANT", "REVOKE", "CALL", "BEGIN",
    "DECLARE", "EXPLAIN", "VALUES", "FROM", "COMMIT", "LOCK", "SET",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormulaCall:
    """One call as a document makes it: positional arguments, trailing ones left out or None."""

    function: str
    arguments: tuple[Argument, ...]
    date_system: int = 1900


@dataclass(frozen=True, slots=True)
class Question:
    """What a formula asks and how it wants the answer."""

    query: Query
    options: Options


class SavedQuery(Protocol):
    """What a name of the library stands for."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def version(self) -> int:
        """Which version it is."""

    @property
    def text(self) -> str:
        """SuiteQL with placeholders."""

    def filled(self, given: Parameters, today: date) -> Parameters:
        """The values given, and defaults for the rest."""


Find = Callable[[str], SavedQuery]
"""The query of a name; raises FormulaError (code UNKNOWN_QUERY)."""


def read_formula(call: FormulaCall, find: Find | None = None) -> Question:
    """`find` knows the library. Raises FormulaError for all that can be seen to be wrong without asking NetSuite."""
    if call.function.upper() not in _FUNCTIONS:
        raise FormulaError(
            f"There is no function {call.function[:40]}.",
            code="UNKNOWN_FUNCTION",
            remedy=f"The functions are: {', '.join(_FUNCTIONS)}.",
        )
    if not 1 <= len(call.arguments) <= _MOST_ARGUMENTS:
        raise FormulaError(
            "NSQUERY takes a query and up to three more arguments.",
            remedy="Write =NSQUERY(query, [parameters], [options], [refresh]).",
        )
    query, *rest = call.arguments
    # A blank cell is NULL; parameters that are not there at all are forgotten ones.
    parameters = read_parameters(rest[0]) if rest else Parameters()
    return Question(
        named_query(_query_text(query), parameters, find, date_system=call.date_system),
        parse_options(_option_text(rest[1] if len(rest) > 1 else None)),
    )


def _query_text(argument: Argument) -> str:
    cells = [argument] if not isinstance(argument, list) else [c for row in argument for c in _row(row)]
    if any(isinstance(cell, dict | bool) for cell in cells):
        raise FormulaError("The query is not text.", code="BAD_QUERY", remedy="Point at cells that hold SuiteQL.")
    return "\n".join(str(cell) for cell in cells if cell is not None)


def _row(row: Argument) -> list[Argument]:
    return row if isinstance(row, list) else [row]


def _option_text(argument: Argument) -> str:
    while isinstance(argument, list) and len(argument) == 1:
        argument = argument[0]
    if argument is None:
        return ""
    if not isinstance(argument, str):
        raise FormulaError(
            "The options are not text.", code="BAD_OPTION", remedy='Write them as "headers=no, limit=5".'
        )
    return argument


def read_query(text: str) -> SqlText:
    """SuiteQL without what stands around it: white space, a byte order mark, a semicolon.

    Raises FormulaError (codes BAD_QUERY, and UNKNOWN_QUERY for what can only be the name of a library query).
    """
    text = text.strip().removeprefix("\ufeff").strip()
    opening = _OPENING.match(text)
    word = opening[1].upper() if opening else ""
    if not text or word in _VERBS:
        raise FormulaError(
            f"The query begins with {word}, and only SELECT can be asked." if text else "The query is empty.",
            code="BAD_QUERY",
            remedy="NSQuery reads and never writes: begin with SELECT or WITH.",
        )
    if word not in ("SELECT", "WITH"):
        raise FormulaError(
            f"There is no library query named {' '.join(text[:60].split())}.",
            code="UNKNOWN_QUERY",
            remedy="Write SuiteQL that begins with SELECT or WITH, or the name of a saved query: one word.",
        )
    sql = SqlText.read(text)
    last = len(sql) - 1
    while sql.kind(last) is TokenType.SEMICOLON:
        last -= 1
    return SqlText.read(text[: sql.tokens[last].end + 1])


def named_query(text: str, parameters: Parameters, find: Find | None, *, date_system: int = 1900) -> Query:
    """The query that a text is or names, with its values bound. Raises FormulaError."""
    if find is None or not is_query_name(text):
        return bind_query(text, parameters, date_system=date_system)
    saved = find(text)
    filled = saved.filled(parameters, datetime.now(UTC).date())
    return replace(bind_query(saved.text, filled, date_system=date_system), library=(saved.name, saved.version))


def bind_query(text: str, parameters: Parameters, *, date_system: int = 1900) -> Query:
    """SuiteQL with its values bound. Raises FormulaError."""
    sql = read_query(text)
    placeholders = find_placeholders(sql)
    pieces: list[str] = []
    params: list[BoundValue] = []
    position = 0
    for placeholder, cells in zip(placeholders, assign(placeholders, parameters), strict=True):
        if placeholder.type is PlaceholderType.LIST:
            bound = (bind(cell, None, date_system=date_system) for cell in cells)
            values = [value for value in bound if value is not None]
            expansion = expand(sql, placeholder, len(values))
            start, end, written = expansion.start, expansion.end, expansion.text
            params.extend(values or [None])
        else:
            start, end = placeholder.start, placeholder.end
            written = "?" if placeholder.type is None else _WRAPPED.get(placeholder.type, "?")
            params.append(bind(cells[0], placeholder.type, date_system=date_system))
        pieces += [sql.text[position:start], written]
        position = end
    version = hashlib.sha256(sql.text.encode(errors="surrogatepass")).hexdigest()
    return Query("".join([*pieces, sql.text[position:]]), tuple(params), version)
