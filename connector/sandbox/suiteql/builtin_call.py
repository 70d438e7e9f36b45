"""How a BUILTIN function is called: BUILTIN.name(arguments), with words among the arguments."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from connector.sandbox.suiteql.expression import name_of
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Translator, only
from connector.sandbox.suiteql.value import Value

Arguments = Sequence[exp.Expression]


def builtin_call(node: exp.Expression) -> tuple[str, Arguments]:
    """The name and the arguments."""
    only(node, "this", "expression")
    call = node.expression
    if not isinstance(call, exp.Anonymous) or name_of(node.this) != "builtin":
        raise unsupported("a name of several parts")
    only(call, "this", "expressions")
    return str(call.this).upper(), call.expressions


def constant_word(translator: Translator, argument: exp.Expression) -> str:
    """A word that the query or a parameter gives, in upper case."""
    constant = translator.value(argument).constant
    if not isinstance(constant, str):
        raise unsupported("a constant word is needed")
    return constant.upper()


def plain_column(translator: Translator, argument: exp.Expression) -> Value:
    value = translator.value(argument)
    if not value.is_column or value.is_expression:
        raise unsupported("a column is needed")
    return value
