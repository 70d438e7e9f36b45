"""Where things stand in a query: its SELECTs, the items of a list and what a FROM names, all as token numbers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot.tokens import TokenType

from connector.core.sql_text import CLOSE, OPEN, SqlText
from connector.errors import FormulaError

Stretch = tuple[int, int]
"""First and last token."""

_SET_WORDS = {"UNION", "INTERSECT", "MINUS", "EXCEPT"}
_LIST_ENDS = {"FROM", "ORDER", "ORDER BY", "FETCH", ";"} | _SET_WORDS
_SOURCES_END = {
    "WHERE", "GROUP", "GROUP BY", "ORDER", "ORDER BY", "HAVING", "CONNECT", "CONNECT BY", "START", "START WITH", "FETCH",
    "OFFSET", ";",
} | _SET_WORDS  # fmt: skip
_PREFIXES = {"PRIOR", "CONNECT_BY_ROOT"}
_ENDS_OPERAND = {
    CLOSE, TokenType.STRING, TokenType.RAW_STRING, TokenType.NATIONAL_STRING, TokenType.NUMBER, TokenType.END,
    TokenType.NULL, TokenType.PLACEHOLDER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """An item as it stands in the text: tokens `first` to `last` without its alias, and the alias token if any."""

    first: int
    last: int
    alias: int | None = None


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT: the items of its list, and the tokens `start` to `stop` (exclusive) that its FROM names."""

    items: tuple[Written, ...]
    start: int
    stop: int


def branches(sql: SqlText, first: int, last: int) -> list[int]:
    """The SELECT tokens of a query: one, or several where a set operation joins them, the first giving the names.

    Raises FormulaError (code BAD_QUERY) where there is none.
    """
    found: list[int] = []
    start = _behind_with(sql, first, last)
    for index in [*sql.top_level(start, last), last + 1]:
        if index <= last and sql.word(index) not in _SET_WORDS:
            continue
        found += _branch(sql, start, index - 1)
        start = index + 2 if sql.word(index + 1) == "ALL" else index + 1
    if not found:
        raise FormulaError("The query has no SELECT.", code="BAD_QUERY", remedy="Write SELECT columns FROM table.")
    return found


def _branch(sql: SqlText, first: int, last: int) -> list[int]:
    if first > last:
        return []
    if sql.kind(first) is TokenType.SELECT:
        return [first]
    if sql.kind(first) is OPEN and first in sql.closes:
        return branches(sql, first + 1, sql.closes[first] - 1)
    return []


def _behind_with(sql: SqlText, first: int, last: int) -> int:
    """Where the query itself begins behind its common table expressions."""
    if sql.word(first) != "WITH":
        return first
    for index in sql.top_level(first, last):
        if sql.kind(index) is TokenType.SELECT or (sql.kind(index) is OPEN and sql.kind(index - 1) is CLOSE):
            return index
    return last + 1


def read_select(sql: SqlText, select: int) -> Select:
    """Take apart the SELECT at a token. Raises FormulaError (code BAD_QUERY)."""
    first = index = _list_start(sql, select)
    level, items = sql.depth[select], []
    while index < len(sql):
        if sql.depth[index] < level or (sql.depth[index] == level and sql.word(index) in _LIST_ENDS):
            break
        if sql.depth[index] == level and sql.kind(index) is TokenType.COMMA:
            items.append(_written(sql, first, index - 1))
            first = index + 1
        index += 1
    items.append(_written(sql, first, index - 1))
    start = min(index + 1, len(sql))
    return Select(tuple(items), start, _sources_end(sql, start, level))


def count_sources(sql: SqlText, select: Select) -> int:
    """How many tables and subqueries a SELECT's FROM joins."""
    joints = (TokenType.COMMA, TokenType.JOIN, TokenType.STRAIGHT_JOIN)
    return 1 + sum(sql.kind(index) in joints for index in sql.top_level(select.start, select.stop - 1))


def is_star(sql: SqlText, item: Written) -> bool:
    """Whether an item is `*` or `t.*`."""
    return sql.kind(item.last) is TokenType.STAR


def _list_start(sql: SqlText, select: int) -> int:
    index = select + 1
    while index < len(sql):
        word, behind = sql.word(index), sql.kind(index + 1)
        if word in ("DISTINCT", "ALL", "UNIQUE") or sql.kind(index) is TokenType.HINT:
            index += 1
        elif word == "TOP" and behind in (TokenType.NUMBER, TokenType.PLACEHOLDER):
            index += 2
        elif word == "TOP" and behind is OPEN and index + 1 in sql.closes:
            index = sql.closes[index + 1] + 1
        else:
            return index
    raise FormulaError("The query has no columns.", code="BAD_QUERY", remedy="Write SELECT columns FROM table.")


def _sources_end(sql: SqlText, start: int, level: int) -> int:
    for index in range(start, len(sql)):
        if sql.depth[index] < level or (sql.depth[index] == level and sql.word(index) in _SOURCES_END):
            return index
    return len(sql)


def _written(sql: SqlText, first: int, last: int) -> Written:
    if last < first:
        raise FormulaError(
            "The list of columns has a comma too many.", code="BAD_QUERY", remedy="Remove the comma before FROM."
        )
    if last > first and sql.is_name(last):
        if sql.kind(last - 1) is TokenType.ALIAS:
            return Written(first, last - 2, last)
        if _ends_operand(sql, last - 1):
            return Written(first, last - 1, last)
    return Written(first, last)


def _ends_operand(sql: SqlText, index: int) -> bool:
    return sql.kind(index) in _ENDS_OPERAND or (sql.is_name(index) and sql.word(index) not in _PREFIXES)
