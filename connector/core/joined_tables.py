"""The tables a FROM joins, and those among them that add no rows because they are looked up by their whole key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot.tokens import TokenType

from connector.core.select_shape import Select
from connector.core.sql_text import CLOSE, OPEN, SqlText

_JOIN_WORDS = {"LEFT", "RIGHT", "FULL", "OUTER", "INNER", "CROSS", "NATURAL"}
_CLAUSES = {"ON", "USING", "WHERE"} | _JOIN_WORDS
_BEFORE = {"ON", "AND", "WHERE"}
_WHERE_ENDS = {
    "GROUP BY", "GROUP", "ORDER BY", "ORDER", "HAVING", "FETCH", "OFFSET", "CONNECT BY", "START", ";", "UNION",
    "INTERSECT", "MINUS", "EXCEPT",
}  # fmt: skip
_CONSTANTS = {TokenType.NUMBER, TokenType.STRING, TokenType.PLACEHOLDER}


@dataclass(frozen=True, slots=True)
class Source:
    """One table: its name in lower case (None for a subquery), what the text calls it, and how it is joined.

    `words` are those before its JOIN, `first` to `last` (exclusive) the tokens of its condition.
    """

    table: str | None
    alias: str
    words: frozenset[str]
    first: int
    last: int

    @property
    def may_be_absent(self) -> bool:
        """Whether its columns can be null because nothing was joined."""
        return bool(self.words & {"LEFT", "FULL"})


def read_sources(sql: SqlText, select: Select) -> list[Source]:
    """The sources of a SELECT in order; empty where its FROM is not of a form that is understood."""
    found: list[Source] = []
    index, words = select.start, frozenset[str]()
    while index < select.stop:
        table, alias, index = _named(sql, index, select.stop)
        if not alias:
            return []
        first = index
        while index < select.stop and sql.kind(index) not in (TokenType.COMMA, TokenType.JOIN):
            index = sql.closes.get(index, index) + 1
        last, before = index, words
        while last > first and sql.word(last - 1) in _JOIN_WORDS:
            last -= 1
        words = frozenset(sql.word(i) for i in range(last, index))
        found.append(Source(table, alias, before, first, last))
        index += 1
    return found


def _named(sql: SqlText, index: int, stop: int) -> tuple[str | None, str, int]:
    """Table, alias and the token behind; no alias where the source is of another form."""
    table: str | None = None
    if sql.kind(index) is OPEN and index in sql.closes:
        end = sql.closes[index] + 1
    elif sql.is_name(index) and sql.kind(index + 1) not in (TokenType.DOT, OPEN):
        table, end = sql.tokens[index].text.lower(), index + 1
    else:
        return None, "", index
    if sql.kind(end) is TokenType.ALIAS:
        end += 1
    if end < stop and sql.is_name(end) and sql.word(end) not in _CLAUSES:
        return table, sql.written(end, end), end + 1
    return table, sql.written(index, index) if table else "", end


@dataclass(frozen=True, slots=True)
class _Equality:
    """`column = other`, where the other side is a column or a constant (None); `owner` is the join it belongs to.

    Of an outer join (`owner`) it holds for what is joined alone.
    """

    column: tuple[str, str]
    other: tuple[str, str] | None
    owner: str | None


Keys = Mapping[str, Sequence[Sequence[str]]]
"""Table in lower case → each of the sets of columns that name one of its rows."""


def adding_rows(sql: SqlText, select: Select, sources: Sequence[Source], keys: Keys) -> list[Source]:
    """The sources whose keys together tell the rows apart: the others follow from them.

    In `transactionline tl JOIN transaction t ON t.id = tl.transaction LEFT JOIN item i ON i.id = tl.item` that is `tl`.
    """
    if any(source.words & {"RIGHT", "FULL", "NATURAL"} for source in sources):
        return list(sources)
    known = list(_equalities(sql, select, sources))
    kept = list(sources)
    # Those with the longest keys are left out first.
    for source in sorted(sources, key=lambda one: -min((len(key) for key in keys.get(one.table or "", ())), default=0)):
        others = [one for one in kept if one is not source]
        if len(_known_from(others, sources, keys, known)) == len(sources):
            kept = others
    return kept


def _known_from(
    given: Sequence[Source], sources: Sequence[Source], keys: Keys, known: Sequence[_Equality]
) -> list[Source]:
    """The given sources and all that follow from them, one after the other."""
    found, grows = list(given), True
    while grows:
        fresh = [one for one in sources if one not in found and _follows(one, found, sources, keys, known)]
        found, grows = found + fresh, bool(fresh)
    return found


def _follows(
    source: Source, found: Sequence[Source], sources: Sequence[Source], keys: Keys, known: Sequence[_Equality]
) -> bool:
    """Whether each column of a key equals a constant, or a column of a source that is there whenever this one is."""
    alias, place = source.alias.lower(), sources.index(source)
    usable = {one.alias.lower() for one in found if sources.index(one) < place or not one.may_be_absent}

    def equals(name: str) -> bool:
        return any(
            equality.column == (alias, name)
            and equality.owner in (None, alias)
            and (equality.other is None or equality.other[0] in usable)
            for equality in known
        )

    return any(all(equals(name) for name in key) for key in keys.get(source.table or "", ()))


def _equalities(sql: SqlText, select: Select, sources: Sequence[Source]) -> Iterator[_Equality]:
    for source in sources:
        owner = source.alias.lower() if source.may_be_absent else None
        yield from _in_condition(sql, range(source.first, source.last), owner)
    yield from _in_condition(sql, range(select.stop, _where_end(sql, select.stop)), None)


def _in_condition(sql: SqlText, stretch: range, owner: str | None) -> Iterator[_Equality]:
    """Those of a condition whose parts are joined by AND alone."""
    if not stretch:
        return
    first, last = _unbracketed(sql, stretch)
    top = list(sql.top_level(first, last))
    if any(sql.word(i) == "OR" for i in top):
        return
    for i in top:
        if sql.kind(i) is not TokenType.EQ:
            continue
        left, right = _operand_before(sql, i), _operand_behind(sql, i)
        if left is None or right is None or (left.is_marked and right.is_marked):
            continue
        for one, other in ((left, right), (right, left)):
            if one.column is not None and (owner is None or one.column[0] == owner):
                marked = one.column[0] if one.is_marked else None
                if not other.is_marked:
                    yield _Equality(one.column, other.column, owner or marked)


def _where_end(sql: SqlText, start: int) -> int:
    if sql.word(start) != "WHERE":
        return start
    level = sql.depth[start]
    return next((i for i in range(start + 1, len(sql)) if sql.depth[i] < level or _ends_where(sql, i, level)), len(sql))


def _ends_where(sql: SqlText, index: int, level: int) -> bool:
    return sql.depth[index] == level and sql.word(index) in _WHERE_ENDS


def _unbracketed(sql: SqlText, stretch: range) -> tuple[int, int]:
    first, last = stretch.start, stretch.stop - 1
    if sql.word(first) in ("ON", "WHERE") and sql.kind(first + 1) is OPEN and sql.closes.get(first + 1) == last:
        return first + 2, last - 1
    return first, last


@dataclass(frozen=True, slots=True)
class _Operand:
    """One side of `=`: alias and column in lower case, or None for a constant; `is_marked` with Oracle's `(+)`."""

    column: tuple[str, str] | None
    is_marked: bool = False


