"""The SELECT list of a query: which columns come back, in which order, under which names.

SuiteQL's answer forgets all three: keys are alphabetical, nulls are left out, two columns of one name collapse and an
expression without an alias gets a name of NetSuite's choosing. So the list is read from the text before it is sent, and
an alias of our own is put where a name would be lost. Nothing else of the text changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot.tokens import TokenType

from connector.core.expression_type import ExpressionTypes
from connector.core.known_fields import FIELDS, Type
from connector.core.placeholders import tokens_of
from connector.core.select_shape import OPEN, Select, Written, count_sources, first_select, is_star, read_select
from connector.errors import FormulaError

_PREFIX = "nsq"


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

    def columns(self, keys: Iterable[str]) -> list[Item]:
        """The columns of an answer whose rows have these keys: a star's in alphabetical order, as names are unique."""
        named = {item.key for item in self.items if isinstance(item, Item)}
        starred = sorted(set(keys) - named)
        expanded: list[Item] = []
        for item in self.items:
            if isinstance(item, Star):
                expanded += [Item(key, key, FIELDS.get(key)) for key in starred]
            else:
                expanded.append(item)
        return _with_unique_names(expanded)


def read_select_list(text: str) -> SelectList:
    """Raises FormulaError (code BAD_QUERY, AMBIGUOUS_COLUMNS)."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens_of(text)
        self._types = ExpressionTypes(self._tokens)
        self._edits: dict[int, tuple[int, str]] = {}  # offset → (end, what stands there instead)

    def read(self) -> SelectList:
        items = self._items(read_select(self._tokens, first_select(self._tokens)))
        pieces, position = [], 0
        for start, (end, replacement) in sorted(self._edits.items()):
            pieces += [self._text[position:start], replacement]
            position = end
        return SelectList("".join([*pieces, self._text[position:]]), tuple(items))

    def _items(self, select: Select) -> list[Item | Star]:
        stars = sum(is_star(self._tokens, item) for item in select.items)
        if stars:
            derived = self._derived(select)
            if derived is not None:
                return self._items(derived)
            self._refuse_collapsing(stars, select)
        taken: set[str] = set()
        items: list[Item | Star] = []
        expressions = 0
        for number, item in enumerate(select.items, 1):
            if is_star(self._tokens, item):
                items.append(Star())
                continue
            name = self._name(item)
            expressions += name is None
            shown = f"expr{expressions}" if name is None else name
            key = shown.lower()
            if name is None or key in taken or stars:
                key = f"{_PREFIX}{number}"
                self._give_alias(item, key)
            taken.add(key)
            items.append(Item(shown, key, self._types.type_of(item.first, item.last)))
        return items

    def _derived(self, select: Select) -> Select | None:
        """The inner SELECT of `SELECT * FROM (SELECT …)`; None where the list or the source is something else."""
        opening = select.start
        if len(select.items) != 1 or opening + 1 >= select.stop or count_sources(self._tokens, select) != 1:
            return None
        pair = (self._tokens[opening].token_type, self._tokens[opening + 1].token_type)
        return read_select(self._tokens, opening + 1) if pair == (OPEN, TokenType.SELECT) else None

    def _refuse_collapsing(self, stars: int, select: Select) -> None:
        bare = any(is_star(self._tokens, item) and item.first == item.last for item in select.items)
        if stars > 1 or (bare and count_sources(self._tokens, select) > 1):
            raise FormulaError(
                "The query asks for every column of more than one table, and NetSuite's answer keeps only one of "
                "two columns with the same name.",
                code="AMBIGUOUS_COLUMNS",
                remedy="Name the columns: SELECT t.id, t.tranid, tl.id AS line FROM …",
            )

    def _name(self, item: Written) -> str | None:
        """The name a column has by itself: its alias, or the last part of a plain column; None for an expression."""
        if item.alias is not None:
            token = self._tokens[item.alias]
        elif self._types.is_plain_column(item.first, item.last):
            token = self._tokens[item.last]
        else:
            return None
        return token.text if token.token_type is TokenType.IDENTIFIER else token.text.lower()

    def _give_alias(self, item: Written, alias: str) -> None:
        if item.alias is not None:
            token = self._tokens[item.alias]
            self._edits[token.start] = (token.end + 1, alias)
        else:
            end = self._tokens[item.last].end + 1
            self._edits[end] = (end, f" AS {alias}")


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
