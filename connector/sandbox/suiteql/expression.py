"""Values: columns, constants, arithmetic, concatenation, CASE, scalar subselects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from sqlglot import exp

from connector.sandbox.suiteql import routine
from connector.sandbox.suiteql.conversion import (
    as_number,
    as_text,
    comparison,
    native_sql,
    null_of,
    parameter,
    session_date,
    timestamp,
    unify,
    wide,
)
from connector.sandbox.suiteql.oracle import number
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.routine import Routine
from connector.sandbox.suiteql.statement import Translator, ValueRule, only
from connector.sandbox.suiteql.value import (
    DATE,
    DATETIME,
    INTEGER,
    LARGEST_NATIVE_SCALE,
    NULL_VALUE,
    TEXT,
    WIDE,
    Family,
    Value,
    native,
    number_constant,
    wide_type,
)

_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
CLOCK_COLUMNS = {"sysdate", "current_date"}


def name_of(identifier: object) -> str:
    """An unquoted name in lower case. Quoted ones are refused wherever they would name a column or a table."""
    if not isinstance(identifier, exp.Identifier) or identifier.args.get("quoted"):
        raise unsupported("quoted name")
    return str(identifier.this).lower()


def own_nodes(node: exp.Expression) -> Iterator[exp.Expression]:
    """The nodes of a SELECT's part, without those of its subselects."""
    left = [node]
    while left:
        part = left.pop()
        yield part
        left += [child for child in part.iter_expressions() if not isinstance(child, exp.Query)]


def is_pseudo_column(column: exp.Expression) -> bool:
    """ROWNUM, SYSDATE, CURRENT_DATE: no column of a table."""
    name = str(column.this.this).lower() if isinstance(column.this, exp.Identifier) else ""
    return column.args.get("table") is None and name in CLOCK_COLUMNS | {"rownum"}


def _column(translator: Translator, node: exp.Expression) -> Value:
    only(node, "this", "table")
    name = name_of(node.this)
    table = node.args.get("table")
    qualifier = name_of(table) if table is not None else None
    if qualifier is None and name == "rownum":
        if translator.scope.stage is None:
            raise unsupported("ROWNUM here")
        return Value(translator.scope.stage.rownum, INTEGER, is_column=True)
    if qualifier is None and name in CLOCK_COLUMNS:
        return session_date(translator.statement.clock())
    return translator.scope.column(name, qualifier)


def _clock(translator: Translator, node: exp.Expression) -> Value:
    only(node)
    return session_date(translator.statement.clock())


def _literal(translator: Translator, node: exp.Expression) -> Value:
    text = str(node.this)
    if node.args.get("is_string"):
        return translator.statement.text(text)
    if not _NUMBER.fullmatch(text):
        raise unsupported("number literal")
    try:
        return number_constant(number.rounded(Decimal(text)))
    except number.NotExactError as error:
        raise unsupported("number literal") from error


def _placeholder(translator: Translator, node: exp.Expression) -> Value:
    return parameter(translator.statement.parameters[int(node.this)], translator.statement)


def _paren(translator: Translator, node: exp.Expression) -> Value:
    only(node, "this")
    return translator.value(node.this)


def _negative(translator: Translator, node: exp.Expression) -> Value:
    only(node, "this")
    value = as_number(translator.value(node.this))
    if isinstance(value.constant, Decimal):
        return number_constant(number.negated(value.constant), whole=value.type.whole)
    if value.type.is_wide:
        return Value(routine.SUBTRACT.call("'0'", value.sql), wide_type(value.type))
    return Value(f"(-{_exact(value)})", native(value.type.scale or 0, whole=value.type.whole))


def _exact(value: Value) -> str:
    return native_sql(value, value.type.scale or 0)


def _operands(translator: Translator, node: exp.Expression) -> tuple[Value, Value]:
    only(node, "this", "expression", "safe", "typed")
    return translator.value(node.this), translator.value(node.expression)


def _folded(form: Routine, left: Value, right: Value) -> Value | None:
    """What two constants make, so that a sum of them may stand where Oracle takes a constant."""
    if not isinstance(left.constant, Decimal) or not isinstance(right.constant, Decimal):
        return None
    try:
        return number_constant(form.body(left.constant, right.constant), whole=left.type.whole and right.type.whole)
    except number.NotExactError as error:
        raise unsupported("numeric overflow") from error


def _sum(left: Value, right: Value, sign: str) -> Value:
    left, right = as_number(left), as_number(right)
    form = routine.ADD if sign == "+" else routine.SUBTRACT
    if (folded := _folded(form, left, right)) is not None:
        return folded
    if left.type.scale is None or right.type.scale is None:
        return Value(form.call(wide(left), wide(right)), wide_type(left.type, right.type))
    scale = max(left.type.scale, right.type.scale)
    whole = left.type.whole and right.type.whole
    return Value(f"({native_sql(left, scale)} {sign} {native_sql(right, scale)})", native(scale, whole=whole))


