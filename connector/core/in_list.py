"""A list placeholder behind IN: `IN (?, …)`, cut into groups of a thousand, which is what Oracle takes at most."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot.tokens import TokenType

from connector.core.placeholders import Placeholder
from connector.core.sql_text import CLOSE, OPEN, SqlText
from connector.errors import FormulaError

_IN_GROUP = 1_000  # Oracle: an IN list holds at most 1,000 expressions
_LONGEST = 30_000
_OPERATORS = {TokenType.PLUS, TokenType.DASH, TokenType.STAR, TokenType.SLASH, TokenType.DPIPE}
_NO_FUNCTIONS = {"AND", "OR", "NOT", "WHERE", "ON", "WHEN", "HAVING", "THEN", "ELSE", "IN", "EXISTS", "ALL", "ANY"}


@dataclass(frozen=True, slots=True)
class Expansion:
    """The stretch of text that a list replaces (`end` exclusive), and what stands there instead."""

    start: int
    end: int
    text: str


def expand(sql: SqlText, placeholder: Placeholder, size: int) -> Expansion:
    """Write `size` question marks; none at all finds nothing. Raises FormulaError (code BAD_LIST)."""
    if size > _LONGEST:
        raise _refusal(f"A list has {size:,} values; {_LONGEST:,} are the limit.")
    before, end = placeholder.before - 1, placeholder.end
    after = next((i for i in range(placeholder.before, len(sql)) if sql.tokens[i].start >= end), len(sql))
    if sql.kind(before) is OPEN:
        if sql.closes.get(before) != after:
            raise _refusal("A list shares its brackets with something else.")
        before, end = before - 1, sql.tokens[after].end + 1
    if before < 1 or sql.word(before) != "IN":
        raise _refusal("A list does not stand behind IN.")
    negated = sql.word(before - 1) == "NOT"
    if negated and not size:
        raise _refusal("The list behind NOT IN is empty, so NetSuite would answer with no row at all.")
    if size <= _IN_GROUP:
        return Expansion(sql.tokens[before + 1].start, end, _group("", size or 1))
    first = _operand(sql, before - 1 - negated)
    operand = sql.written(first, before - 1 - negated)
    word, joint = ("NOT IN", " AND ") if negated else ("IN", " OR ")
    sizes = [min(_IN_GROUP, size - at) for at in range(0, size, _IN_GROUP)]
    groups = joint.join(_group(f"{operand} {word} ", n) for n in sizes)
    return Expansion(sql.tokens[first].start, end, f"({groups})")


def _group(before: str, size: int) -> str:
    return f"{before}({', '.join('?' * size)})"


def _operand(sql: SqlText, last: int) -> int:
    """Where begins what stands before IN, to be written again for each group: a column, a call or a bracket."""
    index = last
    if sql.kind(last) is CLOSE:
        index = next((opening for opening, closing in sql.closes.items() if closing == last), last)
        if sql.is_name(index - 1) and sql.word(index - 1) not in _NO_FUNCTIONS:
            index -= 1
    elif not sql.is_name(last):
        raise _too_much()
    while sql.kind(index - 1) is TokenType.DOT and index > 1:
        index -= 2
    values = (TokenType.PLACEHOLDER, TokenType.COLON)
    if sql.kind(index - 1) in _OPERATORS or any(sql.kind(i) in values for i in range(index, last + 1)):
        raise _too_much()
    return index


def _too_much() -> FormulaError:
    return _refusal(f"Before a list of more than {_IN_GROUP:,} values stands more than a column or a call.")


def _refusal(message: str) -> FormulaError:
    return FormulaError(
        message, code="BAD_LIST", remedy="Write column IN (:ids:list), the list alone in its brackets, and give values."
    )
