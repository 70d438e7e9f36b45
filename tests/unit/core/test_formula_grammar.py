"""The grammar of =NSQUERY(), by the vector file that Python and JavaScript share, and by properties."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.formula import FormulaCall, bind_query, read_formula
from connector.core.options import Options, format_options, parse_options
from connector.core.parameters import Parameters
from connector.core.placeholders import PlaceholderType, find_placeholders
from connector.core.sql_text import SqlText
from connector.errors import FormulaError

VECTORS = json.loads(Path("tests/vectors/formulas.json").read_text(encoding="utf-8"))["vectors"]
ANSWERED = [v for v in VECTORS if "error" not in v]
REFUSED = [v for v in VECTORS if "error" in v]
ANY_VALUE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


def ask(vector):
    return read_formula(
        FormulaCall(vector.get("function", "NSQUERY"), tuple(vector["arguments"]), vector.get("date_system", 1900))
    )


@pytest.mark.parametrize("vector", ANSWERED, ids=lambda v: v["name"])
def test_a_formula_becomes_a_question(vector):
    question = ask(vector)
    assert question.query.text == vector["text"]
    told = [{"date": p.isoformat()} if isinstance(p, date) else p for p in question.query.params]
    assert told == vector["params"]


@pytest.mark.parametrize("vector", [v for v in ANSWERED if "options" in v], ids=lambda v: v["name"])
def test_its_options_are_read(vector):
    wanted = {"headers": True, "connection": None, "limit": None, "max_age": None, "as_of": False, **vector["options"]}
    options = ask(vector).options
    age = options.max_age.total_seconds() if options.max_age is not None else None
    assert wanted == {
        "headers": options.headers,
        "connection": options.connection,
        "limit": options.limit,
        "max_age": age,
        "as_of": options.as_of,
    }


@pytest.mark.parametrize("vector", REFUSED, ids=lambda v: v["name"])
def test_a_wrong_formula_gets_one_error_with_a_remedy(vector):
    with pytest.raises(FormulaError) as refusal:
        ask(vector)
    assert refusal.value.code == vector["error"]
    assert refusal.value.message
    assert refusal.value.remedy
    assert refusal.value.exit_status == 2


def test_the_file_has_at_least_twenty_examples():
    assert len(ANSWERED) >= 20


@given(
    st.builds(
        Options,
        headers=st.booleans(),
        connection=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
        limit=st.none() | st.integers(1, 9_999_999),
        max_age=st.none() | st.integers(0, 999_999_999).map(lambda s: timedelta(seconds=s)),
        as_of=st.booleans(),
    )
)
def test_options_survive_being_written_and_read(options):
    assert parse_options(format_options(options)) == options


@given(ANY_VALUE, ANY_VALUE)
def test_the_text_that_leaves_is_the_same_for_all_values(first, second):
    text = "SELECT id FROM t WHERE a = ? AND b = ?:text"
    query = bind_query(text, Parameters((first, second)))
    assert query.text == "SELECT id FROM t WHERE a = ? AND b = ?"
    assert len(query.params) == 2


@given(st.text())
def test_a_text_is_bound_as_it_is(value):
    (bound,) = bind_query("SELECT id FROM t WHERE a = ?", Parameters((value,))).params
    assert bound == (value or None)


@given(st.dates(min_value=date(1900, 3, 1)))
def test_a_serial_and_its_date_are_the_same_day(day):
    text = "SELECT id FROM t WHERE a = ?:date"
    in_1900 = bind_query(text, Parameters(((day - date(1899, 12, 30)).days,)))
    as_date = bind_query(text, Parameters(({"date": day.isoformat()},)))
    assert in_1900 == as_date
    if day >= date(1904, 1, 1):
        in_1904 = bind_query(text, Parameters(((day - date(1904, 1, 1)).days,)), date_system=1904)
        assert in_1904 == as_date


@given(st.integers(1001, 3500))
def test_a_long_list_is_cut_into_groups_of_a_thousand(size):
    for word, joint in (("IN", " OR "), ("NOT IN", " AND ")):
        query = bind_query(f"SELECT id FROM t WHERE t.id {word} (?:list)", Parameters(tuple(range(size))))
        groups = query.text.partition(" WHERE (")[2].removesuffix(")").split(joint)
        assert [group.count("?") for group in groups] == [min(1000, size - at) for at in range(0, size, 1000)]
        assert all(group.startswith(f"t.id {word} (") for group in groups)
        assert query.params == tuple(map(str, range(size)))


@pytest.mark.parametrize(
    ("operand", "written"),
    [("t.id", "t.id"), ("UPPER (x.name)", "UPPER (x.name)"), ("(a + b)", "(a + b)"), ("NOT x.type", "x.type")],
)
def test_a_column_a_call_or_a_bracket_is_written_again_for_each_group(operand, written):
    text = bind_query(f"SELECT id FROM t WHERE {operand} IN (?:list)", Parameters(tuple(range(1001)))).text
    assert text.count(f"{written} IN (") == 2


@pytest.mark.parametrize(
    "operand",
    ["a + b", "'x' || b", "CASE WHEN a = 1 THEN 2 END", "NVL(:a, x)", "'x'", "1", "EXISTS (SELECT 1 FROM t) AND 1"],
)
def test_what_cannot_be_written_again_is_refused(operand):
    values = {"a": (1,), "ids": tuple(range(1001))} if ":a" in operand else {"ids": tuple(range(1001))}
    with pytest.raises(FormulaError) as refusal:
        bind_query(f"SELECT id FROM t WHERE {operand} IN (:ids:list)", Parameters(named=values))
    assert refusal.value.code == "BAD_LIST"


def test_a_longer_list_is_the_same_query():
    short, long = (bind_query("SELECT id FROM t WHERE id IN (?:list)", Parameters(tuple(range(n)))) for n in (1, 2000))
    assert short.text != long.text
    assert short.fingerprint == long.fingerprint


placeholders = st.lists(
    st.tuples(st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True), st.none() | st.sampled_from(PlaceholderType)),
    max_size=6,
)


@given(placeholders)
def test_placeholders_survive_being_written_and_read(wanted):
    written = [f":{name}" + (f":{kind}" if kind else "") for name, kind in wanted]
    text = f"SELECT ':no' /* :no */ FROM t WHERE a IN ({', '.join(written)}) -- :no"
    found = find_placeholders(SqlText.read(text))
    assert [(p.name, p.type) for p in found] == wanted
    assert [text[p.start : p.end] for p in found] == written


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_fail_otherwise_than_by_a_refusal(text):
    for query in (text, f"SELECT {text} FROM t"):
        with suppress(FormulaError):
            bind_query(query, Parameters())
