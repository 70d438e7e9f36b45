"""The type of an expression in a SELECT list, where the text alone tells it.

None means that only the values can tell. Text wins where branches differ, since text is never wrong in a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot.tokens import TokenType

from connector.core.known_fields import CASTS, FIELDS, FUNCTIONS, PASSING, Type
from connector.core.select_shape import Stretch, branches, is_star, read_select
from connector.core.sql_text import CLOSE, OPEN, SqlText
from connector.errors import FormulaError

_DEEPEST = 40
_WINDOW_WORDS = {"OVER", "KEEP", "WITHIN", "GROUP", "IGNORE", "RESPECT", "NULLS"}
_SIGNS = {TokenType.PLUS, TokenType.DASH, TokenType.STAR, TokenType.SLASH}
_NUMBERS = {Type.INTEGER, Type.DECIMAL}

Aliases = Mapping[str, frozenset[Type | None]]


class ExpressionTypes:
    """Types of expressions in one text, with what its inner SELECTs call a field."""

    def __init__(self, sql: SqlText) -> None:
        self._sql = sql
        self._aliases: Aliases = {}
        # An alias may stand for an alias further in, so they are read until nothing new is learned.
        for _ in range(_DEEPEST):
            before, self._aliases = self._aliases, self._read_aliases()
            if self._aliases == before:
                break

    def columns(self, selects: Sequence[int]) -> list[Type | None]:
        """The types of a query's columns over all its branches; empty where a `*` hides them."""
        lists = [read_select(self._sql, select).items for select in selects]
        if len({len(items) for items in lists}) > 1 or any(
            is_star(self._sql, item) for items in lists for item in items
        ):
            return []
        return [self._common((item.first, item.last) for item in items) for items in zip(*lists, strict=True)]

    def type_of(self, first: int, last: int, deep: int = 0) -> Type | None:
        """The type of tokens `first` to `last`."""
        sql = self._sql
        if first > last or deep > _DEEPEST:
            return None
        if sql.kind(first) is OPEN and sql.closes.get(first) == last:
            return self._in_brackets(first + 1, last - 1, deep)
        if self.is_plain_column(first, last):
            return self._type_of_field(sql.tokens[last].text.lower())
        if first == last and sql.kind(first) is TokenType.STRING:
            return Type.TEXT
        signs = [i for i in sql.top_level(first, last) if sql.kind(i) in _SIGNS or sql.kind(i) is TokenType.DPIPE]
        if signs:
            return self._computed(first, last, signs, deep)
        if sql.kind(first) is TokenType.CASE and sql.closes.get(first) == last:
            return self._common(self._branches(first, last), deep)
        return self._type_of_call(first, last, deep)

    def is_plain_column(self, first: int, last: int) -> bool:
        """Whether the tokens are a name or a dotted chain of names."""
        sql = self._sql
        return (last - first) % 2 == 0 and all(
            sql.kind(index) is TokenType.DOT if (index - first) % 2 else sql.is_name(index)
            for index in range(first, last + 1)
        )

    def _in_brackets(self, first: int, last: int, deep: int) -> Type | None:
        """What brackets hold: an expression, or a query of one column."""
        if self._sql.word(first) not in ("SELECT", "WITH"):
            return self.type_of(first, last, deep + 1)
        try:
            types = self.columns(branches(self._sql, first, last))
        except FormulaError:
            return None
        return types[0] if len(types) == 1 else None

    def _computed(self, first: int, last: int, signs: Sequence[int], deep: int) -> Type | None:
        """Text for `||`; a number where every operand is one. A difference of dates is left to its values."""
        sql = self._sql
        if any(sql.kind(index) is TokenType.DPIPE for index in signs):
            return Type.TEXT
        starts, ends = [first, *(i + 1 for i in signs)], [*(i - 1 for i in signs), last]
        spans = [(a, b) for a, b in zip(starts, ends, strict=True) if a <= b]
        types = {self.type_of(a, b, deep + 1) for a, b in spans if not self._is_neutral(a, b)}
        if not types or not types <= _NUMBERS:
            return None
        whole = types == {Type.INTEGER} and not any(sql.kind(index) is TokenType.SLASH for index in signs)
        return Type.INTEGER if whole else Type.DECIMAL

    def _type_of_call(self, first: int, last: int, deep: int) -> Type | None:
        sql = self._sql
        opening = next((i for i in range(first, last + 1) if sql.kind(i) is OPEN), first)
        closing = sql.closes.get(opening)
        if opening == first or closing is None or closing > last or not self._is_window(closing + 1, last):
            return None
        function = "".join(token.text for token in sql.tokens[first:opening]).lower()
        if function == "cast":
            return self._cast(opening, closing)
        if function in PASSING:
            return self._common(self._arguments(opening, closing, function), deep)
        return FUNCTIONS.get(function)

    def _is_window(self, first: int, last: int) -> bool:
        """Whether nothing but OVER (…), KEEP (…) and the like stands behind a call."""
        sql = self._sql
        return all(
            sql.word(index) in _WINDOW_WORDS or sql.kind(index) in (OPEN, CLOSE) for index in sql.top_level(first, last)
        )

    def _cast(self, opening: int, closing: int) -> Type | None:
        marks = [i for i in self._sql.top_level(opening + 1, closing - 1) if self._sql.kind(i) is TokenType.ALIAS]
        return CASTS.get(self._sql.tokens[marks[-1] + 1].text.lower()) if marks else None

    def _type_of_field(self, name: str) -> Type | None:
        known: frozenset[Type | None] = frozenset({FIELDS[name]} if name in FIELDS else ())
        return _agreed(known | self._aliases.get(name, frozenset()) or {None})

    def _common(self, spans: Iterable[Stretch], deep: int = 0) -> Type | None:
        """The one type of several expressions; a number as it stands in the text, and NULL, fit to any."""
        return _agreed({self.type_of(a, b, deep + 1) for a, b in spans if not self._is_neutral(a, b)} or {None})

    def _is_neutral(self, first: int, last: int) -> bool:
        return first == last and self._sql.kind(first) in (TokenType.NUMBER, TokenType.NULL)

    def _arguments(self, opening: int, closing: int, function: str) -> list[Stretch]:
        """The arguments a passing function may answer; DECODE's searches and NVL2's test are none."""
        inside = self._sql.top_level(opening + 1, closing - 1)
        commas = [index for index in inside if self._sql.kind(index) is TokenType.COMMA]
        spans = list(zip([opening + 1, *(i + 1 for i in commas)], [*(i - 1 for i in commas), closing - 1], strict=True))
        if function == "decode":
            return spans[2::2] + ([spans[-1]] if len(spans) % 2 == 0 else [])
        return {"nvl2": spans[1:], "lag": spans[:1], "lead": spans[:1], "nullif": spans[:1]}.get(function, spans)

    def _branches(self, first: int, last: int) -> list[Stretch]:
        """What a CASE may answer: behind each THEN and ELSE of its own level."""
        spans, start = [], 0
        for index in [*self._sql.top_level(first + 1, last - 1), last]:
            word = self._sql.word(index)
            if start and (index == last or word in ("WHEN", "ELSE")):
                spans.append((start, index - 1))
                start = 0
            if word in ("THEN", "ELSE"):
                start = index + 1
        return spans

    def _read_aliases(self) -> Aliases:
        """Names given in inner SELECTs, so that `x.n` behind `acctnumber AS n` is known to be text."""
        types: dict[str, set[Type | None]] = {}
        for index, token in enumerate(self._sql.tokens):
            if token.token_type is TokenType.SELECT and self._sql.depth[index]:
                for item in read_select(self._sql, index).items:
                    if item.alias is not None:
                        name = self._sql.tokens[item.alias].text.lower()
                        types.setdefault(name, set()).add(self.type_of(item.first, item.last))
        return {name: frozenset(found) for name, found in types.items()}


def _agreed(types: set[Type | None] | frozenset[Type | None]) -> Type | None:
    if Type.TEXT in types:
        return Type.TEXT
    if types == _NUMBERS:
        return Type.DECIMAL
    return next(iter(types)) if len(types) == 1 else None
