"""BUILTIN.PERIOD: what stands behind IN for a range of accounting periods (Oracle article_1029114816).

    postingperiod IN (BUILTIN.PERIOD(code, 'START' | 'END', 'NOT_LAST' | 'ALL', operator))

The codes are those of `query.PeriodCode` (section_158289876878), counted from the period that holds today; `LFYTP`, last
fiscal year to period, goes from the first period of that year to the one that corresponds to today's (section_4084585701,
Period Selectors). A year has twelve periods and a quarter three. BETWEEN and NOT BETWEEN, with 'START', mean the range;
another operator compares with its first period or, with 'END', its last one.

Refused: the rolling codes, as no page says whether they count the present period; BETWEEN with 'END'; and 'NOT_LAST'
as soon as an adjustment period would be among the answers, as no page says which of them is the last.
"""

from __future__ import annotations

from sqlglot import exp

from connector.sandbox.suiteql.builtin_call import Arguments, builtin_call, constant_word
from connector.sandbox.suiteql.condition import CONDITIONS
from connector.sandbox.suiteql.conversion import as_number
from connector.sandbox.suiteql.fiscal_calendar import (
    PERIOD,
    QUARTER,
    YEAR,
    adjusts,
    boundary,
    has_calendar,
    quarter_of_year,
)
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Statement, Translator

# Code → the unit and the step that the range begins with, and those that it ends with.
_WHOLE = {
    "TP": (PERIOD, 0), "LP": (PERIOD, -1), "PBL": (PERIOD, -2), "TPOLQ": (PERIOD, -3), "LPOLQ": (PERIOD, -4),
    "TPOLFY": (PERIOD, -12), "LPOLFY": (PERIOD, -13),
    "TQ": (QUARTER, 0), "LQ": (QUARTER, -1), "QBL": (QUARTER, -2), "TQOLFY": (QUARTER, -4), "LQOLFY": (QUARTER, -5),
    "TFY": (YEAR, 0), "LFY": (YEAR, -1), "FYBL": (YEAR, -2),
}  # fmt: skip
_TO_PERIOD = {
    "TFQTP": ((QUARTER, 0), (PERIOD, 0)), "LFQTP": ((QUARTER, -1), (PERIOD, -3)),
    "TFQOLFYTP": ((QUARTER, -4), (PERIOD, -12)), "TFYTP": ((YEAR, 0), (PERIOD, 0)), "LFYTP": ((YEAR, -1), (PERIOD, -12)),
}  # fmt: skip
_SPANS = {code: (unit, unit) for code, unit in _WHOLE.items()} | _TO_PERIOD
_QUARTERS = {f"Q{number}{year}FY": (number, step) for number in range(1, 5) for year, step in (("T", 0), ("L", -1))}
_COMPARED = {"<", "<=", ">", ">="}


def among(translator: Translator, node: exp.Expression) -> str:
    """The condition IN, also before BUILTIN.PERIOD, in parentheses or not."""
    listed = [node.args["field"]] if node.args.get("field") is not None else node.expressions
    if len(listed) == 1 and isinstance(listed[0], exp.Dot):
        name, arguments = builtin_call(listed[0])
        if name == "PERIOD" and len(arguments) == 4:  # noqa: PLR2004 - as documented
            value = as_number(translator.value(node.this))
            if value.type.scale != 0:
                raise unsupported("an id of a period is needed")
            return f"({value.sql} IN ({_periods(translator, arguments)}))"
    return CONDITIONS[exp.In](translator, node)


def _periods(translator: Translator, arguments: Arguments) -> str:
    statement = translator.statement
    code, end, adjustment, operator = (constant_word(translator, argument) for argument in arguments)
    if not has_calendar(statement) or end not in {"START", "END"} or adjustment not in {"ALL", "NOT_LAST"}:
        raise unsupported("BUILTIN.PERIOD")
    if operator in {"BETWEEN", "NOT BETWEEN"} and end == "START":
        first, last = (_boundary(statement, code, at_end=at_end) for at_end in (False, True))
        chosen = f'("startdate" >= {first} AND "enddate" <= {last})'
        chosen = chosen if operator == "BETWEEN" else f"NOT {chosen}"
    elif operator in _COMPARED:
        column = "enddate" if end == "END" else "startdate"
        chosen = f'"{column}" {operator} {_boundary(statement, code, at_end=end == "END")}'
    else:
        raise unsupported("such an operator")
    number = '"id"'
    if adjustment == "NOT_LAST" and adjusts(statement):
        number = "CASE WHEN \"isadjust\" = 'T' THEN error('which adjustment period is the last') ELSE \"id\" END"
    posting = "\"isyear\" = 'F' AND \"isquarter\" = 'F'"
    return f'SELECT {number} FROM "accountingperiod" WHERE {posting} AND {chosen}'  # noqa: S608 - made of our own names


def _boundary(statement: Statement, code: str, *, at_end: bool) -> str:
    if code in _QUARTERS:
        return quarter_of_year(statement, *_QUARTERS[code], at_end=at_end)
    if code not in _SPANS:
        raise unsupported(f"period {code}")
    unit, step = _SPANS[code][at_end]
    return boundary(statement, unit, step, at_end=at_end)
