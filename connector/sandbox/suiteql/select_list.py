"""The SELECT list and ORDER BY: which columns come out, under which names, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from connector.sandbox.suiteql.aggregate import AGGREGATES, ordered
from connector.sandbox.suiteql.conversion import null_of, order_key
from connector.sandbox.suiteql.expression import CLOCK_COLUMNS, name_of, own_nodes
from connector.sandbox.suiteql.refusal import unknown_identifier, unsupported
from connector.sandbox.suiteql.scope import SourceColumn
from connector.sandbox.suiteql.statement import Translator, only
from connector.sandbox.suiteql.value import Family, Value


@dataclass(frozen=True, slots=True)
class Output:
    """One column of a SELECT list. `name` is empty for an expression without an alias."""

    name: str
    value: Value

    def sql(self) -> str:
        return null_of(self.value.type) if self.value.type.family is Family.NULL else self.value.sql

    def column(self, place: int) -> SourceColumn:
        shows = self.value.shows if self.value.is_column else None
        is_expression = not self.value.is_column or self.value.is_expression
        return SourceColumn(self.name, f"c{place}", self.value.type, shows, is_expression=is_expression)


def outputs(translator: Translator, items: Sequence[exp.Expression], *, is_top: bool) -> list[Output]:
    """`*` stands alone, as in Oracle; `t.*` may stand beside others."""
    if len(items) == 1 and isinstance(items[0], exp.Star):
        only(items[0])
        return _all(translator, None)
    found: list[Output] = []
    for item in items:
        if isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
            found += _all(translator, name_of(item.args.get("table")))
        else:
            found.append(_output(translator, item, is_top=is_top))
    return found


def _all(translator: Translator, alias: str | None) -> list[Output]:
    scope = translator.scope
    sources = [source for source in scope.sources if alias in {None, source.alias}]
    if not sources:
        raise unknown_identifier(alias or "*", {s.alias: s.record for s in scope.sources if s.alias})
    return [Output(column.name, scope.value(source, column)) for source in sources for column in source.columns]


def _output(translator: Translator, item: exp.Expression, *, is_top: bool) -> Output:
    if not isinstance(item, exp.Alias):
        # Behind a subselect Oracle knows a column in parentheses by its whole text.
        column = item.unnest() if is_top else item
        name = name_of(column.this) if isinstance(column, exp.Column) else ""
        return Output("" if name in CLOCK_COLUMNS else name, translator.value(item))
    only(item, "this", "alias")
    alias = item.args["alias"]
    quoted = isinstance(alias, exp.Identifier) and bool(alias.args.get("quoted"))
    if quoted and not is_top:
        raise unsupported("a quoted alias in a subselect")
    name = str(alias.this).lower() if quoted else name_of(alias)
    if not name or (name == "rownum" and not quoted):
        raise unsupported("such an alias")
    return Output(name, translator.value(item.this))


# A row's number before sorting, as the last key: equal rows keep the order they come in, which DuckDB's own sorting does
# not promise. Else two pages of them, each with an OFFSET of its own, might lose a row or have it twice.
_PLACE = '"place"'


@dataclass(frozen=True, slots=True)
class Ordering:
    """`keys` sort the rows, over columns c1…, the hidden o1… and `place`; `hidden` is what o1… hold.

    No two rows have the same keys.
    """

    keys: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def ordering(
    translator: Translator | None,
    columns: Sequence[SourceColumn],
    values: Sequence[Value],
    select: exp.Expression,
) -> Ordering:
    """ORDER BY a position, an alias or, where there is a translator, an expression. `values` are the columns' own."""
    order = select.args.get("order")
    if order is None:
        return Ordering()
    only(order, "expressions")
    keys: list[str] = []
    hidden: list[str] = []
    for item in order.expressions:
        place = _place(item.this, columns)
        if place is None and translator is None:
            raise unsupported("ORDER BY what is not in the list")
        if place is None and translator is not None:
            value = translator.value(_without_aliases(translator, item.this, select))
            place = next((i for i, known in enumerate(values) if known.sql == value.sql), None)
            if place is None:
                hidden.append(order_key(value.sql, value.type))
                keys.append(ordered(f'"o{len(hidden)}"', item))
                continue
        column = columns[place or 0]
        keys.append(ordered(order_key(f'"{column.physical}"', column.type), item))
    rowids = _rowids(translator, select)
    keys += [f'"o{len(hidden) + number}"' for number in range(1, len(rowids) + 1)] or [_PLACE]
    return Ordering(tuple(keys), (*hidden, *rowids))


def _rowids(translator: Translator | None, select: exp.Expression) -> list[str]:
    """DuckDB's own numbers of the rows, where each row of the answer is made of one of each table.

    With them the first rows of millions are found by their keys alone, and only those are read whole.
    """
    if translator is None or translator.scope.stage is not None:
        return []
    sources = translator.scope.sources
    merges = any(select.args.get(part) is not None for part in ("distinct", "group", "having"))
    if merges or not all(source.is_table for source in sources):
        return []
    nodes = [node for part in (*select.expressions, select.args["order"]) for node in own_nodes(part)]
    if any(isinstance(node, exp.Anonymous) and str(node.this).upper() in AGGREGATES for node in nodes):
        return []
    return [f'"{source.physical}".rowid' for source in sources]


def _without_aliases(translator: Translator, key: exp.Expression, select: exp.Expression) -> exp.Expression:
    """The key with what the aliases in it stand for. A name that is an alias and a column too is refused."""
    listed = {str(item.alias).lower(): item.this for item in select.expressions if isinstance(item, exp.Alias)}
    plain = key.copy()
    for node in list(own_nodes(plain)):
        if not isinstance(node, exp.Column) or node.args.get("table") is not None:
            continue
        name = str(node.name).lower()
        if name not in listed or listed[name] == node:
            continue
        if translator.scope.has(name, None):
            raise unsupported("ORDER BY a name of two meanings")
        node.replace(exp.Paren(this=listed[name].copy()))
    return plain


def _place(node: exp.Expression, columns: Sequence[SourceColumn]) -> int | None:
    if isinstance(node, exp.Literal) and not node.is_string:
        if not str(node.this).isdecimal() or not 1 <= int(str(node.this)) <= len(columns):
            raise unsupported("ORDER BY position")
        return int(str(node.this)) - 1
    if not isinstance(node, exp.Column) or node.args.get("table") is not None:
        return None
    identifier = node.this
    name = str(identifier.this).lower()
    places = [i for i, column in enumerate(columns) if column.name == name]
    if len(places) > 1:
        raise unsupported("ORDER BY an ambiguous name")
    return places[0] if places else None


def sorted_rows(sql: str, columns: Sequence[SourceColumn], keys: Sequence[str], limit: str) -> str:
    if not keys and not limit:
        return sql
    names = ", ".join(f'"{column.physical}"' for column in columns)
    if not keys:
        return f"SELECT {names} FROM ({sql}){limit}"  # noqa: S608 - made of our own names
    if _PLACE in keys:
        sql = f"SELECT *, row_number() OVER () AS {_PLACE} FROM ({sql})"  # noqa: S608 - made of our own names
    return f"SELECT {names} FROM ({sql}) ORDER BY {', '.join(keys)}{limit}"  # noqa: S608 - made of our own names
