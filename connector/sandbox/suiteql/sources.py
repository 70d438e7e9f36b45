"""FROM: tables, subselects and joins, in Oracle's syntax with (+) or in ANSI's, never both."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from connector.sandbox.suiteql.condition import operands
from connector.sandbox.suiteql.expression import name_of, own_nodes
from connector.sandbox.suiteql.refusal import hidden_record, unknown_table, unsupported
from connector.sandbox.suiteql.scope import Source, SourceColumn, table_columns
from connector.sandbox.suiteql.statement import Translator, only
from connector.sandbox.suiteql.value import TEXT

_JOINS = {("", ""): "INNER JOIN", ("", "INNER"): "INNER JOIN", ("LEFT", ""): "LEFT JOIN", ("RIGHT", ""): "RIGHT JOIN",
          ("FULL", ""): "FULL JOIN", ("LEFT", "OUTER"): "LEFT JOIN", ("RIGHT", "OUTER"): "RIGHT JOIN",
          ("FULL", "OUTER"): "FULL JOIN"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Placed:
    source: Source
    sql: str


def from_clause(translator: Translator, select: exp.Expression) -> tuple[str, list[exp.Expression]]:
    """DuckDB's FROM, and the conditions of WHERE that are left. Adds the sources to the scope."""
    start, joins = select.args.get("from_"), select.args.get("joins") or []
    if start is None:
        raise unsupported("SELECT without FROM")
    only(start, "this")
    where = select.args.get("where")
    conditions = operands(where.this, exp.And) if where is not None else []
    is_comma = [_is_comma(join) for join in joins]
    if joins and any(is_comma) and not all(is_comma):
        raise unsupported("both syntaxes of joins")
    if all(is_comma):
        placed = [_source(translator, start.this), *(_source(translator, join.this) for join in joins)]
        return _oracle(translator, placed, conditions)
    sql = _source(translator, start.this).sql
    for join in joins:
        sql += _ansi(translator, join)
    if any(_is_marked(condition) for condition in conditions):
        raise unsupported("both syntaxes of joins")
    return sql, conditions


def _is_comma(join: exp.Expression) -> bool:
    only(join, "this", "kind", "side", "on")
    return not any(join.args.get(part) for part in ("kind", "side", "on"))


def _ansi(translator: Translator, join: exp.Expression) -> str:
    placed = _source(translator, join.this)
    side, kind, on = (join.args.get("side") or "").upper(), (join.args.get("kind") or "").upper(), join.args.get("on")
    if (side, kind) == ("", "CROSS") and on is None:
        return f" CROSS JOIN {placed.sql}"
    if (side, kind) not in _JOINS or on is None:
        raise unsupported("join")
    return f" {_JOINS[side, kind]} {placed.sql} ON {translator.condition(on)}"


def _source(translator: Translator, node: exp.Expression) -> _Placed:
    alias_node = node.args.get("alias")
    if alias_node is not None:
        only(alias_node, "this")
    alias = name_of(alias_node.this) if alias_node is not None else ""
    physical = translator.statement.alias()
    if isinstance(node, exp.Table):
        only(node, "this", "alias")
        source, sql = _table(translator, name_of(node.this), alias, physical)
    elif isinstance(node, exp.Subquery):
        only(node, "this", "alias")
        relation = translator.rules.relation(translator.statement, node.this, None)
        source, sql = Source(alias, alias, physical, relation.columns), f"({relation.sql})"
    else:
        raise unsupported(f"source {type(node).__name__}")
    translator.scope.add(source)
    return _Placed(source, f'{sql} AS "{physical}"')


def _table(translator: Translator, name: str, alias: str, physical: str) -> tuple[Source, str]:
    named = translator.statement.named.get(name)
    if named is not None:
        return Source(alias or name, name, physical, named.columns), f'"{named.sql}"'
    if name in translator.statement.hidden:
        raise hidden_record(name)
    table = translator.statement.dataset.tables.get(name)
    if table is not None:
        return Source(alias or name, table.name, physical, table_columns(table), is_table=True), f'"{table.name}"'
    if name == "dual":
        return Source(alias or name, name, physical, (SourceColumn("dummy", "dummy", TEXT),)), "(SELECT 'X' AS dummy)"
    raise unknown_table(name)


def _marks(condition: exp.Expression) -> list[exp.Expression]:
    return [n for n in own_nodes(condition) if isinstance(n, exp.Column) and n.args.get("join_mark")]


def _is_marked(condition: exp.Expression) -> bool:
    return bool(_marks(condition))


def _oracle(
    translator: Translator, placed: list[_Placed], conditions: list[exp.Expression]
) -> tuple[str, list[exp.Expression]]:
    """A source marked with (+) is joined outer to those that its marked conditions name."""
    order = [p.source.physical for p in placed]
    outer: dict[str, list[exp.Expression]] = {}
    needs: dict[str, set[str]] = {}
    kept = []
    for condition in conditions:
        if not _is_marked(condition):
            kept.append(condition)
            continue
        inner, others = _sides(translator, condition)
        if any(order.index(inner) < order.index(other) for other in others):
            # What NetSuite's documentation rules out, whichever side of the operator the mark stands on.
            raise unsupported("right outer join in Oracle's syntax")
        outer.setdefault(inner, []).append(condition)
        needs.setdefault(inner, set()).update(others)
    if not all(needs.values()):
        raise unsupported("(+) without a condition that joins")
    sql = " CROSS JOIN ".join(p.sql for p in placed if p.source.physical not in outer)
    done = {p.source.physical for p in placed} - set(outer)
    waiting = [p for p in placed if p.source.physical in outer]
    while waiting:
        ready = next((p for p in waiting if needs[p.source.physical] <= done), None)
        if ready is None or not done:
            raise unsupported("outer joins in a circle")
        tests = " AND ".join(translator.condition(_unmarked(c)) for c in outer[ready.source.physical])
        sql += f" LEFT JOIN {ready.sql} ON {tests}"
        done.add(ready.source.physical)
        waiting.remove(ready)
    return sql, kept


def _owner(translator: Translator, column: exp.Expression) -> str | None:
    table = column.args.get("table")
    source = translator.scope.owner(name_of(column.this), name_of(table) if table is not None else None)
    return source.physical if source is not None else None


def _sides(translator: Translator, condition: exp.Expression) -> tuple[str, set[str]]:
    """The marked source of a condition and the others it names."""
    nodes = list(own_nodes(condition))
    if any(isinstance(n, exp.Or | exp.In | exp.Exists | exp.Subquery) for n in nodes):
        raise unsupported("(+) with OR, IN or a subselect")  # ORA-01719, ORA-01799
    if any(isinstance(child, exp.Query) for n in nodes for child in n.iter_expressions()):
        raise unsupported("(+) with a subselect")
    columns = [n for n in nodes if isinstance(n, exp.Column)]
    marked = {_owner(translator, c) for c in columns if c.args.get("join_mark")}
    others = {_owner(translator, c) for c in columns if not c.args.get("join_mark")} - {None}
    inner = marked.pop()
    if marked or inner is None or inner in others:
        raise unsupported("(+) on both sides")  # ORA-01468
    return inner, {other for other in others if other is not None}


def _unmarked(condition: exp.Expression) -> exp.Expression:
    plain = condition.copy()
    for mark in _marks(plain):
        mark.set("join_mark", None)
    return plain
