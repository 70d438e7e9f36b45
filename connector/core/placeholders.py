"""Placeholders in SuiteQL: `?` in order or `:name`, each with an optional type, `?:date` or `:ids:list`.

They are found in the tokens, so that a question mark in a text literal, a quoted name or a comment stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlglot.dialects.oracle import Oracle
from sqlglot.errors import TokenError
from sqlglot.tokens import Token, TokenType

from connector.errors import FormulaError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MAX_QUERY = 100_000


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


def tokens_of(text: str) -> list[Token]:
    """The tokens of a SuiteQL text. Raises FormulaError (code BAD_QUERY) for a quote that never closes."""
    if len(text) > _MAX_QUERY:
        raise FormulaError(
            f"The query is {len(text):,} characters long; {_MAX_QUERY:,} are the limit.",
            code="BAD_QUERY",
            remedy="Pass long lists as parameters: WHERE id IN (:ids:list).",
        )
    try:
        return Oracle().tokenize(text)
    except TokenError as error:
        raise FormulaError(
            "The query cannot be read: a quotation mark or a comment is opened and never closed.",
            code="BAD_QUERY",
            remedy="Close it; a quote inside a text literal is written twice: 'it''s'.",
        ) from error


def find_placeholders(text: str, tokens: Sequence[Token]) -> list[Placeholder]:
    """All placeholders in the order they stand. Raises FormulaError (code BAD_PLACEHOLDER)."""
    found: list[Placeholder] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.token_type is TokenType.PLACEHOLDER:
            placeholder = _typed(text, tokens, index, name=None, last=index)
        elif token.token_type is TokenType.COLON:
            if not _is_name(text, tokens, index + 1):
                raise _refusal("A colon stands alone in the query.")
            placeholder = _typed(text, tokens, index, name=_slice(text, tokens[index + 1]).lower(), last=index + 1)
        elif token.token_type in (TokenType.DQMARK, TokenType.DCOLON):
            raise _refusal(f"The query has {token.text} in it, which is no placeholder.")
        else:
            index += 1
            continue
        found.append(placeholder)
        while index < len(tokens) and tokens[index].start < placeholder.end:
            index += 1
    if len({placeholder.name is None for placeholder in found}) > 1:
        raise _refusal("The query mixes ? and :name placeholders.")
    return found


def _typed(text: str, tokens: Sequence[Token], index: int, *, name: str | None, last: int) -> Placeholder:
    end = tokens[last].end + 1
    kind = None
    if _touches(tokens, last, last + 1) and tokens[last + 1].token_type is TokenType.COLON:
        if not _is_name(text, tokens, last + 2):
            raise _refusal("A placeholder ends with a colon and no type.")
        word = _slice(text, tokens[last + 2]).lower()
        if word not in list(PlaceholderType):
            raise _refusal(f"There is no placeholder type {word}.")
        kind = PlaceholderType(word)
        end = tokens[last + 2].end + 1
    return Placeholder(name, kind, tokens[index].start, end, index)


def _is_name(text: str, tokens: Sequence[Token], index: int) -> bool:
    return _touches(tokens, index - 1, index) and _NAME.fullmatch(_slice(text, tokens[index])) is not None


def _touches(tokens: Sequence[Token], left: int, right: int) -> bool:
    return right < len(tokens) and tokens[left].end + 1 == tokens[right].start


def _slice(text: str, token: Token) -> str:
    return text[token.start : token.end + 1]


def _refusal(message: str) -> FormulaError:
    return FormulaError(
        message,
        code="BAD_PLACEHOLDER",
        remedy="Write ? or :name, with a type where it helps: ?:date, :from:date, :ids:list "
        "(types: text, number, date, bool, list).",
    )
