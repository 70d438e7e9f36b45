"""Placeholders in SuiteQL: `?` in order or `:name`, each with an optional type, `?:date` or `:ids:list`.

They are found in the tokens, so that a question mark in a text literal, a quoted name or a comment stays what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlglot.tokens import TokenType

from connector.core.sql_text import SqlText
from connector.errors import FormulaError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NONE_OF_OURS = (TokenType.DQMARK, TokenType.DCOLON, TokenType.QDCOLON)


class PlaceholderType(StrEnum):
    """What a placeholder takes. A list takes a whole range."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One placeholder and where it stands: `start` and `end` are offsets into the text, `end` exclusive.

    `before` is the index of the token it begins with, for those who look at what stands around it.
    """

    name: str | None
    type: PlaceholderType | None
    start: int
    end: int
    before: int


def find_placeholders(sql: SqlText) -> list[Placeholder]:
    """All placeholders in the order they stand. Raises FormulaError (code BAD_PLACEHOLDER)."""
    found: list[Placeholder] = []
    index = 0
    while index < len(sql):
        if sql.kind(index) is TokenType.PLACEHOLDER:
            placeholder = _typed(sql, index, name=None, last=index)
        elif sql.kind(index) is TokenType.COLON:
            if not _is_name(sql, index + 1):
                raise _refusal("A colon stands alone in the query.")
            placeholder = _typed(sql, index, name=sql.written(index + 1, index + 1).lower(), last=index + 1)
        elif sql.kind(index) in _NONE_OF_OURS:
            raise _refusal(f"The query has {sql.tokens[index].text} in it, which is no placeholder.")
        else:
            index += 1
            continue
        found.append(placeholder)
        while index < len(sql) and sql.tokens[index].start < placeholder.end:
            index += 1
    if len({placeholder.name is None for placeholder in found}) > 1:
        raise _refusal("The query mixes ? and :name placeholders.")
    return found


def _typed(sql: SqlText, index: int, *, name: str | None, last: int) -> Placeholder:
    end = last
    kind = None
    if sql.touches(last) and sql.kind(last + 1) is TokenType.COLON:
        if not _is_name(sql, last + 2):
            raise _refusal("A placeholder ends with a colon and no type.")
        word = sql.written(last + 2, last + 2).lower()
        if word not in list(PlaceholderType):
            raise _refusal(f"There is no placeholder type {word}.")
        kind = PlaceholderType(word)
        end = last + 2
    return Placeholder(name, kind, sql.tokens[index].start, sql.tokens[end].end + 1, index)


def _is_name(sql: SqlText, index: int) -> bool:
    return sql.touches(index - 1) and _NAME.fullmatch(sql.written(index, index)) is not None


def _refusal(message: str) -> FormulaError:
    return FormulaError(
        message,
        code="BAD_PLACEHOLDER",
        remedy="Write ? or :name, with a type where it helps: ?:date, :from:date, :ids:list "
        "(types: text, number, date, bool, list).",
    )
