"""From text to a syntax tree: Oracle's SQL with TOP, without LIMIT, and never more than one SELECT.

sqlglot would turn Oracle's functions into its own notion of them (LISTAGG into GROUP_CONCAT, SUBSTRING and SUBSTR into
one). Its function tables are left out here, so that every call keeps its name and its arguments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.oracle import Oracle
from sqlglot.errors import SqlglotError
from sqlglot.parsers.oracle import OracleParser
from sqlglot.tokens import Token, TokenType

from connector.sandbox.suiteql.refusal import unsupported

LONGEST_TEXT = 256 * 1024
_DEEPEST = 40
_NEVER = {
    TokenType.LIMIT, TokenType.SEMICOLON, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.PARAMETER,
    TokenType.COLON, TokenType.DCOLON, TokenType.HINT, TokenType.INTO,
    TokenType.RAW_STRING, TokenType.NATIONAL_STRING, TokenType.HEX_STRING, TokenType.BIT_STRING,
    TokenType.ISNULL, TokenType.NOTNULL,
}  # fmt: skip
_DEEPER = {TokenType.L_PAREN: 1, TokenType.CASE: 1, TokenType.R_PAREN: -1, TokenType.END: -1}
_QUOTED = {TokenType.STRING: "'", TokenType.IDENTIFIER: '"'}
# What sqlglot reads and Oracle does not, in the words of a query with a blank between them and texts left out.
_WRONG = re.compile(
    r"""
      ==
    | \bAS\ '                                                # a text for a name
    | \b(?:UNION|INTERSECT|MINUS)\ DISTINCT\b
    | \bTOP\ (?:\(\ )?\S+\ (?:\)\ )?DISTINCT\b
    | (?<!\.\ )\bOFFSET\ (?!(?:-\ )?\S+\ ROWS?\b)
    | (?<!\.\ )\bFETCH\ (?!(?:FIRST|NEXT)\ (?:\S+\ )?ROWS?\ ONLY\b)
    | \bROWS?\ ONLY\ OFFSET\b
    | (?<!\bIS)(?<!\bAND)(?<!\bOR)(?<!\bNOT)(?<!\bON)(?<!\bWHEN)(?<!\bWHERE)(?<!\bHAVING)(?<!\()\ NOT\ NULL\b
    """,
    re.VERBOSE,
)


class _Parser(OracleParser):
    FUNCTIONS: ClassVar = {}
    FUNCTION_PARSERS: ClassVar = {name: OracleParser.FUNCTION_PARSERS[name] for name in ("CAST", "EXTRACT", "TRIM")}
    NO_PAREN_FUNCTION_PARSERS: ClassVar = {"CASE": OracleParser.NO_PAREN_FUNCTION_PARSERS["CASE"]}
    # A placeholder is known by its place in the text, since a tree forgets the order.
    PLACEHOLDER_PARSERS: ClassVar = {
        TokenType.PLACEHOLDER: lambda parser: exp.Placeholder(this=str(parser._prev.start)),  # noqa: SLF001 - sqlglot's own form
    }


class _SuiteQL(Oracle):
    Parser = _Parser


@dataclass(frozen=True, slots=True)
class Parsed:
    """One query. `places` are the offsets of its `?` in order; a Placeholder's `this` is its offset."""

    tree: exp.Expression
    places: tuple[int, ...]


def parse(text: str, *, common_table_expressions: bool = False) -> Parsed:
    """Raises SuiteQLRefused for anything that is not one SELECT of a sane size.

    `common_table_expressions` says whether the account takes WITH: sources disagree on it.
    """
    if len(text) > LONGEST_TEXT or "\x00" in text or _has_surrogate(text):
        raise unsupported("too long, or not text")
    try:
        tokens = _SuiteQL().tokenize(text)
        _check(tokens, takes_with=common_table_expressions)
        trees = _SuiteQL().parser().parse(tokens, text)
    except (SqlglotError, RecursionError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise unsupported("syntax") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Select | exp.SetOperation | exp.Subquery):
        raise unsupported("not one SELECT")
    places = tuple(token.start for token in tokens if token.token_type is TokenType.PLACEHOLDER)
    return Parsed(trees[0], places)


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _check(tokens: list[Token], *, takes_with: bool) -> None:
    """Refuse by token what a tree no longer shows, and what is nested too deeply to be read."""
    depth = 0
    before = TokenType.L_PAREN
    awaits_select = [False]  # for each parenthesis that is open
    for token in tokens:
        kind = token.token_type
        if kind is TokenType.FROM and (before is TokenType.L_PAREN or awaits_select[-1]):
            raise unsupported("FROM without SELECT")  # which sqlglot would read as SELECT *
        if kind is TokenType.WITH and not (takes_with and before is TokenType.L_PAREN):
            raise unsupported("WITH")
        before = kind
        if kind in _NEVER or token.text.upper() == "EXCEPT":
            raise unsupported(f"token {kind.name}")
        depth += _DEEPER.get(kind, 0)
        if depth > _DEEPEST:
            raise unsupported("nested too deeply")
        _follow(kind, awaits_select)
    if _WRONG.search(" ".join(_QUOTED.get(token.token_type, token.text.upper()) for token in tokens)):
        raise unsupported("no syntax of Oracle's")


def _follow(kind: TokenType, awaits_select: list[bool]) -> None:
    if kind is TokenType.L_PAREN:
        awaits_select.append(False)
    elif kind is TokenType.R_PAREN and len(awaits_select) > 1:
        awaits_select.pop()
    elif kind in {TokenType.WITH, TokenType.SELECT}:
        awaits_select[-1] = kind is TokenType.WITH
