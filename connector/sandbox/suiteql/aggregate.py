"""Aggregates and analytic functions: COUNT, SUM, AVG, MIN, MAX, MEDIAN, the deviations; ranks, neighbours, frames."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from connector.sandbox.suiteql import routine
from connector.sandbox.suiteql.conversion import as_number, native_sql, order_key, unify, whole_constant, wide
from connector.sandbox.suiteql.expression import is_pseudo_column, name_of, own_nodes
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Translator, only
from connector.sandbox.suiteql.value import INTEGER, Family, Value, native, wide_type

AGGREGATES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX", "GROUPING", *routine.OVER_LIST})
_RANKS = {"ROW_NUMBER": "row_number()", "RANK": "rank()", "DENSE_RANK": "dense_rank()"}
_SIDES = {"PRECEDING", "FOLLOWING"}


def aggregate(translator: Translator, node: exp.Expression, over: str = "") -> Value:
    """`over` is the OVER clause of an analytic call, with a blank before it."""
    only(node, "this", "expressions")
    name = str(node.this).upper()
    argument, distinct = _argument(node, name, over)
    if isinstance(argument, exp.Star):
        return Value(f"count(*){over}", INTEGER)
    _refuse_outer(translator, argument)
    value = translator.value(argument)
    if name == "COUNT":
        return Value(f"count({distinct}{value.sql}){over}", INTEGER)
    if name == "GROUPING":
        return Value(f"CAST(grouping({value.sql}) AS BIGINT)", INTEGER)
    if name in {"MIN", "MAX"}:
        return _extreme(name.lower(), value, over)
    number = as_number(value)
    if name == "SUM":
        return _sum(number, distinct, over)
    if name == "AVG":
        count = Value(f"count({distinct}{number.sql}){over}", INTEGER)
        return Value(routine.DIVIDE.call(wide(_sum(number, distinct, over)), wide(count)), wide_type(number.type))
    return Value(routine.OVER_LIST[name].call(_list(number, "", over)), wide_type(number.type))


def refuse_in_where(condition: exp.Expression) -> None:
    """ORA-00934 and ORA-30483: rows are filtered before they are grouped and windowed."""
    for node in own_nodes(condition):
        if isinstance(node, exp.Window) or (isinstance(node, exp.Anonymous) and str(node.this).upper() in AGGREGATES):
            raise unsupported("an aggregate in WHERE")


def _refuse_outer(translator: Translator, argument: exp.Expression) -> None:
    """Of columns of a SELECT around alone, that SELECT would have to aggregate."""
    nodes = list(own_nodes(argument))
    columns = [node for node in nodes if isinstance(node, exp.Column) and not is_pseudo_column(node)]
    has_subselect = any(isinstance(child, exp.Query) for node in nodes for child in node.iter_expressions())
    is_inside = translator.scope.parent is not None
    if is_inside and (has_subselect or (columns and not any(_is_own(translator, column) for column in columns))):
        raise unsupported("an aggregate of an outer SELECT's columns")


def _is_own(translator: Translator, column: exp.Expression) -> bool:
    table = column.args.get("table")
    return translator.scope.has(name_of(column.this), name_of(table) if table is not None else None)


def _argument(node: exp.Expression, name: str, over: str) -> tuple[exp.Expression, str]:
    """The one argument, and DISTINCT where it is written."""
    if len(node.expressions) != 1:
        raise unsupported(f"{name} takes one argument")
    argument, distinct = node.expressions[0], ""
    if isinstance(argument, exp.Distinct):
        only(argument, "expressions")
        if over or len(argument.expressions) != 1 or name not in {"COUNT", "SUM", "AVG", "MIN", "MAX"}:
            raise unsupported("DISTINCT here")
        argument, distinct = argument.expressions[0], "DISTINCT "
    if isinstance(argument, exp.Star) and (name != "COUNT" or distinct):
        raise unsupported(f"{name}(*)")
    return argument, distinct


def _list(number: Value, distinct: str, over: str) -> str:
    return f"list({distinct}{wide(number)}){over}"


def _sum(number: Value, distinct: str, over: str) -> Value:
    if number.type.scale is None:
        return Value(routine.TOTAL.call(_list(number, distinct, over)), wide_type(number.type))
    scale = number.type.scale
    total = f"sum({distinct}{native_sql(number, scale)}){over}"
    return Value(f"CAST({total} AS DECIMAL(38,{scale}))", native(scale, whole=number.type.whole))


def _extreme(name: str, value: Value, over: str) -> Value:
    if value.type.is_wide:
        return Value(routine.OF_ORDER_KEY.call(f"{name}({order_key(value.sql, value.type)}){over}"), value.type)
    return Value(f"{name}({value.sql}){over}", value.computed().type)


def analytic(translator: Translator, node: exp.Expression) -> Value:
    """function(…) OVER (PARTITION BY … ORDER BY … frame)."""
    only(node, "this", "partition_by", "order", "spec", "over")
    call = node.this
    if str(node.args.get("over") or "").upper() != "OVER" or not isinstance(call, exp.Anonymous):
        raise unsupported("analytic function")
    only(call, "this", "expressions")
    name, order, spec = str(call.this).upper(), node.args.get("order"), node.args.get("spec")
    window = _window(translator, node)
    if name == "MEDIAN" and order is not None:
        raise unsupported("MEDIAN takes no ORDER BY")
    if name in AGGREGATES - {"GROUPING"}:
        return aggregate(translator, call, window)
    if order is None and name not in {"FIRST_VALUE", "LAST_VALUE"}:
        raise unsupported(f"{name} needs ORDER BY")
    if name in _RANKS and not call.expressions and spec is None:
        return Value(_RANKS[name] + window, INTEGER)
    if name in {"FIRST_VALUE", "LAST_VALUE"} and len(call.expressions) == 1:
        value = translator.value(call.expressions[0])
        return Value(f"{name.lower()}({value.sql}){window}", value.computed().type)
    if spec is None and name == "NTILE" and len(call.expressions) == 1:
        buckets = whole_constant(translator.value(call.expressions[0]))
        if buckets is not None and buckets > 0:
            return Value(f"ntile({buckets}){window}", INTEGER)
    if spec is None and name in {"LAG", "LEAD"} and 1 <= len(call.expressions) <= 3:  # noqa: PLR2004 - as documented
        return _neighbour(translator, name.lower(), call.expressions, window)
    raise unsupported(f"analytic {name}")


def _neighbour(translator: Translator, name: str, arguments: Sequence[exp.Expression], window: str) -> Value:
    value = translator.value(arguments[0])
    if len(arguments) == 1:
        return Value(f"{name}({value.sql}){window}", value.computed().type)
    offset = whole_constant(translator.value(arguments[1]))
    if offset is None or offset < 0 or value.type.family is Family.NULL:
        raise unsupported("offset")
    if len(arguments) == 2:  # noqa: PLR2004 - without a default
        return Value(f"{name}({value.sql}, {offset}){window}", value.computed().type)
    sqls, kind = unify([value, translator.value(arguments[2])], translator.statement, lead=value.type.family)
    return Value(f"{name}({sqls[0]}, {offset}, {sqls[1]}){window}", kind)


def _window(translator: Translator, node: exp.Expression) -> str:
    parts = []
    if node.args.get("partition_by"):
        parts.append("PARTITION BY " + ", ".join(translator.value(part).sql for part in node.args["partition_by"]))
    order = node.args.get("order")
    if order is not None:
        only(order, "expressions")
        keys = []
        for item in order.expressions:
            value = translator.value(item.this)
            keys.append(ordered(order_key(value.sql, value.type), item))
        parts.append("ORDER BY " + ", ".join(keys))
    if node.args.get("spec") is not None:
        if order is None:
            raise unsupported("a frame needs ORDER BY")
        parts.append(_frame(node.args["spec"]))
    return f" OVER ({' '.join(parts)})"


def ordered(sql: str, item: exp.Expression) -> str:
    """One key of ORDER BY. Oracle puts NULL last when ascending and first when descending."""
    only(item, "this", "desc", "nulls_first")
    descending = bool(item.args.get("desc"))
    first = item.args.get("nulls_first")
    nulls = "FIRST" if (descending if first is None else first) else "LAST"
    return f"{sql} {'DESC' if descending else 'ASC'} NULLS {nulls}"


def _frame(spec: exp.Expression) -> str:
    only(spec, "kind", "start", "start_side", "end", "end_side")
    kind = str(spec.args.get("kind") or "").upper()
    start = _bound(spec, "start", kind)
    if spec.args.get("end") is None:
        return f"{kind} {start}"
    return f"{kind} BETWEEN {start} AND {_bound(spec, 'end', kind)}"


def _bound(spec: exp.Expression, end: str, kind: str) -> str:
    bound, side = spec.args.get(end), str(spec.args.get(f"{end}_side") or "").upper()
    if kind not in {"ROWS", "RANGE"}:
        raise unsupported("frame")
    if isinstance(bound, str) and bound.upper() == "CURRENT ROW":
        return "CURRENT ROW"
    if isinstance(bound, str) and bound.upper() == "UNBOUNDED" and side in _SIDES:
        return f"UNBOUNDED {side}"
    rows = isinstance(bound, exp.Literal) and not bound.is_string and str(bound.this).isdecimal()
    if rows and kind == "ROWS" and side in _SIDES:
        return f"{int(str(bound.this))} {side}"  # type: ignore[union-attr]  # a Literal, as tested
    raise unsupported("frame")
