"""Oracle's functions as DuckDB can call them: each has a name there, argument types and a Python body.

Letters of a signature: T text, N number (wide, as plain text), D datetime, I integer, L list of wide numbers.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.sandbox.suiteql import account_date
from connector.sandbox.suiteql.oracle import date, date_format, number, number_format, text

_DUCKDB = {"T": "VARCHAR", "N": "VARCHAR", "D": "TIMESTAMP", "I": "BIGINT", "L": "VARCHAR[]"}


@dataclass(frozen=True, slots=True)
class Routine:
    """`takes_null` says that the body decides what NULL means; else NULL in is NULL out."""

    name: str
    takes: str
    gives: str
    body: Callable[..., Any]
    takes_null: bool = False

    @property
    def parameters(self) -> list[Any]:
        """DuckDB's names of the types; its own stubs want them as literals."""
        return [_DUCKDB[letter] for letter in self.takes]

    @property
    def returns(self) -> str:
        return _DUCKDB[self.gives]

    def call(self, *arguments: str) -> str:
        """DuckDB text of a call."""
        return f"{self.name}({', '.join(arguments)})"

    def callable(self) -> Callable[..., Any]:
        """The body between DuckDB's values and Python's."""
        readers = [_READERS[letter] for letter in self.takes]
        body, write, takes_null = self.body, _WRITERS[self.gives], self.takes_null

        def run(*arguments: Any) -> object:
            if not takes_null and None in arguments:
                return None
            result = body(*[None if a is None else read(a) for read, a in zip(readers, arguments, strict=True)])
            return None if result is None else write(result)

        # DuckDB counts the parameters it sees.
        kind = inspect.Parameter.POSITIONAL_ONLY
        parameters = [inspect.Parameter(f"p{place}", kind) for place in range(len(readers))]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # a documented attribute
        return run


def _same(value: Any) -> Any:
    return value


def _numbers(values: Sequence[str | None]) -> list[Decimal]:
    """Aggregates leave NULL out."""
    return [Decimal(value) for value in values if value is not None]


_READERS: dict[str, Callable[[Any], Any]] = {"T": _same, "N": Decimal, "D": _same, "I": int, "L": _numbers}
_WRITERS: dict[str, Callable[[Any], object]] = {
    "T": lambda value: value or None,
    "N": lambda value: number.written(Decimal(value)),
    "D": _same,
    "I": int,
}


def _spread(how: Callable[[Sequence[Decimal], int], Decimal | None], lost: int) -> Callable[..., Decimal | None]:
    def of(values: Sequence[Decimal]) -> Decimal | None:
        # STDDEV and VARIANCE of one row are 0, while the _SAMP functions give NULL.
        return how(values, 0 if lost == 1 and len(values) == 1 else lost)

    return of


def _sample(how: Callable[[Sequence[Decimal], int], Decimal | None]) -> Callable[..., Decimal | None]:
    return lambda values: how(values, 1)


TO_NUMBER = Routine("ora_to_number", "T", "N", number.parsed)
NUMBER_TEXT = Routine("ora_number_text", "N", "T", number.default_text)
COMPARE = Routine("ora_compare", "NN", "I", number.compare)
ORDER_KEY = Routine("ora_order_key", "N", "T", number.order_key)
OF_ORDER_KEY = Routine("ora_of_order_key", "T", "N", number.of_order_key)
ADD = Routine("ora_add", "NN", "N", number.add)
SUBTRACT = Routine("ora_subtract", "NN", "N", number.subtract)
MULTIPLY = Routine("ora_multiply", "NN", "N", number.multiply)
DIVIDE = Routine("ora_divide", "NN", "N", number.divide)
MOD = Routine("ora_mod", "NN", "N", number.modulo)
ABS = Routine("ora_abs", "N", "N", number.absolute)
CEIL = Routine("ora_ceil", "N", "N", number.ceiling)
FLOOR = Routine("ora_floor", "N", "N", number.floor)
ROUND_NUMBER = Routine("ora_round", "NN", "N", number.round_half_away)
TRUNC_NUMBER = Routine("ora_trunc", "NN", "N", number.truncate)
FORMAT_NUMBER = Routine("ora_format_number", "NT", "T", number_format.to_char)
READ_NUMBER = Routine("ora_read_number", "TT", "N", number_format.to_number)
FORMAT_DATE = Routine("ora_format_date", "DT", "T", date_format.to_char)
READ_DATE = Routine("ora_read_date", "TTI", "D", date_format.to_date)
ACCOUNT_DATE_TEXT = Routine("ora_account_date_text", "DT", "T", account_date.date_text)
ACCOUNT_DATE = Routine("ora_account_date", "TT", "D", account_date.date_of)
TRUNC_DATE = Routine("ora_trunc_date", "DT", "D", date.truncate)
ROUND_DATE = Routine("ora_round_date", "DT", "D", date.round_to)
PLUS_DAYS = Routine("ora_plus_days", "DN", "D", date.plus_days)
DAYS_BETWEEN = Routine("ora_days_between", "DD", "N", date.days_between)
TOTAL = Routine("ora_total", "L", "N", number.total)
FITTED = Routine("ora_fitted", "TN", "T", text.fitted)
CUT = Routine("ora_cut", "TN", "T", text.cut)
_SINGLE = (
    TO_NUMBER, NUMBER_TEXT, COMPARE, ORDER_KEY, OF_ORDER_KEY, ADD, SUBTRACT, MULTIPLY, DIVIDE, MOD, ABS, CEIL, FLOOR,
    ROUND_NUMBER, TRUNC_NUMBER, FORMAT_NUMBER, READ_NUMBER, FORMAT_DATE, READ_DATE, ACCOUNT_DATE_TEXT, ACCOUNT_DATE,
    TRUNC_DATE, ROUND_DATE, PLUS_DAYS, DAYS_BETWEEN, TOTAL, FITTED, CUT,
)  # fmt: skip

