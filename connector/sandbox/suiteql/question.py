"""A query once it is translated: what DuckDB runs for its rows and for their number, and what its columns print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from sqlglot import exp

from connector.sandbox.suiteql.query import relation
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.row_limit import uses_rownum
from connector.sandbox.suiteql.scope import SourceColumn
from connector.sandbox.suiteql.statement import Relation, Statement
from connector.sandbox.suiteql.value import Type

_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery)
_GATHERING = (exp.Distinct, exp.Group, exp.Having, exp.Window)


@dataclass(frozen=True, slots=True)
class Bound:
    """DuckDB's text, and the constants that it names `$t0`, `$t1`, …."""

    sql: str
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """`names` maps each key of an item to the column that it prints, in alphabetical order.

    `counted` makes a query with as many rows and as little else as possible; None where the first row takes as long as
    all of them, so that no part of them is to be had sooner.
    """

    rows: Bound
    counted: Callable[[], Bound] | None
    names: tuple[tuple[str, int], ...]
    types: tuple[Type, ...]
    reads_clock: bool


def question(tree: exp.Expression, begin: Callable[[], Statement]) -> Question:
    """`begin` begins the translation of a statement. Raises SuiteQLRefused."""
    statement = begin()
    translated = _relation(statement, tree)
    return Question(
        Bound(translated.sql, statement.texts),
        None if _gathers(tree) else lambda: _counted(tree, begin()),
        _names(translated.columns),
        tuple(column.type for column in translated.columns),
        statement.reads_clock,
    )


def _relation(statement: Statement, tree: exp.Expression) -> Relation:
    try:
        return relation(statement, tree, None, is_top=True)
    except RecursionError as error:
        raise unsupported("nested too deeply") from error


def _gathers(tree: exp.Expression) -> bool:
    """Whether rows are brought together before the first one is out. In WHERE that happens for each run anyway."""
    top = _top(tree)
    return any(
        isinstance(node, _GATHERING)
        or (isinstance(node, exp.SetOperation) and not _is_union_all(node))
        or (isinstance(node, _QUERIES) and node is not top and _chooses(node))
        for node in tree.walk(prune=lambda node: isinstance(node, exp.Where))
    )


def _top(tree: exp.Expression) -> exp.Expression:
    while isinstance(tree, exp.Subquery):
        tree = tree.this
    return tree


def _chooses(node: exp.Expression) -> bool:
    """Whether a subselect takes some of its rows: which ones may depend on the columns that are read around it."""
    where = node.args.get("where")
    is_cut = any(node.args.get(part) is not None for part in ("limit", "offset"))
    return is_cut or (where is not None and uses_rownum(where))


def _is_union_all(node: exp.SetOperation) -> bool:
    return isinstance(node, exp.Union) and not node.args.get("distinct")


def _counted(tree: exp.Expression, statement: Statement) -> Bound:
    """The same FROM and WHERE. How many rows there are is neither a matter of their order nor of their columns."""
    plain = _top(tree.copy())
    plain.set("order", None)
    if isinstance(plain, exp.Select):
        plain.set("expressions", [exp.Literal.number(1)])
    return Bound(_relation(statement, plain).sql, statement.texts)


def _names(columns: Sequence[SourceColumn]) -> tuple[tuple[str, int], ...]:
    """Expressions without a name are expr1, expr2, … as far as no column is; of two columns of one name the last wins."""
    places = {column.name: place for place, column in enumerate(columns) if column.name}
    if "links" in places:
        raise unsupported("an item has links of its own")
    free = (name for number in count(1) if (name := f"expr{number}") not in places)
    generated = {next(free): place for place, column in enumerate(columns) if not column.name}
    return tuple(sorted((places | generated).items()))
