"""The SELECT list of a query: which columns come back, in which order, under which names.

SuiteQL's answer forgets all three: keys are alphabetical, nulls are left out, two columns of one name collapse and an
expression without an alias gets a name of NetSuite's choosing. So the list is read from the text before it is sent, and
an alias of our own is put where a name would be lost. Nothing else of the text changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from sqlglot.tokens import TokenType

from connector.core.expression_type import ExpressionTypes
from connector.core.known_fields import FIELDS, Type
from connector.core.select_shape import Select, Written, branches, count_sources, is_star, read_select
from connector.core.sql_text import OPEN, SqlText
from connector.errors import FormulaError

_PSEUDO_COLUMNS = {
    "sysdate", "current_date", "systimestamp", "current_timestamp", "localtimestamp", "sessiontimezone", "dbtimezone",
    "user", "uid", "rownum", "rowid", "level",
}  # fmt: skip
"""Names that are no columns: NetSuite names what they give as it names an expression."""


@dataclass(frozen=True, slots=True)
class Item:
    """One column of the list: the name its reader sees, the key it has on the wire, and its type where known."""

    name: str
    key: str
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Star:
    """`*` or `t.*`: the columns are known only when they have come."""


@dataclass(frozen=True, slots=True)
class SelectList:
    """The text to send and its columns in order."""

    text: str
    items: tuple[Item | Star, ...]

    @property
    def has_star(self) -> bool:
        """Whether some columns are known only when they have come."""
        return any(isinstance(item, Star) for item in self.items)

    @property
    def keys(self) -> set[str]:
        """The keys on the wire that the text itself tells."""
        return {item.key for item in self.items if isinstance(item, Item)}

    def columns(self, keys: Iterable[str]) -> list[Item]:
        """The columns of an answer whose rows have these keys: a star's in alphabetical order, as names are unique."""
        starred = sorted(set(keys) - self.keys)
        expanded: list[Item] = []
        for item in self.items:
            if isinstance(item, Star):
                expanded += [Item(key, key, FIELDS.get(key)) for key in starred]
            else:
                expanded.append(item)
        return _with_unique_names(expanded)


def read_select_list(text: str) -> SelectList:
    """Raises FormulaError (code BAD_QUERY, AMBIGUOUS_COLUMNS)."""
    return _Reader(SqlText.read(text)).read()


