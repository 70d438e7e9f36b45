"""Conditions: what stands in WHERE, HAVING, ON and CASE WHEN. Oracle has no boolean values outside of them."""

from __future__ import annotations

import re

from sqlglot import exp

from connector.sandbox.suiteql.conversion import (
    UNKNOWN,
    as_text,
    compared,
    comparison,
    native_sql,
    wide,
)
from connector.sandbox.suiteql.once import once
from connector.sandbox.suiteql.pattern import regexp_like
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import ConditionRule, Relation, Translator, only
from connector.sandbox.suiteql.value import Family, Value

MOST_IN_LIST = 1000
OPERATORS: dict[type[exp.Expression], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
}  # fmt: skip


def operands(node: exp.Expression, kind: type[exp.Expression]) -> list[exp.Expression]:
    """The parts of a chain of AND or OR, in parentheses or not, without recursion."""
    found, left = [], [node]
    while left:
        part = left.pop()
        inner = part.unnest() if isinstance(part, exp.Paren) else part
        if isinstance(inner, kind):
            left += [inner.expression, inner.this]
        else:
            found.append(part)
    return found


def _and(translator: Translator, node: exp.Expression) -> str:
    return "(" + " AND ".join(translator.condition(part) for part in operands(node, exp.And)) + ")"


def _or(translator: Translator, node: exp.Expression) -> str:
    return "(" + " OR ".join(translator.condition(part) for part in operands(node, exp.Or)) + ")"


def _not(translator: Translator, node: exp.Expression) -> str:
    only(node, "this")
    return f"(NOT {translator.condition(node.this)})"


def _paren(translator: Translator, node: exp.Expression) -> str:
    only(node, "this")
    return translator.condition(node.this)


def _compare(translator: Translator, node: exp.Expression) -> str:
    only(node, "this", "expression")
    left, right = translator.value(node.this), translator.value(node.expression)
    return comparison(OPERATORS[type(node)], left, right, translator.statement)


def _between(translator: Translator, node: exp.Expression) -> str:
    only(node, "this", "low", "high")
    statement = translator.statement
    ends = [translator.value(node.args[end]) for end in ("low", "high")]

    def between(value: Value, ends: list[Value]) -> str:
        low, high = comparison(">=", value, ends[0], statement), comparison("<=", value, ends[1], statement)
        return f"({low} AND {high})"

    return once(translator.value(node.this), ends, between)


def _is_null(translator: Translator, node: exp.Expression) -> str:
    only(node, "this", "expression")
    if not isinstance(node.expression, exp.Null):
        raise unsupported("IS takes NULL")
    return f"({translator.value(node.this).sql} IS NULL)"


def _in(translator: Translator, node: exp.Expression) -> str:
    only(node, "this", "expressions", "query")
    value = translator.value(node.this)
    if node.args.get("query") is not None:
        return _in_subselect(translator, value, node.args["query"])
    items = node.expressions
    if not 0 < len(items) <= MOST_IN_LIST:
        raise unsupported("IN takes 1 to 1000 values")

    def among(value: Value, listed: list[Value]) -> str:
        tests = [comparison("=", value, item, translator.statement) for item in listed]
        return "(" + " OR ".join(_balanced(tests)) + ")"

    return once(value, [translator.value(item) for item in items], among)


def _balanced(tests: list[str]) -> list[str]:
    """Grouped, so that DuckDB's tree of a thousand ORs stays shallow."""
    while len(tests) > 32:  # noqa: PLR2004 - a group
        tests = ["(" + " OR ".join(tests[i : i + 32]) + ")" for i in range(0, len(tests), 32)]
    return tests


def _in_subselect(translator: Translator, value: Value, query: exp.Expression) -> str:
    relation = translator.subselect(query.this if isinstance(query, exp.Subquery) else query)
    if len(relation.columns) != 1:
        raise unsupported("IN takes a subselect of one column")
    column = relation.columns[0]
    if Family.NULL in {value.type.family, column.type.family}:
        # Unknown for every row, but false where there is none.
        return f"(CASE WHEN EXISTS (SELECT 1 FROM ({relation.sql})) THEN {UNKNOWN} ELSE FALSE END)"  # noqa: S608 - made of our own names
    left, right = compared(value, Value(f'"{column.physical}"', column.type), translator.statement)
    left_sql, right_sql = left.sql, right.sql
    if left.type.scale is None or right.type.scale is None:
        if left.type.family is Family.NUMBER:
            left_sql, right_sql = wide(left), wide(right)
    elif left.type.scale != right.type.scale:
        scale = max(left.type.scale, right.type.scale)
        left_sql, right_sql = native_sql(left, scale), native_sql(right, scale)
    return f"({left_sql} IN (SELECT {right_sql} FROM ({relation.sql})))"  # noqa: S608 - made of our own names


def _exists(translator: Translator, node: exp.Expression) -> str:
    only(node, "this")
    query = node.this.this if isinstance(node.this, exp.Subquery) else node.this
    relation: Relation = translator.subselect(query)
    return f"EXISTS (SELECT 1 FROM ({relation.sql}))"  # noqa: S608 - made of our own names


def _like(translator: Translator, node: exp.Expression) -> str:
    return _liked(translator, node, None)


def _liked(translator: Translator, node: exp.Expression, escape: str | None) -> str:
    """A text [NOT] LIKE pattern [ESCAPE character]. The parser writes NOT as `negate` here, and nowhere else."""
    only(node, "this", "expression", "negate")
    text = as_text(translator.value(node.this), translator.statement)
    pattern = as_text(translator.value(node.expression), translator.statement)
    like = "NOT LIKE" if node.args.get("negate") else "LIKE"
    if escape is None:
        return f"({text.sql} {like} {pattern.sql})"
    if not isinstance(pattern.constant, str):
        raise unsupported("ESCAPE with a pattern that is not constant")
    if re.sub(re.escape(escape) + "[%_" + re.escape(escape) + "]", "", pattern.constant).count(escape):
        raise unsupported("an escape before another character")  # ORA-01424
    return f"({text.sql} {like} {pattern.sql} ESCAPE {translator.statement.text(escape).sql})"


def _escape(translator: Translator, node: exp.Expression) -> str:
    only(node, "this", "expression")
    escape = translator.value(node.expression).constant
    if not isinstance(node.this, exp.Like) or not isinstance(escape, str) or len(escape) != 1:
        raise unsupported("ESCAPE")
    return _liked(translator, node.this, escape)


def _function(translator: Translator, node: exp.Expression) -> str:
    if str(node.this).upper() != "REGEXP_LIKE":
        raise unsupported(f"{node.this} is not a condition")
    return regexp_like(translator, node.expressions)


CONDITIONS: dict[type[exp.Expression], ConditionRule] = {
    exp.And: _and,
    exp.Anonymous: _function,
    exp.Between: _between,
    exp.Escape: _escape,
    exp.Exists: _exists,
    exp.In: _in,
    exp.Is: _is_null,
    exp.Like: _like,
    exp.Not: _not,
    exp.Or: _or,
    exp.Paren: _paren,
    **dict.fromkeys(OPERATORS, _compare),
}