def _shifted(day: Value, days: Value, sign: str) -> Value:
    """A date and a number of days."""
    days = as_number(days)
    amount = wide(days) if sign == "+" else routine.SUBTRACT.call("'0'", wide(days))
    moved = routine.PLUS_DAYS.call(timestamp(day), amount)
    if day.type.family is Family.DATE and days.type.scale == 0:
        return Value(f"CAST({moved} AS DATE)", DATE)
    return Value(moved, DATETIME)


def _add(translator: Translator, node: exp.Expression) -> Value:
    left, right = _operands(translator, node)
    if any(value.type.family is Family.TEXT and not value.is_parameter for value in (left, right)):
        raise unsupported("+ on text")
    if left.type.is_date and right.type.is_date:
        raise unsupported("a date plus a date")
    if left.type.is_date:
        return _shifted(left, right, "+")
    if right.type.is_date:
        return _shifted(right, left, "+")
    return _sum(left, right, "+")


def _subtract(translator: Translator, node: exp.Expression) -> Value:
    left, right = _operands(translator, node)
    if not left.type.is_date:
        return _sum(left, right, "-")
    if not right.type.is_date:
        return _shifted(left, right, "-")
    if left.type.family is right.type.family is Family.DATE:
        return Value(f"CAST({left.sql} - {right.sql} AS BIGINT)", INTEGER)
    return Value(routine.DAYS_BETWEEN.call(timestamp(left), timestamp(right)), WIDE)


def _multiply(translator: Translator, node: exp.Expression) -> Value:
    left, right = _operands(translator, node)
    return product(left, right)


def product(left: Value, right: Value) -> Value:
    left, right = as_number(left), as_number(right)
    if (folded := _folded(routine.MULTIPLY, left, right)) is not None:
        return folded
    if left.type.scale is None or right.type.scale is None or left.type.scale + right.type.scale > LARGEST_NATIVE_SCALE:
        return Value(routine.MULTIPLY.call(wide(left), wide(right)), wide_type(left.type, right.type))
    whole = left.type.whole and right.type.whole
    return Value(f"({_exact(left)} * {_exact(right)})", native(left.type.scale + right.type.scale, whole=whole))


def _divide(translator: Translator, node: exp.Expression) -> Value:
    left, right = _operands(translator, node)
    return quotient(left, right)


def quotient(left: Value, right: Value) -> Value:
    """Always Oracle's 40 digits: DuckDB would divide as floating point."""
    left, right = as_number(left), as_number(right)
    return Value(routine.DIVIDE.call(wide(left), wide(right)), wide_type(left.type, right.type))


def _concatenated(translator: Translator, node: exp.Expression) -> Value:
    parts: list[exp.Expression] = []
    rest: exp.Expression = node
    while isinstance(rest, exp.DPipe):
        only(rest, "this", "expression", "safe")
        parts.append(rest.expression)
        rest = rest.this
    parts.append(rest)
    return concatenation(translator, translator.values(parts[::-1]))


def concatenation(translator: Translator, values: list[Value]) -> Value:
    """NULL adds nothing; only all of them NULL make NULL."""
    texts = [as_text(value, translator.statement).sql for value in values]
    return Value(f"list_aggregate([{', '.join(texts)}], 'string_agg', '')", TEXT)


def _case(translator: Translator, node: exp.Expression) -> Value:
    only(node, "this", "ifs", "default")
    subject = translator.value(node.this) if node.this is not None else None
    tests, results = [], []
    for branch in node.args["ifs"]:
        only(branch, "this", "true")
        if subject is None:
            tests.append(translator.condition(branch.this))
        else:
            tests.append(comparison("=", subject, translator.value(branch.this), translator.statement))
        results.append(translator.value(branch.args["true"]))
    default = node.args.get("default")
    results.append(translator.value(default) if default is not None else NULL_VALUE)
    sqls, kind = unify(results, translator.statement)
    branches = " ".join(f"WHEN {test} THEN {sql}" for test, sql in zip(tests, sqls, strict=False))
    return Value(f"(CASE {branches} ELSE {sqls[-1]} END)", kind)


def _scalar_subselect(translator: Translator, node: exp.Expression) -> Value:
    only(node, "this")
    relation = translator.subselect(node.this)
    if len(relation.columns) != 1:
        raise unsupported("a scalar subselect has one column")
    column = relation.columns[0]
    if column.type.family is Family.NULL:
        return Value(null_of(column.type), TEXT)
    return Value(f'(SELECT "{column.physical}" FROM ({relation.sql}))', column.type).computed()  # noqa: S608 - made of our own names


def _null(_translator: Translator, _node: exp.Expression) -> Value:
    return NULL_VALUE


VALUES: dict[type[exp.Expression], ValueRule] = {
    exp.Add: _add,
    exp.Case: _case,
    exp.Column: _column,
    exp.CurrentDate: _clock,
    exp.DPipe: _concatenated,
    exp.Div: _divide,
    exp.Literal: _literal,
    exp.Mul: _multiply,
    exp.Neg: _negative,
    exp.Null: _null,
    exp.Paren: _paren,
    exp.Placeholder: _placeholder,
    exp.Sub: _subtract,
    exp.Subquery: _scalar_subselect,
}
