"""The type of an expression in a SELECT list, where the text alone tells it.

None means that only the values can tell. Text wins where branches differ, since text is never wrong in a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot.tokens import Token, TokenType

from connector.core.known_fields import FIELDS, FUNCTIONS, PASSING, Type
from connector.core.select_shape import OPEN, is_identifier, nesting, read_select

Span = tuple[int, int]
"""First and last token of an expression."""

_WINDOW_WORDS = ("OVER", "KEEP", "WITHIN", "IGNORE")


class ExpressionTypes:
    """Types of expressions in one text, with what its nested SELECTs call a field."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._aliases: Mapping[str, set[Type | None]] = {}
        self._aliases = self._read_aliases()

    def type_of(self, first: int, last: int) -> Type | None:
        """The type of tokens `first` to `last`."""
        if first > last:
            return None
        if self.is_plain_column(first, last):
            return self._type_of_field(self._tokens[last].text.lower())
        if first == last and self._tokens[first].token_type is TokenType.STRING:
            return Type.TEXT
        if self._concatenates(first, last):
            return Type.TEXT
        if self._tokens[first].text.upper() == "CASE" and self._tokens[last].text.upper() == "END":
            return self._common(self._branches(first, last))
        return self._type_of_call(first, last)

    def is_plain_column(self, first: int, last: int) -> bool:
        """Whether the tokens are a name or a dotted chain of names."""
        chain = self._tokens[first : last + 1]
        names_and_dots = all(
            token.token_type is TokenType.DOT if place % 2 else is_identifier(token)
            for place, token in enumerate(chain)
        )
        return len(chain) % 2 == 1 and names_and_dots

    def _type_of_call(self, first: int, last: int) -> Type | None:
        opening = next((i for i in range(first, last + 1) if self._tokens[i].token_type is OPEN), None)
        if opening is None or opening == first:
            return None
        closing = self._closes(opening)
        if closing is None or (closing != last and self._tokens[closing + 1].text.upper() not in _WINDOW_WORDS):
            return None
        function = "".join(token.text for token in self._tokens[first:opening]).lower()
        if function in PASSING:
            return self._common(self._arguments(opening, closing, function))
        return FUNCTIONS.get(function)

    def _type_of_field(self, name: str) -> Type | None:
        types = self._aliases.get(name)
        return FIELDS.get(name) if types is None else _agreed(types)

    def _common(self, spans: Iterable[Span]) -> Type | None:
        return _agreed({self.type_of(*span) for span in spans})

    def _concatenates(self, first: int, last: int) -> bool:
        depth = 0
        for token in self._tokens[first : last + 1]:
            depth += nesting(token)
            if depth == 0 and token.token_type is TokenType.DPIPE:
                return True
        return False

    def _closes(self, opening: int) -> int | None:
        depth = 0
        for index in range(opening, len(self._tokens)):
            depth += nesting(self._tokens[index])
            if depth == 0:
                return index
        return None

    def _arguments(self, opening: int, closing: int, function: str) -> list[Span]:
        """The arguments a passing function may answer; DECODE's searches and NVL2's test are none."""
        spans, depth, first = [], 0, opening + 1
        for index in range(opening + 1, closing + 1):
            if index == closing or (depth == 0 and self._tokens[index].token_type is TokenType.COMMA):
                spans.append((first, index - 1))
                first = index + 1
            depth += nesting(self._tokens[index])
        if function == "decode":
            return spans[2::2] + ([spans[-1]] if len(spans) % 2 == 0 else [])
        return {"nvl2": spans[1:], "lag": spans[:1], "lead": spans[:1], "nullif": spans[:1]}.get(function, spans)

    def _branches(self, first: int, last: int) -> list[Span]:
        """What a CASE may answer: behind each THEN and ELSE of its own level."""
        spans: list[Span] = []
        depth, start = 0, -1
        for index in range(first + 1, last + 1):
            token = self._tokens[index]
            word = token.text.upper() if token.token_type is not TokenType.STRING else ""
            if depth == 0 and start >= 0 and word in ("WHEN", "ELSE", "END"):
                spans.append((start, index - 1))
                start = -1
            if depth == 0 and word in ("THEN", "ELSE"):
                start = index + 1
            depth += nesting(token) + (word == "CASE") - (word == "END")
        return spans

    def _read_aliases(self) -> dict[str, set[Type | None]]:
        """Names given anywhere in the text, so that `x.n` behind `acctnumber AS n` is still known to be text."""
        types: dict[str, set[Type | None]] = {}
        for index, token in enumerate(self._tokens[:-1]):
            if token.token_type is TokenType.SELECT:
                for item in read_select(self._tokens, index).items:
                    if item.alias is not None:
                        name = self._tokens[item.alias].text.lower()
                        types.setdefault(name, set()).add(self.type_of(item.first, item.last))
        return types


def _agreed(types: set[Type | None]) -> Type | None:
    if Type.TEXT in types:
        return Type.TEXT
    return next(iter(types)) if len(types) == 1 else None
