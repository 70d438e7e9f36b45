"""BUILTIN.RELATIVE_RANGES and BUILTIN.PERIOD: ranges of days and of accounting periods, counted from today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta

import pytest
from suiteql_account import ACCOUNT, dataset_of, table

from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.suiteql.refusal import SuiteQLRefused
from connector.sandbox.table import Kind

UNSUPPORTED = "Search error occurred: Invalid or unsupported search."
TODAY = datetime(2026, 2, 3, 4, 5)  # noqa: DTZ001 - the account's wall clock; a Tuesday
WEEKS = (4, 4, 5)
BEYOND = datetime(2031, 6, 15)  # noqa: DTZ001


def months(year: int) -> list[date]:
    """The first days of a fiscal year of months that begins in May, and that of the next one."""
    return [date(year + (4 + place) // 12, (4 + place) % 12 + 1, 1) for place in range(13)]


def weeks(year: int) -> list[date]:
    """The same of a year of 52 weeks, four, four and five to a period."""
    days = [date(2023, 4, 30) + timedelta(weeks=52 * (year - 2023))]
    for place in range(12):
        days.append(days[-1] + timedelta(weeks=WEEKS[place % 3]))
    return days


def calendar(starts: Callable[[int], list[date]], *, adjustment: bool = False):
    """Years over quarters over twelve periods. A period's id is 100 x year + its number; 13 is for adjustments."""
    rows = []
    for year in range(2023, 2027):
        firsts = starts(year)
        rows.append((year, firsts[0], firsts[-1] - timedelta(1), "T", "F", "F"))
        for width, first_id in ((3, year * 10 + 1), (1, year * 100 + 1)):
            rows += [
                (number, firsts[place], firsts[place + width] - timedelta(1), "F", "T" if width > 1 else "F", "F")
                for number, place in enumerate(range(0, 12, width), first_id)
            ]
        if adjustment:
            rows.append((year * 100 + 13, firsts[-1] - timedelta(1), firsts[-1] - timedelta(1), "F", "F", "T"))
    kinds = [("id", Kind.ID), ("startdate", Kind.DATE), ("enddate", Kind.DATE), ("isyear", Kind.BOOLEAN),
             ("isquarter", Kind.BOOLEAN), ("isadjust", Kind.BOOLEAN)]  # fmt: skip
    return table("accountingperiod", kinds, rows)


POSTINGS = table(
    "transaction", [("postingperiod", Kind.ID)], [(y * 100 + p,) for y in range(2023, 2027) for p in range(1, 14)]
)
CALENDARS = {"months": months, "weeks": weeks}


def opened(*tables) -> Engine:
    return Engine(dataset_of(*tables), clock=lambda: TODAY, date_format="YYYY-MM-DD")


@pytest.fixture(scope="module", params=["months", "weeks"])
def fiscal(request) -> Iterator[tuple[Engine, Callable[[int], list[date]]]]:
    starts = CALENDARS[request.param]
    engine = opened(calendar(starts), POSTINGS)
    yield engine, starts
    engine.close()


@pytest.fixture(scope="module")
def by_months() -> Iterator[Engine]:
    engine = opened(calendar(months), POSTINGS)
    yield engine
    engine.close()


def span(engine: Engine, code: str) -> tuple[str, str]:
    query = f"SELECT BUILTIN.RELATIVE_RANGES('{code}', 'START') AS a, BUILTIN.RELATIVE_RANGES('{code}', 'END') AS b FROM DUAL"
    (row,) = engine.page(query, [], limit=9, offset=0).items
    return row["a"], row["b"]


def refused(engine: Engine, query: str) -> str:
    with pytest.raises(SuiteQLRefused) as told:
        engine.page(query, [], limit=9, offset=0)
    return told.value.detail


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("TODAY", "2026-02-03", "2026-02-03"),
        ("DAGO30", "2026-01-04", "2026-01-04"),
        ("DFN5", "2026-02-08", "2026-02-08"),
        ("TODAYTTM", "2026-02-03", "2026-02-28"),
        ("TW", "2026-02-01", "2026-02-07"),
        ("LWTD", "2026-01-25", "2026-01-27"),
        ("WBL", "2026-01-18", "2026-01-24"),
        ("TM", "2026-02-01", "2026-02-28"),
        ("TMTD", "2026-02-01", "2026-02-03"),
        ("LM", "2026-01-01", "2026-01-31"),
        ("LMTD", "2026-01-01", "2026-01-03"),
        ("MBL", "2025-12-01", "2025-12-31"),
        ("MB", "2025-11-01", "2025-11-30"),
        ("MAN", "2026-04-01", "2026-04-30"),
        ("TY", "2026-01-01", "2026-12-31"),
        ("LYTD", "2025-01-01", "2025-02-03"),
        ("SDLW", "2026-01-27", "2026-01-27"),
        ("SDLM", "2026-01-03", "2026-01-03"),
        ("SDMBL", "2025-12-03", "2025-12-03"),
    ],
)
def test_ranges_of_the_calendar(by_months, code, first, last):
    assert span(by_months, code) == (first, last)


