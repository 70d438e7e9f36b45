"""A whole query: SELECT, set operations, ORDER BY, WITH. Answers DuckDB text and the columns it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlglot import exp

from connector.sandbox.suiteql import aggregate, builtin, function, own_syntax
from connector.sandbox.suiteql.accounting_period import among
from connector.sandbox.suiteql.condition import CONDITIONS
from connector.sandbox.suiteql.conversion import unify
from connector.sandbox.suiteql.expression import VALUES, name_of
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.row_limit import limit_clause, rownum_limit, uses_rownum
from connector.sandbox.suiteql.scope import Scope, SourceColumn, Stage
from connector.sandbox.suiteql.select_list import Output, ordering, outputs, sorted_rows
from connector.sandbox.suiteql.sources import from_clause
from connector.sandbox.suiteql.statement import Relation, Rules, Statement, Translator, only
from connector.sandbox.suiteql.value import NULL_VALUE, TEXT, Family, Value

_SET_OPERATIONS: dict[type[exp.Expression], str] = {
    exp.Union: "UNION",
    exp.Intersect: "INTERSECT",
    exp.Except: "EXCEPT",
}
_GROUPINGS: dict[type[exp.Expression], str] = {
    exp.Rollup: "ROLLUP",
    exp.Cube: "CUBE",
    exp.GroupingSets: "GROUPING SETS",
}


def relation(statement: Statement, node: exp.Expression, parent: Scope | None, *, is_top: bool = False) -> Relation:
    """Raises SuiteQLRefused. `is_top` marks the statement itself, where aliases may be quoted."""
    found = _query(statement, node, parent, is_top=is_top)
    return replace(found, sql=statement.behind_common(found.sql)) if is_top else found


def _query(statement: Statement, node: exp.Expression, parent: Scope | None, *, is_top: bool) -> Relation:
    """The same as a part of the statement, or as a branch of a set operation."""
    if isinstance(node, exp.Subquery):
        only(node, "this")
        return _query(statement, node.this, parent, is_top=is_top)
    with _names(statement, node.args.get("with_")):
        if isinstance(node, exp.Select):
            found = _select(statement, node, parent, is_top=is_top)
        elif isinstance(node, exp.SetOperation):
            found = _set_operation(statement, node, parent, is_top=is_top)
        else:
            raise unsupported(f"query {type(node).__name__}")
    statement.wrote(found.sql)
    return found


@contextmanager
def _names(statement: Statement, clause: exp.Expression | None) -> Iterator[None]:
    """The names that WITH gives, for the time that its query is translated.

    Each is visible in the ones behind it and hides a table of that name. One that reads itself is refused: Oracle takes
    it for recursive, even where a table has the name (ORA-32039).
    """
    outside, queries = statement.named, clause.expressions if clause is not None else []
    if clause is not None:
        only(clause, "expressions")
    names = [name_of(query.args["alias"].this) for query in queries]
    if len(set(names)) < len(names):
        raise unsupported("two queries of one name")  # ORA-32031
    try:
        for name, query in zip(names, queries, strict=True):
            only(query, "this", "alias")
            if any(str(table.name).lower() == name for table in query.find_all(exp.Table)):
                raise unsupported("a recursive query")
            statement.named = {**statement.named, name: _named(statement, query)}
        yield
    finally:
        statement.named = outside


def _named(statement: Statement, query: exp.Expression) -> Relation:
    """One query of WITH: it goes before the whole statement, under a name of our own."""
    alias = query.args["alias"]
    only(alias, "this", "columns")
    found = _query(statement, query.this, None, is_top=False)
    columns, listed = found.columns, [name_of(column) for column in alias.args.get("columns") or []]
    if listed and len(listed) != len(columns):
        raise unsupported("the list of columns does not fit the query")  # ORA-32038
    if listed:
        columns = tuple(replace(column, name=name) for column, name in zip(columns, listed, strict=True))
    return Relation(statement.common(f"with {statement.alias()}", lambda: found.sql), columns)


def _call(translator: Translator, node: exp.Expression) -> Value:
    if str(node.this).upper() in aggregate.AGGREGATES:
        return aggregate.aggregate(translator, node)
    return function.function(translator, node)


RULES = Rules(
    values={
        **VALUES,
        exp.Anonymous: _call,
        exp.Cast: own_syntax.cast,
        exp.Dot: builtin.builtin,
        exp.Extract: own_syntax.extract,
        exp.Trim: own_syntax.trim,
        exp.Window: aggregate.analytic,
    },
    conditions={**CONDITIONS, exp.In: among},
    relation=relation,
)


def _select(statement: Statement, node: exp.Expression, parent: Scope | None, *, is_top: bool) -> Relation:
    only(
        node, "with_", "expressions", "from_", "joins", "where", "group", "having", "distinct", "order", "limit", "offset"
    )  # fmt: skip
    translator = Translator(statement, Scope(parent), RULES)
    source, conditions = from_clause(translator, node)
    rows, stage_limit = _filtered(translator, source, conditions)
    if uses_rownum(node):
        translator.scope.stage = Stage(statement.alias())
    found = outputs(translator, node.expressions, is_top=is_top)
    grouping = _grouping(translator, node)
    distinct = node.args.get("distinct")
    if distinct is not None:
        only(distinct)
    merges = any(node.args.get(part) is not None for part in ("group", "having", "distinct"))
    columns, listed = _columns(found, carries=not is_top and not merges)
    order = ordering(translator, columns, [output.value for output in found], node)
    if distinct is not None and order.hidden:
        raise unsupported("DISTINCT with ORDER BY what is not in the list")  # ORA-01791
    listed += [f'{sql} AS "o{place}"' for place, sql in enumerate(order.hidden, 1)]
    # Numbered rows are written last: by now they know which columns everything else reads.
    rows = _numbered(translator.scope.stage, rows, stage_limit)
    sql = f"SELECT {'DISTINCT ' if distinct is not None else ''}{', '.join(listed)} FROM {rows}{grouping}"  # noqa: S608 - made of our own names
    carried = [SourceColumn("", column.beside, TEXT) for column in columns if column.beside is not None]
    return Relation(sorted_rows(sql, [*columns, *carried], order.keys, limit_clause(translator, node)), tuple(columns))


def _columns(found: Sequence[Output], *, carries: bool) -> tuple[list[SourceColumn], list[str]]:
    """The columns and how each is written.

    A status goes through a subselect together with the type that says what it means, unless rows are merged there: an
    unseen type would keep apart what is one row.
    """
    columns, listed = [], []
    for place, output in enumerate(found, 1):
        column, beside = output.column(place), output.value.beside
        listed.append(f'{output.sql()} AS "{column.physical}"')
        if carries and column.shows is not None and beside is not None:
            column = replace(column, beside=f"b{place}")
            listed.append(f'{beside} AS "b{place}"')
        columns.append(column)
    return columns, listed


def _filtered(translator: Translator, source: str, conditions: list[exp.Expression]) -> tuple[str, int | None]:
    """FROM with WHERE, and how many rows ROWNUM lets through."""
    limit, tests = None, []
    for condition in conditions:
        aggregate.refuse_in_where(condition)
        if uses_rownum(condition):
            passing = rownum_limit(translator, condition)
            limit = passing if limit is None else min(limit, passing)
        else:
            tests.append(translator.condition(condition))
    return source + (f" WHERE {' AND '.join(tests)}" if tests else ""), limit


def _numbered(stage: Stage | None, rows: str, limit: int | None) -> str:
    """ROWNUM counts the rows behind WHERE, before grouping and sorting."""
    if stage is None:
        return rows
    taken = "".join(f', {sql} AS "{name}"' for sql, name in stage.taken.items())
    only_first = "" if limit is None else f" LIMIT {limit}"
    return f'(SELECT row_number() OVER () AS "rownum"{taken} FROM {rows}{only_first}) AS "{stage.physical}"'  # noqa: S608 - made of our own names


def _grouping(translator: Translator, node: exp.Expression) -> str:
    group, having = node.args.get("group"), node.args.get("having")
    clause = ""
    if group is not None:
        only(group, "expressions")
        clause += f" GROUP BY {', '.join(_group_item(translator, item) for item in group.expressions)}"
    if having is not None:
        only(having, "this")
        clause += f" HAVING {translator.condition(having.this)}"
    return clause


def _group_item(translator: Translator, item: exp.Expression) -> str:
    if type(item) in _GROUPINGS:
        only(item, "expressions")
        inner = ", ".join(_group_item(translator, part) for part in item.expressions)
        return f"{_GROUPINGS[type(item)]} ({inner})"
    if isinstance(item, exp.Tuple):
        only(item, "expressions")
        return f"({', '.join(_group_item(translator, part) for part in item.expressions)})"
    return translator.value(item).sql


def _set_operation(statement: Statement, node: exp.Expression, parent: Scope | None, *, is_top: bool) -> Relation:
    only(node, "with_", "this", "expression", "distinct", "order", "limit", "offset")
    operation = _SET_OPERATIONS[type(node)]
    if not node.args.get("distinct"):
        if operation != "UNION":
            raise unsupported(f"{operation} ALL")
        operation = "UNION ALL"
    _refuse_own_order(node)
    left = _query(statement, node.this, parent, is_top=is_top)
    right = _query(statement, node.expression, parent, is_top=is_top)
    if len(left.columns) != len(right.columns):
        raise unsupported("the queries have different numbers of columns")
    listed: tuple[list[str], list[str]] = ([], [])
    columns = []
    for place, (a, b) in enumerate(zip(left.columns, right.columns, strict=True), 1):
        sqls, column = _common(statement, a, b, place)
        columns.append(column)
        for side, sql in zip(listed, sqls, strict=True):
            side.append(f'{sql} AS "c{place}"')
    sql = (
        f"SELECT {', '.join(listed[0])} FROM ({left.sql}) {operation} SELECT {', '.join(listed[1])} FROM ({right.sql})"  # noqa: S608 - made of our own names
    )
    order = ordering(None, columns, [], node)
    limit = limit_clause(Translator(statement, Scope(), RULES), node)
    return Relation(sorted_rows(sql, columns, order.keys, limit), tuple(columns))


def _refuse_own_order(node: exp.Expression) -> None:
    """Only a branch in parentheses has an order and a limit of its own (ORA-00933); TOP could mean the whole as well."""
    branches = [branch for branch in (node.this, node.expression) if not isinstance(branch, exp.Subquery)]
    if any(branch.args.get(part) is not None for branch in branches for part in ("order", "limit", "offset")):
        raise unsupported("ORDER BY, FETCH or TOP before a set operation")
    if isinstance(node.args.get("limit"), exp.Limit):
        raise unsupported("TOP in a set operation")


def _common(statement: Statement, a: SourceColumn, b: SourceColumn, place: int) -> tuple[list[str], SourceColumn]:
    """The two columns in one type. A number stays a stored one where both are."""
    values = [NULL_VALUE if c.type.family is Family.NULL else Value(f'"{c.physical}"', c.type) for c in (a, b)]
    sqls, kind = unify(values, statement)
    if kind.family is Family.NUMBER:
        kind = replace(kind, computed=a.type.computed or b.type.computed)
    given = [column for column in (a, b) if column.type.family is not Family.NULL]
    shown = {column.shows for column in given}
    is_expression = len(shown) > 1 or any(column.is_expression for column in given)
    shows = shown.pop() if len(shown) == 1 else None
    return sqls, SourceColumn(a.name, f"c{place}", kind, shows, is_expression=is_expression)
