"""The scalar functions of SuiteQL that the sandbox runs exactly (Oracle section_158513731864). All others are refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from sqlglot import exp

from connector.sandbox.suiteql import routine
from connector.sandbox.suiteql.conversion import (
    as_date,
    as_number,
    as_text,
    comparison,
    native_sql,
    timestamp,
    unify,
    whole_constant,
    wide,
)
from connector.sandbox.suiteql.expression import concatenation
from connector.sandbox.suiteql.pattern import regexp_instr, regexp_replace, regexp_substr
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.routine import Routine
from connector.sandbox.suiteql.statement import Translator, only
from connector.sandbox.suiteql.value import (
    DATE,
    DATETIME,
    INTEGER,
    LARGEST_NATIVE_SCALE,
    NULL_VALUE,
    TEXT,
    WIDE,
    Family,
    Type,
    Value,
    native,
)

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
            return called(translator, form, [translator.value(argument) for argument in node.expressions])
    raise unsupported(f"function {name}")


def called(translator: Translator, form: Routine, values: Sequence[Value]) -> Value:
    arguments = [_argument(translator, letter, value) for letter, value in zip(form.takes, values, strict=True)]
    return Value(form.call(*arguments), _GIVES[form.gives])


def _argument(translator: Translator, letter: str, value: Value) -> str:
    if letter == "T":
        return as_text(value, translator.statement).sql
    if letter == "N":
        return wide(value)
    return timestamp(as_date(value, translator.statement))


def _values(translator: Translator, arguments: Arguments) -> list[Value]:
    return [translator.value(argument) for argument in arguments]


def _nvl(translator: Translator, arguments: Arguments) -> Value:
    first, second = _values(translator, arguments)
    # A number wins over a text; else the second becomes what the first is.
    lead = _lead(first, second)
    sqls, kind = unify([first, second], translator.statement, lead=lead)
    return Value(f"COALESCE({', '.join(sqls)})", kind)


def _lead(first: Value, second: Value) -> Family:
    families = [value.type.family for value in (first, second)]
    if Family.NUMBER in families:
        return Family.NUMBER
    return next((family for family in families if family is not Family.NULL), Family.TEXT)


def _nvl2(translator: Translator, arguments: Arguments) -> Value:
    tested, some, none = _values(translator, arguments)
    lead = some.type.family if some.type.family is not Family.NULL else _lead(some, none)
    sqls, kind = unify([some, none], translator.statement, lead=lead)
    return Value(f"(CASE WHEN {tested.sql} IS NOT NULL THEN {sqls[0]} ELSE {sqls[1]} END)", kind)


def _coalesce(translator: Translator, arguments: Arguments) -> Value:
    sqls, kind = unify(_values(translator, arguments), translator.statement)
    return Value(f"COALESCE({', '.join(sqls)})", kind)


def _nullif(translator: Translator, arguments: Arguments) -> Value:
    first, second = _values(translator, arguments)
    if first.type.family is Family.NULL:
        raise unsupported("NULLIF of NULL")
    unify([first, second], translator.statement)
    same = comparison("=", first, second, translator.statement)
    return Value(f"(CASE WHEN {same} THEN NULL ELSE {first.sql} END)", first.computed().type)


def _decode(translator: Translator, arguments: Arguments) -> Value:
    """NULL equals NULL here. The first search value gives the type of comparison, the first result that of the answer."""
    subject, *rest = _values(translator, arguments)
    pairs = [(rest[i], rest[i + 1]) for i in range(0, len(rest) - 1, 2)]
    default = rest[-1] if len(rest) % 2 else NULL_VALUE
    results = [result for _, result in pairs] + [default]
    lead = results[0].type.family if results[0].type.family is not Family.NULL else Family.TEXT
    sqls, kind = unify(results, translator.statement, lead=lead)
    branches = []
    for (sought, _), sql in zip(pairs, sqls, strict=False):
        same = comparison("=", subject, _not_padded(sought), translator.statement)
        both_null = f"{subject.sql} IS NULL AND {sought.sql} IS NULL"
        branches.append(f"WHEN {same} OR ({both_null}) THEN {sql}")
    return Value(f"(CASE {' '.join(branches)} ELSE {sqls[-1]} END)", kind)


def _not_padded(value: Value) -> Value:
    return Value(value.sql, value.type, constant=value.constant, is_parameter=True) if value.is_literal else value


def _extreme(keep: str) -> Function:
    def build(translator: Translator, arguments: Arguments) -> Value:
        """NULL as soon as one is NULL. The first argument gives the type."""
        values = _values(translator, arguments)
        if any(value.type.family is Family.NULL for value in values):
            return NULL_VALUE
        sqls, kind = unify(values, translator.statement, lead=values[0].type.family)
        chosen = Value(sqls[0], kind)
        for sql in sqls[1:]:
            better = comparison(keep, Value(sql, kind), chosen, translator.statement)
            chosen = Value(f"(CASE WHEN {better} THEN {sql} ELSE {chosen.sql} END)", kind)
        nulls = " OR ".join(f"{sql} IS NULL" for sql in sqls)
        return Value(f"(CASE WHEN {nulls} THEN NULL ELSE {chosen.sql} END)", kind)

    return build


def _concat(translator: Translator, arguments: Arguments) -> Value:
    return concatenation(translator, _values(translator, arguments))


def _length(translator: Translator, arguments: Arguments) -> Value:
    return Value(f"length({as_text(translator.value(arguments[0]), translator.statement).sql})", INTEGER)


def _abs(translator: Translator, arguments: Arguments) -> Value:
    value = as_number(translator.value(arguments[0]))
    if value.type.is_wide:
        return Value(routine.ABS.call(value.sql), WIDE)
    scale = value.type.scale or 0
    return Value(f"abs({native_sql(value, scale)})", native(scale, whole=value.type.whole))


def _sign(translator: Translator, arguments: Arguments) -> Value:
    value = as_number(translator.value(arguments[0]))
    return Value(routine.COMPARE.call(wide(value), "'0'"), INTEGER)


def _to_whole(name: str, form: Routine) -> Function:
    def build(translator: Translator, arguments: Arguments) -> Value:
        value = as_number(translator.value(arguments[0]))
        if value.type.scale is None:
            return Value(f"CAST({form.call(value.sql)} AS DECIMAL(38,0))", native(0))
        exact = native_sql(value, value.type.scale)
        return Value(f"CAST({name}({exact}) AS DECIMAL(38,0))", native(0, whole=value.type.whole))

    return build


def _mod(translator: Translator, arguments: Arguments) -> Value:
    left, right = (as_number(value) for value in _values(translator, arguments))
    whole = left.type.whole and right.type.whole
    result = routine.MOD.call(wide(left), wide(right))
    return Value(f"CAST({result} AS DECIMAL(38,0))", native(0, whole=True)) if whole else Value(result, WIDE)


def _rounding(number_form: Routine, date_form: Routine) -> Function:
    def build(translator: Translator, arguments: Arguments) -> Value:
        values = _values(translator, arguments)
        if values[0].type.is_date:
            return _rounded_date(translator, date_form, values)
        places = values[1] if len(values) > 1 else None
        return _rounded_number(number_form, as_number(values[0]), places)

    return build


def _rounded_date(translator: Translator, form: Routine, values: list[Value]) -> Value:
    unit = values[1] if len(values) > 1 else translator.statement.text("DD")
    if not isinstance(unit.constant, str):
        raise unsupported("the unit must be a constant")
    if unit.constant.upper() in {"HH", "HH12", "HH24", "MI"}:
        return Value(form.call(timestamp(values[0]), unit.sql), DATETIME)
    return Value(f"CAST({form.call(timestamp(values[0]), unit.sql)} AS DATE)", DATE)


def _rounded_number(form: Routine, value: Value, places: Value | None) -> Value:
    count = 0 if places is None else whole_constant(places)
    if count is None:
        return Value(form.call(wide(value), wide(as_number(places or NULL_VALUE))), WIDE)
    rounded = form.call(wide(value), f"'{count}'")
    if count > LARGEST_NATIVE_SCALE:
        return Value(rounded, WIDE)
    scale = max(0, count)
    return Value(f"CAST({rounded} AS DECIMAL(38,{scale}))", native(scale, whole=value.type.whole))


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
    if len(arguments) == 1:
        return as_date(value, translator.statement)
    model = _model(translator, arguments[1])
    text = as_text(value, translator.statement).sql
    read = routine.READ_DATE.call(text, model.sql)
    if any(element in str(model.constant).upper() for element in ("HH", "MI", "SS")):
        return Value(read, DATETIME)
    return Value(f"CAST({read} AS DATE)", DATE)


def extract(translator: Translator, node: exp.Expression) -> Value:
    """EXTRACT(YEAR | MONTH | DAY FROM date)."""
    only(node, "this", "expression")
    part = str(node.this.name).upper()
    value = as_date(translator.value(node.expression), translator.statement)
    if part not in {"YEAR", "MONTH", "DAY"}:
        raise unsupported(f"EXTRACT {part}")
    return Value(f"CAST(date_part('{part.lower()}', {value.sql}) AS BIGINT)", INTEGER)


def trim(translator: Translator, node: exp.Expression) -> Value:
    """TRIM([LEADING | TRAILING | BOTH] [character FROM] text)."""
    only(node, "this", "expression", "position")
    side = {"LEADING": "LTRIM", "TRAILING": "RTRIM"}.get(str(node.args.get("position") or "").upper(), "TRIM")
    text = translator.value(node.this)
    characters = node.args.get("expression")
    by = translator.value(characters) if characters is not None else translator.statement.text(" ")
    if side != "TRIM" and isinstance(by.constant, str) and len(by.constant) != 1:
        raise unsupported("TRIM takes one character")
    return called(translator, routine.SCALAR[side][1], [text, by])


def cast(translator: Translator, node: exp.Expression) -> Value:
    """CAST to NUMBER, INTEGER, DATE, VARCHAR2(n)."""
    only(node, "this", "to")
    value, target = translator.value(node.this), node.args["to"]
    sizes = [int(size.name) for size in target.expressions]
    if target.this in {exp.DataType.Type.INT, exp.DataType.Type.BIGINT}:
        return _rounded_number(routine.ROUND_NUMBER, as_number(value), None)
    if target.this == exp.DataType.Type.DECIMAL:
        return _cast_number(as_number(value), sizes)
    if target.this in {exp.DataType.Type.VARCHAR, exp.DataType.Type.NVARCHAR} and len(sizes) == 1:
        text = as_text(value, translator.statement)
        return called(translator, routine.SCALAR["SUBSTR"][1], [text, *_one_to(sizes[0])])
    if target.this == exp.DataType.Type.DATE and not sizes:
        return as_date(value, translator.statement)
    raise unsupported("CAST")


def _cast_number(value: Value, sizes: list[int]) -> Value:
    if not sizes:
        return value.computed()
    precision, scale = sizes[0], sizes[1] if len(sizes) > 1 else 0
    if not 0 <= scale <= LARGEST_NATIVE_SCALE or not scale <= precision <= 38:  # noqa: PLR2004 - NUMBER's limit
        raise unsupported("CAST")
    rounded = routine.ROUND_NUMBER.call(wide(value), f"'{scale}'")
    fitting = f"CAST({rounded} AS DECIMAL({precision},{scale}))"
    return Value(f"CAST({fitting} AS DECIMAL(38,{scale}))", native(scale, whole=value.type.whole))


def _one_to(length: int) -> list[Value]:
    return [Value(f"'{n}'", Type(Family.NUMBER), constant=Decimal(n)) for n in (1, length)]


_ANY = 255
_SPECIAL: dict[str, tuple[int, int, Function]] = {
    "ABS": (1, 1, _abs),
    "CEIL": (1, 1, _to_whole("ceil", routine.CEIL)),
    "COALESCE": (2, _ANY, _coalesce),
    "CONCAT": (2, 2, _concat),
    "DECODE": (3, _ANY, _decode),
    "FLOOR": (1, 1, _to_whole("floor", routine.FLOOR)),
    "GREATEST": (1, _ANY, _extreme(">")),
    "LEAST": (1, _ANY, _extreme("<")),
    "LENGTH": (1, 1, _length),
    "MOD": (2, 2, _mod),
    "NULLIF": (2, 2, _nullif),
    "NVL": (2, 2, _nvl),
    "NVL2": (3, 3, _nvl2),
    "REGEXP_INSTR": (2, 2, regexp_instr),
    "REGEXP_REPLACE": (2, 6, regexp_replace),
    "REGEXP_SUBSTR": (2, 5, regexp_substr),
    "ROUND": (1, 2, _rounding(routine.ROUND_NUMBER, routine.ROUND_DATE)),
    "SIGN": (1, 1, _sign),
    "TO_CHAR": (1, 2, _to_char),
    "TO_DATE": (1, 2, _to_date),
    "TO_NUMBER": (1, 2, _to_number),
    "TRUNC": (1, 2, _rounding(routine.TRUNC_NUMBER, routine.TRUNC_DATE)),
}