class _Reader:
    def __init__(self, sql: SqlText) -> None:
        self._sql = sql
        self._types = ExpressionTypes(sql)
        self._prefix = _unused_prefix(sql)
        self._edits: dict[int, tuple[int, str]] = {}  # offset → (end, what stands there instead)

    def read(self) -> SelectList:
        items = self._query(0, len(self._sql) - 1, is_inner=False)
        pieces, position = [], 0
        for start, (end, replacement) in sorted(self._edits.items()):
            pieces += [self._sql.text[position:start], replacement]
            position = end
        return SelectList("".join([*pieces, self._sql.text[position:]]), tuple(items))

    def _query(self, first: int, last: int, *, is_inner: bool) -> list[Item | Star]:
        selects = branches(self._sql, first, last)
        select = read_select(self._sql, selects[0])
        stars = sum(is_star(self._sql, item) for item in select.items)
        if stars:
            derived = self._derived(select)
            if derived is not None:
                return self._query(*derived, is_inner=True)
            self._refuse_collapsing(stars, select)
        return self._items(select, self._types.columns(selects), has_star=bool(stars), is_inner=is_inner)

    def _items(
        self, select: Select, types: Sequence[Type | None], *, has_star: bool, is_inner: bool
    ) -> list[Item | Star]:
        items: list[Item | Star] = []
        taken: set[str] = set()
        expressions = count(1)
        for number, item in enumerate(select.items, 1):
            if is_star(self._sql, item):
                items.append(Star())
                continue
            name = self._name(item)
            key = "" if name is None or self._is_named_by_netsuite(item) else name.lower()
            hidden = has_star and not is_inner and not (item.alias and self._sorts_by(select, key))
            if not key or key in taken or hidden:
                key = f"{self._prefix}{number}"
                self._give_alias(item, key)
            taken.add(key)
            kind = types[number - 1] if types else self._types.type_of(item.first, item.last)
            items.append(self._item(f"expr{next(expressions)}" if name is None else name, key, kind))
        return items

    def _is_named_by_netsuite(self, item: Written) -> bool:
        """Whether what looks like a column may come under another name: SYSDATE, a column in brackets."""
        if item.alias is not None:
            return False
        word = self._sql.word(item.last).lower()
        return self._sql.kind(item.first) is OPEN or (item.first == item.last and word in _PSEUDO_COLUMNS)

    def _item(self, name: str, key: str, kind: Type | None) -> Item:
        """What is called like a text field is text, whatever it is made of."""
        if kind is None and FIELDS.get(name.lower()) is Type.TEXT:
            kind = Type.TEXT
        return Item(name, key, kind)

    def _derived(self, select: Select) -> tuple[int, int] | None:
        """The inner query of `SELECT * FROM (SELECT …)`; None where the list or the source is something else."""
        opening = select.start
        if len(select.items) != 1 or opening >= select.stop or count_sources(self._sql, select) != 1:
            return None
        if self._sql.kind(opening) is not OPEN or self._sql.word(opening + 1) not in ("SELECT", "WITH", "("):
            return None
        return opening + 1, self._sql.closes[opening] - 1

    def _refuse_collapsing(self, stars: int, select: Select) -> None:
        bare = any(is_star(self._sql, item) and item.first == item.last for item in select.items)
        if stars > 1 or (bare and count_sources(self._sql, select) > 1):
            raise FormulaError(
                "The query asks for every column of more than one table, and NetSuite's answer keeps only one of "
                "two columns with the same name.",
                code="AMBIGUOUS_COLUMNS",
                remedy="Name the columns: SELECT t.id, t.tranid, tl.id AS line FROM …",
            )

    def _name(self, item: Written) -> str | None:
        """The name a column has by itself: its alias, or the last part of a plain column; None for an expression."""
        first, last = item.first, item.last
        while self._sql.kind(first) is OPEN and self._sql.closes.get(first) == last:
            first, last = first + 1, last - 1
        if item.alias is not None:
            token = self._sql.tokens[item.alias]
        elif self._types.is_plain_column(first, last):
            token = self._sql.tokens[last]
        else:
            return None
        return token.text if token.token_type is TokenType.IDENTIFIER else token.text.lower()

    def _sorts_by(self, select: Select, name: str) -> bool:
        """Whether ORDER BY names an alias; one that is also a column of the star would be refused as ambiguous."""
        sql = self._sql
        words = range(select.stop, len(sql))
        start = next((i for i in words if sql.word(i).startswith("ORDER")), len(sql))
        return any(
            sql.is_name(i) and sql.kind(i - 1) is not TokenType.DOT and sql.tokens[i].text.lower() == name
            for i in range(start, len(sql))
        )

    def _give_alias(self, item: Written, alias: str) -> None:
        tokens = self._sql.tokens
        if item.alias is not None:
            token = tokens[item.alias]
            self._edits[token.start] = (token.end + 1, alias)
        else:
            end = tokens[item.last].end + 1
            self._edits[end] = (end, f" AS {alias}")


def _unused_prefix(sql: SqlText) -> str:
    """`nsq`, made longer until nothing in the text begins like it."""
    words = [token.text.lower() for token in sql.tokens]
    return next(p for p in ("nsq" + "x" * n for n in count()) if not any(word.startswith(p) for word in words))


def _with_unique_names(items: Sequence[Item]) -> list[Item]:
    """Give the second `id` the name `id_2`: a frame's columns are told apart by name."""
    taken: set[str] = set()
    unique = []
    for item in items:
        name, number = item.name, 2
        while name.lower() in taken:
            name, number = f"{item.name}_{number}", number + 1
        taken.add(name.lower())
        unique.append(Item(name, item.key, item.type))
    return unique