@pytest.mark.parametrize(
    ("code", "unit", "step"),
    [
        ("TFY", 12, 0), ("LFY", 12, -1), ("FYBL", 12, -2), ("NFY", 12, 1),
        ("TFQ", 3, 0), ("LFQ", 3, -1), ("FQBL", 3, -2), ("FQB", 3, -3), ("NFQ", 3, 1),
    ],
)  # fmt: skip
def test_fiscal_ranges_are_those_of_the_accounts_periods(fiscal, code, unit, step):
    engine, starts = fiscal
    firsts = sorted({day for year in range(2023, 2027) for day in starts(year)[::unit]})
    place = max(i for i, day in enumerate(firsts) if day <= TODAY.date()) + step
    assert span(engine, code) == (str(firsts[place]), str(firsts[place + 1] - timedelta(1)))


def test_to_date_ends_on_the_day_that_corresponds_to_today(by_months):
    assert span(by_months, "TFYTD") == ("2025-05-01", "2026-02-03")
    assert span(by_months, "LFYTD") == ("2024-05-01", "2025-02-03")
    assert span(by_months, "TFQTD") == ("2026-02-01", "2026-02-03")
    assert span(by_months, "LFQTD") == ("2025-11-01", "2025-11-03")


def test_where_no_day_corresponds_to_today_only_the_first_one_is_told():
    engine = opened(calendar(weeks))
    try:
        first = "SELECT BUILTIN.RELATIVE_RANGES('LFYTD', 'START') AS a FROM DUAL"
        assert engine.page(first, [], limit=1, offset=0).items == [{"a": str(weeks(2024)[0])}]
        assert refused(engine, first.replace("START", "END")).endswith(UNSUPPORTED)
    finally:
        engine.close()


def test_an_account_without_periods_has_the_calendars_year():
    engine = Engine(ACCOUNT, clock=lambda: TODAY, date_format="YYYY-MM-DD")
    try:
        assert span(engine, "LFY") == ("2025-01-01", "2025-12-31")
        assert span(engine, "TFQ") == ("2026-01-01", "2026-03-31")
    finally:
        engine.close()


def test_a_day_may_be_asked_for_as_a_day(by_months):
    query = "SELECT BUILTIN.RELATIVE_RANGES('LFY', 'END', '{}') AS a FROM DUAL"
    for flag in ("DATE", "DATETIME_AS_DATE"):
        assert by_months.page(query.format(flag), [], limit=1, offset=0).items == [{"a": "2025-04-30"}]
    assert refused(by_months, query.format("TIMESTAMP_WITH_TIMEZONE")).endswith(UNSUPPORTED)


def test_ranges_in_conditions(by_months):
    query = (
        "SELECT COUNT(*) AS n FROM accountingperiod WHERE isyear = 'F' AND isquarter = 'F' AND startdate "
        "BETWEEN BUILTIN.RELATIVE_RANGES('LFY', 'START') AND BUILTIN.RELATIVE_RANGES('LFY', 'END')"
    )
    assert by_months.page(query, [], limit=1, offset=0).items == [{"n": "12"}]


@pytest.mark.parametrize(
    "code", ["LFH", "LRY", "OM", "NOW", "N4W", "PMTFY", "SMLFY", "OYBL", "TQTD", "FYAN", "WB", "TD", "X", ""]
)
def test_ranges_that_are_refused(by_months, code):
    assert refused(by_months, f"SELECT BUILTIN.RELATIVE_RANGES('{code}', 'START') FROM DUAL").endswith(UNSUPPORTED)


def test_a_fiscal_year_that_the_account_does_not_have_is_refused(by_months):
    late = Engine(dataset_of(calendar(months)), clock=lambda: datetime(2031, 1, 1))  # noqa: DTZ001 - the wall clock
    try:
        assert refused(late, "SELECT BUILTIN.RELATIVE_RANGES('TFY', 'START') FROM DUAL").endswith(UNSUPPORTED)
    finally:
        late.close()


def chosen(engine: Engine, call: str) -> list[int]:
    rows = engine.page(f"SELECT postingperiod AS p FROM transaction WHERE postingperiod IN ({call}) ORDER BY 1", [],
                       limit=100, offset=0).items  # fmt: skip
    return [int(row["p"]) for row in rows]


