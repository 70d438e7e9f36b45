"""Where things stand in a SELECT: its list, the items of the list and what its FROM names, all as token numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot.tokens import Token, TokenType

from connector.errors import FormulaError

OPEN, CLOSE = TokenType.L_PAREN, TokenType.R_PAREN
_LIST_ENDS = {"FROM", "UNION", "INTERSECT", "MINUS", "EXCEPT", "ORDER", "FETCH", ";"}
_SOURCES_END = {"WHERE", "GROUP", "ORDER", "HAVING", "CONNECT", "START", "UNION", "INTERSECT", "MINUS", "EXCEPT"} | {
    "FETCH", "OFFSET", ";",
}  # fmt: skip
_NEVER_NAMES = {
    TokenType.STRING, TokenType.NUMBER, TokenType.END, TokenType.NULL, TokenType.FROM, TokenType.SELECT,
    TokenType.ALIAS, TokenType.PLACEHOLDER, TokenType.CASE, TokenType.RAW_STRING, TokenType.NATIONAL_STRING,
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


def first_select(tokens: Sequence[Token]) -> int:
    """The SELECT whose list names the columns: behind the common table expressions, the first of a set."""
    depth, behind_with = 0, bool(tokens) and tokens[0].text.upper() == "WITH"
    for index, token in enumerate(tokens):
        depth += nesting(token)
        if token.token_type is TokenType.SELECT and not (behind_with and depth):
            return index
    raise FormulaError("The query has no SELECT.", code="BAD_QUERY", remedy="Write SELECT columns FROM table.")


def read_select(tokens: Sequence[Token], select: int) -> Select:
    """Take apart the SELECT at token `select`. Raises FormulaError (code BAD_QUERY)."""
    index = first = _list_start(tokens, select)
    depth, items = 0, []
    while index < len(tokens):
        token = tokens[index]
        if depth == 0 and (token.token_type is CLOSE or _first_word(token) in _LIST_ENDS):
            break
        depth += nesting(token)
        if depth == 0 and token.token_type is TokenType.COMMA:
            items.append(_written(tokens, first, index - 1))
            first = index + 1
        index += 1
    items.append(_written(tokens, first, index - 1))
    start = min(index + 1, len(tokens))
    return Select(tuple(items), start, _sources_end(tokens, start))


def count_sources(tokens: Sequence[Token], select: Select) -> int:
    """How many tables and subqueries a SELECT's FROM joins."""
    depth, count = 0, 1
    for token in tokens[select.start : select.stop]:
        depth += nesting(token)
        count += depth == 0 and (token.token_type is TokenType.COMMA or token.text.upper().endswith("JOIN"))
    return count


def is_star(tokens: Sequence[Token], item: Written) -> bool:
    """Whether an item is `*` or `t.*`."""
    return tokens[item.last].token_type is TokenType.STAR


def is_identifier(token: Token) -> bool:
    """Whether a token can be a name; words the tokenizer knows, such as TYPE, are names in SuiteQL."""
    if token.token_type in (TokenType.VAR, TokenType.IDENTIFIER):
        return True
    return token.token_type not in _NEVER_NAMES and token.text.isidentifier()


def nesting(token: Token) -> int:
    """How a token changes the depth of brackets."""
    return (token.token_type is OPEN) - (token.token_type is CLOSE)


def _first_word(token: Token) -> str:
    return (
        token.text.upper().split(" ", 1)[0] if token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER) else ""
    )


def _list_start(tokens: Sequence[Token], select: int) -> int:
    index = select + 1
    while index < len(tokens):
        word = tokens[index].text.upper()
        if word in ("DISTINCT", "ALL", "UNIQUE"):
            index += 1
        elif word == "TOP" and index + 1 < len(tokens):
            index += 4 if tokens[index + 1].token_type is OPEN else 2
        else:
            return index
    raise FormulaError("The query has no columns.", code="BAD_QUERY", remedy="Write SELECT columns FROM table.")


def _sources_end(tokens: Sequence[Token], start: int) -> int:
    depth = 0
    for index in range(start, len(tokens)):
        token = tokens[index]
        if depth == 0 and (token.token_type is CLOSE or _first_word(token) in _SOURCES_END):
            return index
        depth += nesting(token)
    return len(tokens)


def _written(tokens: Sequence[Token], first: int, last: int) -> Written:
    if last < first:
        raise FormulaError(
            "The list of columns has a comma too many.", code="BAD_QUERY", remedy="Remove the comma before FROM."
        )
    if last > first and is_identifier(tokens[last]):
        if tokens[last - 1].token_type is TokenType.ALIAS:
            return Written(first, last - 2, last)
        if _ends_operand(tokens[last - 1]):
            return Written(first, last - 1, last)
    return Written(first, last)


def _ends_operand(token: Token) -> bool:
    closing = (CLOSE, TokenType.STRING, TokenType.NUMBER, TokenType.END, TokenType.NULL, TokenType.PLACEHOLDER)
    return token.token_type in closing or is_identifier(token)