def _operand_before(sql: SqlText, equals: int) -> _Operand | None:
    """`alias.column` or a constant that is all there is on the left."""
    is_marked = sql.kind(equals - 1) is TokenType.JOIN_MARKER
    end = equals - 2 if is_marked else equals - 1
    is_column = sql.kind(end - 1) is TokenType.DOT
    before = end - 3 if is_column else end - 1
    if not (sql.word(before) in _BEFORE or sql.kind(before) is OPEN):
        return None
    return _operand(sql, end - 2 if is_column else end, end, is_marked)


def _operand_behind(sql: SqlText, equals: int) -> _Operand | None:
    first = equals + 1
    end = first + 2 if sql.kind(first + 1) is TokenType.DOT else first
    is_marked = sql.kind(end + 1) is TokenType.JOIN_MARKER
    behind = end + 2 if is_marked else end + 1
    ends = sql.kind(behind) in (None, CLOSE, TokenType.COMMA, TokenType.JOIN)
    if not (ends or sql.word(behind) in _BEFORE | _JOIN_WORDS | _WHERE_ENDS):
        return None
    return _operand(sql, first, end, is_marked)


def _operand(sql: SqlText, first: int, last: int, is_marked: bool) -> _Operand | None:
    if first < last:
        return _Operand((sql.written(first, first).lower(), sql.tokens[last].text.lower()), is_marked)
    return _Operand(None) if sql.kind(first) in _CONSTANTS else None