EVERY = [year * 100 + number for year in range(2023, 2027) for number in range(1, 13)]
THIS = EVERY.index(202510)  # of months February 2026, of weeks February 1 to 28


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("TP", 0, 0), ("LP", -1, -1), ("PBL", -2, -2), ("TPOLQ", -3, -3), ("LPOLQ", -4, -4), ("TPOLFY", -12, -12),
        ("LPOLFY", -13, -13), ("TQ", 0, 2), ("LQ", -3, -1), ("QBL", -6, -4), ("TQOLFY", -12, -10), ("LQOLFY", -15, -13),
        ("TFY", -9, 2), ("LFY", -21, -10), ("FYBL", -33, -22), ("Q1TFY", -9, -7), ("Q4TFY", 0, 2), ("Q2LFY", -18, -16),
        ("TFQTP", 0, 0), ("LFQTP", -3, -3), ("TFQOLFYTP", -12, -12), ("TFYTP", -9, 0), ("LFYTP", -21, -12),
    ],
)  # fmt: skip
def test_the_periods_that_a_code_names(fiscal, code, first, last):
    engine, _ = fiscal
    assert (
        chosen(engine, f"BUILTIN.PERIOD('{code}', 'START', 'ALL', 'BETWEEN')") == EVERY[THIS + first : THIS + last + 1]
    )


@pytest.mark.parametrize(
    ("end", "operator", "first", "last"),
    [
        ("START", "<", 0, -21), ("START", "<=", 0, -20), ("START", ">", -20, None), ("START", ">=", -21, None),
        ("END", "<", 0, -10), ("END", "<=", 0, -9), ("END", ">", -9, None), ("END", ">=", -10, None),
    ],
)  # fmt: skip
def test_before_and_behind_the_last_fiscal_year(fiscal, end, operator, first, last):
    engine, _ = fiscal
    begin = THIS + first if operator.startswith(">") else 0
    stop = None if last is None else THIS + last
    assert chosen(engine, f"BUILTIN.PERIOD('LFY', '{end}', 'NOT_LAST', '{operator}')") == EVERY[begin:stop]


def test_without_parentheses_negated_and_over_another_column(by_months):
    count = "SELECT COUNT(*) AS n FROM transaction WHERE {}"
    call = "BUILTIN.PERIOD('LFY', 'START', 'ALL', 'BETWEEN')"
    for condition, n in (
        (f"postingperiod IN {call}", 12),
        (f"postingperiod NOT IN ({call})", 40),
        (f"postingperiod IN ({call.replace('BETWEEN', 'NOT BETWEEN')})", 36),
        (f"postingperiod + 0 IN ({call}) AND postingperiod IN (202401, 202402)", 2),
    ):
        assert by_months.page(count.format(condition), [], limit=1, offset=0).items == [{"n": str(n)}]


def test_adjustment_periods_belong_to_all_and_are_refused_where_the_last_would_matter():
    engine = opened(calendar(months, adjustment=True), POSTINGS)
    try:
        assert chosen(engine, "BUILTIN.PERIOD('LFY', 'START', 'ALL', 'BETWEEN')") == [*range(202401, 202414)]
        assert chosen(engine, "BUILTIN.PERIOD('LP', 'START', 'NOT_LAST', 'BETWEEN')") == [202509]
        last = (
            "SELECT 1 FROM transaction WHERE postingperiod IN (BUILTIN.PERIOD('LFY', 'START', 'NOT_LAST', 'BETWEEN'))"
        )
        assert refused(engine, last).endswith(UNSUPPORTED)
    finally:
        engine.close()


@pytest.mark.parametrize(
    "arguments",
    [
        "'LR18FP', 'START', 'ALL', 'BETWEEN'",
        "'LR6FQ', 'START', 'ALL', 'BETWEEN'",
        "'LFH', 'START', 'ALL', 'BETWEEN'",
        "'LFY', 'END', 'ALL', 'BETWEEN'",
        "'LFY', 'START', 'ALL', '='",
        "'LFY', 'START', 'SOME', 'BETWEEN'",
        "'LFY', 'MIDDLE', 'ALL', '<'",
        "'LFY', 'START', 'ALL'",
        "postingperiod, 'START', 'ALL', 'BETWEEN'",
    ],
)
def test_periods_that_are_refused(by_months, arguments):
    query = f"SELECT 1 FROM transaction WHERE postingperiod IN (BUILTIN.PERIOD({arguments}))"
    assert refused(by_months, query).endswith(UNSUPPORTED)


@pytest.mark.parametrize(
    "query",
    [f"SELECT BUILTIN.RELATIVE_RANGES('{code}', 'START') AS d FROM DUAL" for code in ("LFY", "NFY", "TFY")]
    + [
        f"SELECT id FROM accountingperiod WHERE id IN (BUILTIN.PERIOD('{code}', 'START', 'ALL', 'BETWEEN'))"
        for code in ("LP", "LQ", "TP")
    ],
)
def test_what_is_counted_from_a_day_that_no_period_holds_is_refused(query):
    with (
        closing(Engine(dataset_of(calendar(months)), clock=lambda: BEYOND)) as engine,
        pytest.raises(SuiteQLRefused) as told,
    ):
        engine.page(query, [], limit=5, offset=0)
    assert UNSUPPORTED in told.value.detail