# SQL name → its forms. The number of arguments chooses.
SCALAR: dict[str, tuple[Routine, ...]] = {
    "ADD_MONTHS": (Routine("ora_add_months", "DN", "D", date.add_months),),
    "ASCII": (Routine("ora_ascii", "T", "I", text.ascii_code),),
    "CHR": (Routine("ora_chr", "N", "T", text.chr_of),),
    "EXP": (Routine("ora_exp", "N", "N", number.exponential),),
    "INITCAP": (Routine("ora_initcap", "T", "T", text.initcap),),
    "INSTR": (
        Routine("ora_instr2", "TT", "I", text.instr),
        Routine("ora_instr3", "TTN", "I", text.instr),
        Routine("ora_instr4", "TTNN", "I", text.instr),
    ),
    "LAST_DAY": (Routine("ora_last_day", "D", "D", date.last_day),),
    "LN": (Routine("ora_ln", "N", "N", number.natural_logarithm),),
    "LOG": (Routine("ora_log", "NN", "N", number.logarithm),),
    "LOWER": (Routine("ora_lower", "T", "T", text.lower),),
    "LPAD": (Routine("ora_lpad2", "TN", "T", text.lpad), Routine("ora_lpad3", "TNT", "T", text.lpad)),
    "LTRIM": (Routine("ora_ltrim1", "T", "T", text.ltrim), Routine("ora_ltrim2", "TT", "T", text.ltrim)),
    "MONTHS_BETWEEN": (Routine("ora_months_between", "DD", "N", date.months_between),),
    "NEXT_DAY": (Routine("ora_next_day", "DT", "D", date.next_day),),
    "POWER": (Routine("ora_power", "NN", "N", number.power),),
    "REPLACE": (
        Routine("ora_replace2", "TT", "T", lambda t, s: text.replace(t, s) if t else None, takes_null=True),
        Routine("ora_replace3", "TTT", "T", lambda t, s, b: text.replace(t, s, b) if t else None, takes_null=True),
    ),
    "RPAD": (Routine("ora_rpad2", "TN", "T", text.rpad), Routine("ora_rpad3", "TNT", "T", text.rpad)),
    "RTRIM": (Routine("ora_rtrim1", "T", "T", text.rtrim), Routine("ora_rtrim2", "TT", "T", text.rtrim)),
    "SQRT": (Routine("ora_sqrt", "N", "N", number.square_root),),
    "SUBSTR": (Routine("ora_substr2", "TN", "T", text.substr), Routine("ora_substr3", "TNN", "T", text.substr)),
    "TRANSLATE": (Routine("ora_translate", "TTT", "T", text.translate),),
    "TRIM": (Routine("ora_trim1", "T", "T", text.trim), Routine("ora_trim2", "TT", "T", text.trim)),
    "UPPER": (Routine("ora_upper", "T", "T", text.upper),),
}
# Aggregates over the list of all values.
OVER_LIST: dict[str, Routine] = {
    "MEDIAN": Routine("ora_median", "L", "N", number.median),
    "STDDEV": Routine("ora_stddev", "L", "N", _spread(number.standard_deviation, 1)),
    "STDDEV_POP": Routine("ora_stddev_pop", "L", "N", _spread(number.standard_deviation, 0)),
    "STDDEV_SAMP": Routine("ora_stddev_samp", "L", "N", _sample(number.standard_deviation)),
    "VARIANCE": Routine("ora_variance", "L", "N", _spread(number.variance, 1)),
    "VAR_POP": Routine("ora_var_pop", "L", "N", _spread(number.variance, 0)),
    "VAR_SAMP": Routine("ora_var_samp", "L", "N", _sample(number.variance)),
}


def every_routine() -> list[Routine]:
    """All of them, for registration."""
    return [*_SINGLE, *(form for forms in SCALAR.values() for form in forms), *OVER_LIST.values()]
