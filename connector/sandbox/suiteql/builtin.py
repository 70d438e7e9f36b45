"""NetSuite's BUILTIN functions: DF, RELATIVE_RANGES and CONSOLIDATE (Oracle article_161950565221). Others are refused.

CONSOLIDATE(amount, 'LEDGER' | 'INCOME', 'DEFAULT' | 'STANDARD', rate, target, period, book) is, row by row,

    amount x r

where r is 1 if the row's subsidiary is the target, else the rate of that one row of `consolidatedexchangerate` with
fromsubsidiary = the row's subsidiary, tosubsidiary = target, postingperiod = period and accountingbook = book ('DEFAULT'
is book 1): `averagerate`, `currentrate` or `historicalrate` as `rate` says. With rate 'DEFAULT' the account's
`generalrate` (Average, Current, Historical) says it. The row's subsidiary is `subsidiary` of the one `transactionline`
in scope, its account the one `account` in scope; without them the query is refused. If amount, subsidiary, target,
period, book or generalrate is NULL, so is the result; if there is no such rate, the query is refused. Nothing is
rounded: an amount of 2 places times a rate of 10 has 12. LEDGER and INCOME are the same here, BUDGET rates are refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from connector.sandbox.suiteql.conversion import as_number, as_text, wide
from connector.sandbox.suiteql.expression import name_of, product
from connector.sandbox.suiteql.lookup import RATE, SHOWN
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.relative_range import relative_range
from connector.sandbox.suiteql.scope import Scope
from connector.sandbox.suiteql.statement import Translator, only
from connector.sandbox.suiteql.value import TEXT, Family, Type, Value, date_constant

_RATES = {"CURRENT", "HISTORICAL", "AVERAGE"}
_RATE_TYPE = Type(Family.NUMBER, scale=10, computed=True)


def builtin(translator: Translator, node: exp.Expression) -> Value:
    """BUILTIN.name(…)."""
    only(node, "this", "expression")
    call = node.expression
    if not isinstance(call, exp.Anonymous) or name_of(node.this) != "builtin":
        raise unsupported("a name of several parts")
    only(call, "this", "expressions")
    name, arguments = str(call.this).upper(), call.expressions
    if name == "DF" and len(arguments) == 1:
        return _display(translator, arguments[0])
    if name == "RELATIVE_RANGES" and len(arguments) == 2:  # noqa: PLR2004 - as documented
        return _relative_range(translator, arguments)
    if name == "CONSOLIDATE" and len(arguments) == 7:  # noqa: PLR2004 - as documented
        return _consolidated(translator, arguments)
    raise unsupported(f"BUILTIN.{name}")


def _display(translator: Translator, argument: exp.Expression) -> Value:
    value = translator.value(argument)
    if not value.is_column:
        raise unsupported("BUILTIN.DF takes a column")
    if value.shows is not None:
        shown, _, beside = value.shows.partition(" by ")
        target, key = translator.statement.text(shown), f"CAST({value.sql} AS VARCHAR)"
        if beside:
            key = f"(CAST({_beside(translator, argument, beside).sql} AS VARCHAR) || ':' || {key})"
        return Value(SHOWN.call(target.sql, key), TEXT)
    if value.type.family is Family.NUMBER:
        return Value(wide(value), TEXT)
    return as_text(value, translator.statement).computed()


def _beside(translator: Translator, argument: exp.Expression, name: str) -> Value:
    """The column `name` of the row that the argument is taken from.

    Behind a subselect that row is gone: what is called `name` there may be something else.
    """
    column = argument.unnest()
    table = column.args.get("table")
    qualifier = name_of(table) if table is not None else None
    scope: Scope | None = translator.scope
    while scope is not None:
        source = scope.owner(name_of(column.this), qualifier)
        if source is not None:
            found = scope.field_of(source, name) if source.is_table else None
            if found is None:
                raise unsupported(f"BUILTIN.DF without {name} beside its column")
            return found
        scope = scope.parent
    raise unsupported("BUILTIN.DF takes a column")


def _word(translator: Translator, argument: exp.Expression) -> str:
    constant = translator.value(argument).constant
    if not isinstance(constant, str):
        raise unsupported("a constant word is needed")
    return constant.upper()


def _relative_range(translator: Translator, arguments: Sequence[exp.Expression]) -> Value:
    first, last = relative_range(_word(translator, arguments[0]), translator.statement.clock())
    end = _word(translator, arguments[1])
    if end not in {"START", "END"}:
        raise unsupported("START or END")
    return date_constant(first if end == "START" else last, with_time=False)


def _consolidated(translator: Translator, arguments: Sequence[exp.Expression]) -> Value:
    if _word(translator, arguments[1]) not in {"LEDGER", "INCOME"}:
        raise unsupported("LEDGER or INCOME")
    if _word(translator, arguments[2]) not in {"DEFAULT", "STANDARD"}:
        raise unsupported("budget exchange rates")
    subsidiary = _of_row(translator, "transactionline", "subsidiary")
    target, period = (_id(translator.value(arguments[place])) for place in (4, 5))
    book = translator.value(arguments[6])
    is_default = isinstance(book.constant, str) and book.constant.upper() == "DEFAULT"
    rate = RATE.call(
        _kind_of_rate(translator, arguments[3]), _id(subsidiary), target, period, "1" if is_default else _id(book)
    )
    return product(translator.value(arguments[0]), Value(f"CAST({rate} AS DECIMAL(28,10))", _RATE_TYPE))


def _kind_of_rate(translator: Translator, argument: exp.Expression) -> str:
    kind = _word(translator, argument)
    if kind in _RATES:
        return translator.statement.text(kind).sql
    if kind != "DEFAULT":
        raise unsupported("rate")
    return f"upper({_of_row(translator, 'account', 'generalrate').sql})"


def _of_row(translator: Translator, record: str, field: str) -> Value:
    sources = translator.scope.tables(record)
    value = translator.scope.field_of(sources[0], field) if len(sources) == 1 else None
    if value is None:
        raise unsupported(f"CONSOLIDATE without one {record} in scope")
    return value


def _id(value: Value) -> str:
    return f"CAST({as_number(value).sql} AS BIGINT)"
