"""How many rows: ROWNUM in WHERE, TOP, OFFSET and FETCH."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sqlglot import exp

from connector.sandbox.suiteql.condition import OPERATORS
from connector.sandbox.suiteql.conversion import as_number
from connector.sandbox.suiteql.expression import own_nodes
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Translator, only
from connector.sandbox.suiteql.value import Family

_MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_UNLIMITED = 2**62


def is_rownum(node: object) -> bool:
    return isinstance(node, exp.Column) and node.args.get("table") is None and str(node.name).lower() == "rownum"


def uses_rownum(node: exp.Expression) -> bool:
    return any(is_rownum(part) for part in own_nodes(node))


def rownum_limit(translator: Translator, condition: exp.Expression) -> int:
    """How many rows pass a condition on ROWNUM alone.

    A row gets its number when it passes, so the first one that fails ends the counting: ROWNUM > 1 is never true.
    """
    while isinstance(condition, exp.Paren):
        condition = condition.this
    if isinstance(condition, exp.Between) and is_rownum(condition.this):
        low = _passing(">=", _bound(translator, condition.args["low"]))
        return min(low, _passing("<=", _bound(translator, condition.args["high"])))
    operator = OPERATORS.get(type(condition))
    if operator is not None and is_rownum(condition.this) and not uses_rownum(condition.expression):
        return _passing(operator, _bound(translator, condition.expression))
    if operator is not None and is_rownum(condition.expression) and not uses_rownum(condition.this):
        return _passing(_MIRRORED[operator], _bound(translator, condition.this))
    raise unsupported("ROWNUM in such a condition")


def _bound(translator: Translator, node: exp.Expression) -> Decimal | None:
    value = translator.value(node)
    if value.type.family is Family.NULL:
        return None
    constant = as_number(value).constant
    if not isinstance(constant, Decimal):
        raise unsupported("ROWNUM compared with what is not constant")
    return constant


def _passing(operator: str, bound: Decimal | None) -> int:
    if bound is None:
        return 0
    if operator == "<=":
        return max(0, int(bound.to_integral_value(ROUND_FLOOR)))
    if operator == "<":
        return max(0, int(bound.to_integral_value(ROUND_CEILING)) - 1)
    if operator == "<>":
        passing = bound != bound.to_integral_value() or bound < 1
        return _UNLIMITED if passing else int(bound) - 1
    first_passes = {"=": bound == 1, ">": bound < 1, ">=": bound <= 1}[operator]
    if not first_passes:
        return 0
    return 1 if operator == "=" else _UNLIMITED


def limit_clause(translator: Translator, node: exp.Expression) -> str:
    """LIMIT and OFFSET for DuckDB, from TOP n, FETCH FIRST n ROWS ONLY and OFFSET n ROWS; empty without them."""
    limit, offset = node.args.get("limit"), node.args.get("offset")
    clause = ""
    if limit is not None:
        clause += f" LIMIT {_rows(translator, limit)}"
    if offset is not None:
        only(offset, "this", "expression")
        skipped = _bound(translator, offset.expression)
        clause += f" OFFSET {_UNLIMITED if skipped is None else _whole(skipped)}"
    return clause


def _rows(translator: Translator, limit: exp.Expression) -> int:
    """FETCH cuts a fraction off and takes NULL for 0; TOP is not Oracle's, so it takes whole numbers alone."""
    if not isinstance(limit, exp.Fetch):
        only(limit, "expression")
        top = _bound(translator, limit.expression)
        if top is None or top < 0 or top != top.to_integral_value():
            raise unsupported("TOP takes a whole number")
        return _whole(top)
    only(limit, "direction", "count", "limit_options")
    options, count = limit.args.get("limit_options"), limit.args.get("count")
    if options is not None:
        only(options, "rows")
    bound = _bound(translator, count) if count is not None else Decimal(1)
    return 0 if bound is None else _whole(bound)


def _whole(bound: Decimal) -> int:
    return min(max(0, int(bound)), _UNLIMITED)
