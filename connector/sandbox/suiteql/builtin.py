"""NetSuite's BUILTIN functions (Oracle article_161950565221), as far as Oracle documents them. The rest is refused.

Of DF, CF and RELATIVE_RANGES one page each says what they answer (article_1029114613, article_1029114514,
article_1029114825). Refused for want of it: NAMED_GROUP, which asks who is signed in, and CURRENCY_CONVERT, of which no
page says what currency an amount is in before it is converted. PERIOD stands behind IN alone: see `accounting_period`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from connector.sandbox.suiteql.builtin_call import Arguments, builtin_call, constant_word, plain_column
from connector.sandbox.suiteql.consolidation import consolidated, currency
from connector.sandbox.suiteql.conversion import as_text, wide
from connector.sandbox.suiteql.hierarchy import hierarchy
from connector.sandbox.suiteql.lookup import combined, shown
from connector.sandbox.suiteql.multiselect import multiselect_filter
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.relative_range import relative_range
from connector.sandbox.suiteql.statement import Translator
from connector.sandbox.suiteql.value import TEXT, Family, Value

_AS_A_DAY = {"DATE", "DATETIME_AS_DATE"}


def builtin(translator: Translator, node: exp.Expression) -> Value:
    """BUILTIN.name(…)."""
    name, arguments = builtin_call(node)
    fewest, most, build = FUNCTIONS.get(name, (0, 0, _refused))
    if not fewest <= len(arguments) <= most:
        raise unsupported(f"BUILTIN.{name}")
    return build(translator, arguments)


def _display(translator: Translator, arguments: Arguments) -> Value:
    """DF(column): what a person reads for an id or a code."""
    value = plain_column(translator, arguments[0])
    if value.shows is not None:
        return shown(value, translator.statement)
    if value.type.family is Family.NUMBER:
        return Value(wide(value), TEXT)
    return as_text(value, translator.statement).computed()


def _criteria(translator: Translator, arguments: Arguments) -> Value:
    """CF(column): `CustInvc:A` where the code alone does not say what it means, else the column's own value."""
    value = plain_column(translator, arguments[0])
    return Value(combined(value), TEXT) if " by " in (value.shows or "") else value.computed()


def _relative_range(translator: Translator, arguments: Arguments) -> Value:
    """RELATIVE_RANGES(range, 'START' | 'END'[, 'DATE' | 'DATETIME_AS_DATE']): the other ways to present a day need a
    time zone.
    """
    words = [constant_word(translator, argument) for argument in arguments]
    if words[1] not in {"START", "END"} or not set(words[2:]) <= _AS_A_DAY:
        raise unsupported("START or END, and a day")
    return relative_range(words[0], translator.statement, at_end=words[1] == "END")


def _refused(_translator: Translator, _arguments: Arguments) -> Value:
    raise unsupported("such a BUILTIN function")


_MANY = 1000
FUNCTIONS: Mapping[str, tuple[int, int, Callable[[Translator, Arguments], Value]]] = {
    "CF": (1, 1, _criteria),
    "CONSOLIDATE": (7, 7, consolidated),
    "CURRENCY": (1, 1, currency),
    "DF": (1, 1, _display),
    "HIERARCHY": (2, 2, hierarchy),
    "MNFILTER": (5, _MANY, multiselect_filter),
    "RELATIVE_RANGES": (2, 3, _relative_range),
}
