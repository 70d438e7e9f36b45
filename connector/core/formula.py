"""`=NSQUERY(query, [parameters], [options], [refresh])`: from a call to a question.

The same grammar serves Excel, Sheets and the command line. Values are bound, never pasted: the text that goes to
NetSuite depends on the query and on how many values a list has, on no value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot.tokens import Token, TokenType

from connector.core.options import Options, parse_options
from connector.core.parameters import Cell, Parameters, assign, bind, read_parameters
from connector.core.placeholders import Placeholder, PlaceholderType, find_placeholders, tokens_of
from connector.core.query import BoundValue, Query
from connector.errors import FormulaError

_FUNCTIONS = ("NSQUERY",)
_IN_GROUP = 1_000  # Oracle: an IN list holds at most 1,000 expressions
_MAX_LIST = 30_000
_WRAPPED = {PlaceholderType.DATE: "TO_DATE(?, 'YYYY-MM-DD')", PlaceholderType.NUMBER: "TO_NUMBER(?)"}


@dataclass(frozen=True, slots=True)
class FormulaCall:
    """One call as a document makes it: positional arguments, trailing ones left out or None."""

    function: str
    arguments: tuple[Cell, ...]
    date_system: int = 1900


@dataclass(frozen=True, slots=True)
class Question:
    """What a formula asks and how it wants the answer."""

    query: Query
    options: Options


def read_formula(call: FormulaCall) -> Question:
    """Raises FormulaError for everything that can be seen to be wrong without asking NetSuite."""
    if call.function.upper() not in _FUNCTIONS:
        raise FormulaError(
            f"There is no function {call.function[:40]}.",
            code="UNKNOWN_FUNCTION",
            remedy=f"The functions are: {', '.join(_FUNCTIONS)}.",
        )
    if not 1 <= len(call.arguments) <= 4:  # noqa: PLR2004 - query, parameters, options, refresh
        raise FormulaError(
            "NSQUERY takes a query and up to three more arguments.",
            remedy="Write =NSQUERY(query, [parameters], [options], [refresh]).",
        )
    query, parameters, options = (*call.arguments, None, None, None)[:3]
    return Question(
        bind_query(_query_text(query), read_parameters(parameters), date_system=call.date_system),
        parse_options(_option_text(options)),
    )


def _query_text(argument: Cell) -> str:
    cells = [argument] if not isinstance(argument, list) else [c for row in argument for c in _row(row)]
    if any(isinstance(cell, dict | bool) for cell in cells):
        raise FormulaError("The query is not text.", code="BAD_QUERY", remedy="Point at cells that hold SuiteQL.")
    return "\n".join(str(cell) for cell in cells if cell is not None).strip()


def _row(row: Cell) -> list[Cell]:
    return row if isinstance(row, list) else [row]


def _option_text(argument: Cell) -> str:
    while isinstance(argument, list) and len(argument) == 1:
        argument = argument[0]
    if argument is None:
        return ""
    if not isinstance(argument, str):
        raise FormulaError(
            "The options are not text.", code="BAD_OPTION", remedy='Write them as "headers=no, limit=5".'
        )
    return argument


def bind_query(text: str, parameters: Parameters, *, date_system: int = 1900) -> Query:
    """SuiteQL with its values bound. Raises FormulaError."""
    tokens = tokens_of(text)
    text = text[: tokens[-1].end + 1] if tokens else ""
    _check_kind(text, tokens)
    if tokens[-1].token_type is TokenType.SEMICOLON:
        tokens = tokens[:-1]
        text = text[: tokens[-1].end + 1]
    placeholders = find_placeholders(text, tokens)
    pieces: list[str] = []
    params: list[BoundValue] = []
    position = 0
    for placeholder, cells in zip(placeholders, assign(placeholders, parameters), strict=True):
        if placeholder.type is PlaceholderType.LIST:
            start, end, sql, values = _in_list(text, tokens, placeholder, cells, date_system)
            params.extend(values)
        else:
            start, end = placeholder.start, placeholder.end
            sql = _WRAPPED.get(placeholder.type, "?") if placeholder.type else "?"
            params.append(bind(cells[0], placeholder.type, date_system=date_system))
        pieces += [text[position:start], sql]
        position = end
    return Query("".join([*pieces, text[position:]]), tuple(params))


def _check_kind(text: str, tokens: Sequence[Token]) -> None:
    if not tokens:
        raise FormulaError("The query is empty.", code="BAD_QUERY", remedy="Write SuiteQL that begins with SELECT.")
    first = next((t for t in tokens if t.token_type is not TokenType.L_PAREN), tokens[0])
    if first.text.upper() in ("SELECT", "WITH"):
        return
    if len(tokens) == 1 and re.fullmatch(r"\w{1,100}", text):
        raise FormulaError(
            f"There is no library query named {text}.",
            code="UNKNOWN_QUERY",
            remedy="Write SuiteQL that begins with SELECT; the query library is not part of this version yet.",
        )
    raise FormulaError(
        f"The query begins with {first.text[:20]}, and only SELECT can be asked.",
        code="BAD_QUERY",
        remedy="NSQuery reads and never writes: begin with SELECT or WITH.",
    )


def _in_list(
    text: str, tokens: Sequence[Token], placeholder: Placeholder, cells: Sequence[Cell], date_system: int
) -> tuple[int, int, str, list[BoundValue]]:
    """The stretch of text that a list replaces, what stands there instead, and the values."""
    bound = (bind(cell, None, date_system=date_system) for cell in cells)
    values: list[BoundValue] = [value for value in bound if value is not None]
    if len(values) > _MAX_LIST:
        raise _bad_list(f"A list has {len(values):,} values; {_MAX_LIST:,} are the limit.")
    index, end = placeholder.before - 1, placeholder.end
    after = _token_at(tokens, placeholder.end)
    if index >= 0 and tokens[index].token_type is TokenType.L_PAREN:
        if after >= len(tokens) or tokens[after].token_type is not TokenType.R_PAREN:
            raise _bad_list("A list shares its brackets with something else.")
        index, end = index - 1, tokens[after].end + 1
    if index < 1 or tokens[index].token_type is not TokenType.IN:
        raise _bad_list("A list does not stand behind IN.")
    negated = tokens[index - 1].token_type is TokenType.NOT
    if negated and not values:
        raise _bad_list("The list behind NOT IN is empty, so NetSuite would answer with no row at all.")
    if len(values) <= _IN_GROUP:
        return tokens[index + 1].start, end, _group("", len(values) or 1), values or [None]
    start, operand = _operand(text, tokens, index - 1 - negated)
    word, joint = ("NOT IN", " AND ") if negated else ("IN", " OR ")
    sizes = [min(_IN_GROUP, len(values) - at) for at in range(0, len(values), _IN_GROUP)]
    return start, end, "(" + joint.join(_group(f"{operand} {word} ", n) for n in sizes) + ")", values


def _group(before: str, size: int) -> str:
    return f"{before}({', '.join('?' * size)})"


def _token_at(tokens: Sequence[Token], offset: int) -> int:
    return next((i for i, token in enumerate(tokens) if token.start >= offset), len(tokens))


def _operand(text: str, tokens: Sequence[Token], last: int) -> tuple[int, str]:
    """What stands before IN, to be written again for each group: a column, a call or something in brackets."""
    index = last
    if tokens[index].token_type is TokenType.R_PAREN:
        depth = 0
        while index >= 0:
            depth += {TokenType.R_PAREN: 1, TokenType.L_PAREN: -1}.get(tokens[index].token_type, 0)
            if depth == 0:
                break
            index -= 1
        callee = index - 1
        if callee >= 0 and tokens[callee].end + 1 == tokens[index].start:
            index = callee
    while index >= 2 and tokens[index - 1].token_type is TokenType.DOT:  # noqa: PLR2004 - qualifier, dot, name
        index -= 2
    operand = text[tokens[index].start : tokens[last].end + 1]
    joined = index > 0 and tokens[index - 1].text in ("+", "-", "*", "/", "||")
    if joined or any(t.token_type is TokenType.PLACEHOLDER for t in tokens[index : last + 1]):
        raise _bad_list(f"Before a list of more than {_IN_GROUP:,} values stands more than a column or a call.")
    return tokens[index].start, operand


def _bad_list(message: str) -> FormulaError:
    return FormulaError(
        message, code="BAD_LIST", remedy="Write column IN (:ids:list), the list alone in its brackets, and give values."
    )
