"""The scalar functions of SuiteQL that the sandbox runs exactly (Oracle section_158513731864). All others are refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from connector.sandbox.suiteql import choice, numeric, routine
from connector.sandbox.suiteql.conversion import as_date, as_number, as_text, timestamp, wide
from connector.sandbox.suiteql.expression import concatenation
from connector.sandbox.suiteql.oracle import date_format
from connector.sandbox.suiteql.oracle.number import NotExactError
from connector.sandbox.suiteql.pattern import regexp_instr, regexp_replace, regexp_substr
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.routine import Routine
from connector.sandbox.suiteql.statement import Translator, only
from connector.sandbox.suiteql.value import DATE, DATETIME, INTEGER, TEXT, WIDE, Family, Value, wide_type

Arguments = Sequence[exp.Expression]
Function = Callable[[Translator, Arguments], Value]
_GIVES = {"T": TEXT, "N": WIDE, "D": DATETIME, "I": INTEGER}


def function(translator: Translator, node: exp.Expression) -> Value:
    """A call by name."""
    only(node, "this", "expressions")
    name = str(node.this).upper()
    if name in _SPECIAL:
        fewest, most, build = _SPECIAL[name]
        if not fewest <= len(node.expressions) <= most:
            raise unsupported(f"{name} with {len(node.expressions)} arguments")
        return build(translator, node.expressions)
    for form in routine.SCALAR.get(name, ()):
        if len(form.takes) == len(node.expressions):
            return called(translator, form, translator.values(node.expressions))
    raise unsupported(f"function {name}")


def called(translator: Translator, form: Routine, values: Sequence[Value]) -> Value:
    arguments = [_argument(translator, letter, value) for letter, value in zip(form.takes, values, strict=True)]
    numbers = [as_number(value).type for letter, value in zip(form.takes, values, strict=True) if letter == "N"]
    kind = wide_type(*numbers) if form.gives == "N" and numbers else _GIVES[form.gives]
    return Value(form.call(*arguments), kind)


def _argument(translator: Translator, letter: str, value: Value) -> str:
    if letter == "T":
        return as_text(value, translator.statement).sql
    if letter == "N":
        return wide(value)
    return timestamp(as_date(value, translator.statement))


def _concat(translator: Translator, arguments: Arguments) -> Value:
    return concatenation(translator, translator.values(arguments))


def _length(translator: Translator, arguments: Arguments) -> Value:
    return Value(f"length({as_text(translator.value(arguments[0]), translator.statement).sql})", INTEGER)


def _to_char(translator: Translator, arguments: Arguments) -> Value:
    value = translator.value(arguments[0])
    if value.type.family is Family.NULL:
        return Value("CAST(NULL AS VARCHAR)", TEXT)
    if len(arguments) == 1:
        return as_text(value, translator.statement)
    model = _model(translator, arguments[1])
    if value.type.is_date:
        return Value(routine.FORMAT_DATE.call(timestamp(value), model.sql), TEXT)
    return Value(routine.FORMAT_NUMBER.call(wide(value), model.sql), TEXT)


def _model(translator: Translator, node: exp.Expression) -> Value:
    model = translator.value(node)
    if not isinstance(model.constant, str):
        raise unsupported("the format must be a constant")
    return model


def _to_number(translator: Translator, arguments: Arguments) -> Value:
    value = translator.value(arguments[0])
    if len(arguments) == 1:
        return as_number(value).computed() if value.type.family is Family.NUMBER else as_number(value)
    model = _model(translator, arguments[1])
    return Value(routine.READ_NUMBER.call(as_text(value, translator.statement).sql, model.sql), WIDE)


def _to_date(translator: Translator, arguments: Arguments) -> Value:
    value = translator.value(arguments[0])
    statement = translator.statement
    if len(arguments) == 1:
        # A date is first written in the account's format, which has no time.
        return as_date(value, statement) if not value.type.is_date else Value(f"CAST({value.sql} AS DATE)", DATE)
    model = _model(translator, arguments[1])
    try:
        year = statement.clock().year if date_format.reads_clock(str(model.constant)) else 0
    except NotExactError as error:
        raise unsupported("date format") from error
    read = routine.READ_DATE.call(as_text(value, statement).sql, model.sql, str(year))
    if any(element in str(model.constant).upper() for element in ("HH", "MI", "SS")):
        return Value(read, DATETIME)
    return Value(f"CAST({read} AS DATE)", DATE)


_ANY = 255
_SPECIAL: dict[str, tuple[int, int, Function]] = {
    "ABS": (1, 1, numeric.absolute),
    "CEIL": (1, 1, numeric.to_whole("ceil", routine.CEIL)),
    "COALESCE": (2, _ANY, choice.coalesce),
    "CONCAT": (2, 2, _concat),
    "DECODE": (3, _ANY, choice.decode),
    "FLOOR": (1, 1, numeric.to_whole("floor", routine.FLOOR)),
    "GREATEST": (1, _ANY, choice.extreme("DESC")),
    "LEAST": (1, _ANY, choice.extreme("ASC")),
    "LENGTH": (1, 1, _length),
    "MOD": (2, 2, numeric.modulo),
    "NULLIF": (2, 2, choice.nullif),
    "NVL": (2, 2, choice.nvl),
    "NVL2": (3, 3, choice.nvl2),
    "REGEXP_INSTR": (2, 2, regexp_instr),
    "REGEXP_REPLACE": (2, 6, regexp_replace),
    "REGEXP_SUBSTR": (2, 5, regexp_substr),
    "ROUND": (1, 2, numeric.rounding(routine.ROUND_NUMBER, routine.ROUND_DATE)),
    "SIGN": (1, 1, numeric.sign),
    "TO_CHAR": (1, 2, _to_char),
    "TO_DATE": (1, 2, _to_date),
    "TO_NUMBER": (1, 2, _to_number),
    "TRUNC": (1, 2, numeric.rounding(routine.TRUNC_NUMBER, routine.TRUNC_DATE)),
}
