"""SuiteQL as tokens, with what stands inside what: the ground on which placeholders, columns and types are read.

Nothing is parsed: a text that NetSuite takes and we do not understand must still be sent as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot.dialects.oracle import Oracle
from sqlglot.errors import TokenError
from sqlglot.tokens import Token, TokenType

from connector.errors import FormulaError

OPEN, CLOSE = TokenType.L_PAREN, TokenType.R_PAREN
_LONGEST = 100_000
_OPENS, _ENDS = (OPEN, TokenType.CASE), (CLOSE, TokenType.END)
_LITERALS = {
    TokenType.STRING, TokenType.RAW_STRING, TokenType.NATIONAL_STRING, TokenType.NUMBER, TokenType.IDENTIFIER,
    TokenType.HINT,
}  # fmt: skip
_NEVER_NAMES = {
    TokenType.STRING, TokenType.RAW_STRING, TokenType.NATIONAL_STRING, TokenType.NUMBER, TokenType.NULL,
    TokenType.PLACEHOLDER, TokenType.CASE, TokenType.END, TokenType.FROM, TokenType.SELECT, TokenType.ALIAS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SqlText:
    """A text and its tokens.

    `depth[i]` counts the brackets and CASEs around token `i`; those that open and close one have the depth outside.
    `closes[i]` is the token that closes what token `i` opens.
    """

    text: str
    tokens: tuple[Token, ...]
    depth: tuple[int, ...]
    closes: dict[int, int]

    @classmethod
    def read(cls, text: str) -> SqlText:
        """Raises FormulaError (code BAD_QUERY) for a quote that never closes and a text of more than 100,000 signs."""
        tokens = tuple(_tokens(text))
        depth, closes, open_at = [], {}, list[int]()
        for index, token in enumerate(tokens):
            is_name = index > 0 and tokens[index - 1].token_type is TokenType.DOT
            if token.token_type in _ENDS and not is_name and open_at:
                closes[open_at.pop()] = index
            depth.append(len(open_at))
            if token.token_type in _OPENS and not is_name:
                open_at.append(index)
        return cls(text, tokens, tuple(depth), closes)

    def __len__(self) -> int:
        """The number of tokens."""
        return len(self.tokens)

    def kind(self, index: int) -> TokenType | None:
        """The type of a token; None beyond the text."""
        return self.tokens[index].token_type if 0 <= index < len(self.tokens) else None

    def word(self, index: int) -> str:
        """A token in upper case where it can be a keyword; empty for literals, for names and beyond the text."""
        if self.kind(index) in _LITERALS or self.kind(index) is None:
            return ""
        if self.kind(index - 1) in (TokenType.DOT, TokenType.ALIAS):
            return ""
        return self.tokens[index].text.upper()

    def is_name(self, index: int) -> bool:
        """Whether a token can be a name; words the tokenizer knows, such as TYPE, are names in SuiteQL."""
        kind = self.kind(index)
        if kind in (TokenType.VAR, TokenType.IDENTIFIER):
            return True
        if kind is None or not self.tokens[index].text.isidentifier():
            return False
        return kind not in _NEVER_NAMES or self.kind(index - 1) in (TokenType.DOT, TokenType.ALIAS)

    def top_level(self, first: int, last: int) -> Iterator[int]:
        """The tokens of a stretch that stand in none of its brackets or CASEs."""
        level = self.depth[first] if first <= last else 0
        return (index for index in range(first, last + 1) if self.depth[index] == level)

    def touches(self, index: int) -> bool:
        """Whether the next token follows without a space."""
        return index + 1 < len(self.tokens) and self.tokens[index].end + 1 == self.tokens[index + 1].start

    def written(self, first: int, last: int) -> str:
        """The text from one token to another, as it was written."""
        return self.text[self.tokens[first].start : self.tokens[last].end + 1]


def _tokens(text: str) -> list[Token]:
    if len(text) > _LONGEST:
        raise FormulaError(
            f"The query is {len(text):,} characters long; {_LONGEST:,} are the limit.",
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
