"""The functions that choose one of their arguments: NVL, NVL2, COALESCE, NULLIF, DECODE, GREATEST, LEAST."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlglot import exp

from connector.sandbox.suiteql import routine
from connector.sandbox.suiteql.conversion import as_family, comparison, unify
from connector.sandbox.suiteql.once import once
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Statement, Translator
from connector.sandbox.suiteql.value import NULL_VALUE, Family, Value

Arguments = Sequence[exp.Expression]


def nvl(translator: Translator, arguments: Arguments) -> Value:
    """The second becomes what the first is."""
    values = translator.values(arguments)
    sqls, kind = unify(values, translator.statement, lead=_first_family(values))
    return Value(f"COALESCE({', '.join(sqls)})", kind)


def _first_family(values: Sequence[Value]) -> Family:
    families = [value.type.family for value in values]
    return next((family for family in families if family is not Family.NULL), Family.TEXT)


def nvl2(translator: Translator, arguments: Arguments) -> Value:
    tested, *results = translator.values(arguments)
    sqls, kind = unify(results, translator.statement, lead=_first_family(results))
    return Value(f"(CASE WHEN {tested.sql} IS NOT NULL THEN {sqls[0]} ELSE {sqls[1]} END)", kind)


def coalesce(translator: Translator, arguments: Arguments) -> Value:
    sqls, kind = unify(translator.values(arguments), translator.statement)
    return Value(f"COALESCE({', '.join(sqls)})", kind)


def nullif(translator: Translator, arguments: Arguments) -> Value:
    first, second = translator.values(arguments)
    if first.type.family is Family.NULL:
        raise unsupported("NULLIF of NULL")
    unify([first, second], translator.statement)

    def unless_equal(value: Value, others: list[Value]) -> str:
        same = comparison("=", value, others[0], translator.statement)
        return f"(CASE WHEN {same} THEN NULL ELSE {value.sql} END)"

    return Value(once(first, [second], unless_equal), first.computed().type)


def decode(translator: Translator, arguments: Arguments) -> Value:
    """NULL equals NULL here. The first search value gives the type of comparison, the first result that of the answer."""
    statement = translator.statement
    subject, *rest = translator.values(arguments)
    results = [*rest[1::2], rest[-1] if len(rest) % 2 else NULL_VALUE]
    lead = results[0].type.family if results[0].type.family is not Family.NULL else Family.TEXT
    sqls, kind = unify(results, statement, lead=lead)
    subject, *sought = _alike(statement, [subject, *rest[: len(rest) // 2 * 2 : 2]])
    branches = []
    for one, sql in zip(sought, sqls, strict=False):
        same = comparison("=", subject, one, statement)
        if one.constant is None:
            same = f"{same} OR ({subject.sql} IS NULL AND {one.sql} IS NULL)"
        branches.append(statement.wrote(f"WHEN {same} THEN {sql}"))
    return Value(f"(CASE {' '.join(branches)} ELSE {sqls[-1]} END)", kind)


def _alike(statement: Statement, values: Sequence[Value]) -> list[Value]:
    """DECODE's subject and its search values in the type of the first search value, never padded with blanks."""
    families = {Family.DATE if value.type.is_date else value.type.family for value in values} - {Family.NULL}
    if len(families) > 1:
        lead = values[1].type.family
        if lead is Family.NULL:
            raise unsupported("DECODE of several types, with NULL as the first")
        null = Family.NULL
        values = [value if value.type.family is null else as_family(value, lead, statement) for value in values]
    return [replace(value, is_literal=False) for value in values]


def extreme(order: str) -> Callable[[Translator, Arguments], Value]:
    """GREATEST and LEAST, by the `order` that puts it first."""

    def build(translator: Translator, arguments: Arguments) -> Value:
        """NULL as soon as one is NULL. The first argument gives the type; texts compare as they are."""
        values = translator.values(arguments)
        if any(value.type.family is Family.NULL for value in values):
            return NULL_VALUE
        sqls, kind = unify(values, translator.statement, lead=values[0].type.family)
        keys = [routine.ORDER_KEY.call(sql) for sql in sqls] if kind.is_wide else sqls
        first = f"list_sort([{', '.join(keys)}], '{order}', 'NULLS FIRST')[1]"
        return Value(routine.OF_ORDER_KEY.call(first) if kind.is_wide else first, kind)

    return build
