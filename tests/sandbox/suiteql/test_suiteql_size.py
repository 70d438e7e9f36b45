"""A short query stays short for DuckDB: nothing nested is written twice, and what still grows is refused in time."""

from __future__ import annotations

import time

import pytest

UNSUPPORTED = "Search error occurred: Invalid or unsupported search."


def nested(call: str, innermost: str, depth: int = 16) -> str:
    """`call` around itself: its `{}` is the call inside."""
    expression = innermost
    for _ in range(depth):
        expression = call.format(expression)
    return expression


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("GREATEST(" + ", ".join(map(str, range(200))) + ")", "199"),
        ("LEAST(" + ", ".join(f"{i}/7" for i in range(14, 200)) + ")", "2"),
        ("GREATEST(" + ", ".join(f"'t{i}'" for i in range(50)) + ")", "t9"),
        (nested("GREATEST({}, 1)", "id"), "1"),
        (nested("LEAST({}, 9/2)", "id/2"), "0.5"),
        (nested("NULLIF({}, 5)", "id"), "1"),
        (nested("CONCAT({}, '-')", "id"), "1----------------"),
        (nested("REGEXP_REPLACE({}, 'x', 'y')", "tranid"), "INV1"),
        (nested("REGEXP_INSTR({}, '[0-9]')", "tranid"), "1"),
        (nested("REGEXP_SUBSTR({}, '.+')", "tranid"), "INV1"),
        (nested("CASE WHEN {} BETWEEN 0 AND 1 THEN 1 ELSE 0 END", "id"), "1"),
        (nested("CASE WHEN {} IN (1, 2, 3, 4) THEN 1 ELSE 0 END", "id"), "1"),
        (nested("NVL2({}, 1, 2)", "id"), "1"),
        (nested("DECODE(id, 9, 0, {})", "id"), "1"),
        (nested("CASE id WHEN 9 THEN 0 ELSE {} END", "id"), "1"),
    ],
)
def test_nested_calls_are_planned_in_no_time(rows, expression, value):
    begun = time.monotonic()
    assert rows(f"SELECT {expression} AS v FROM transaction WHERE id = 1") == [{"v": value}]
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("name", ["MEDIAN", "MIN", "STDDEV", "SUM"])
def test_nested_aggregates_are_planned_in_no_time(rows, name):
    aggregate = nested(f"(SELECT {name}(x/3) FROM (SELECT {{}} x FROM DUAL))", "9", 12)
    begun = time.monotonic()
    assert len(rows(f"SELECT {aggregate} AS v FROM DUAL")) == 1
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "expression",
    [
        nested("DECODE({}, 1, 2, 3, 4, 5, 6)", "id", 20),
        nested("CASE {} WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END", "id", 20),
        ", ".join([nested("CASE {} WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END", "id", 10)] * 300),
    ],
    ids=["decode", "case", "many columns"],
)
def test_a_subject_that_is_compared_again_and_again_is_refused_once_it_is_too_long(refusal, expression):
    begun = time.monotonic()
    assert refusal(f"SELECT {expression} FROM transaction").endswith(UNSUPPORTED)
    assert time.monotonic() - begun < 5


def test_thousands_of_different_texts_take_a_moment(rows):
    listed = " OR ".join(
        f"tranid IN ({', '.join(repr(str(number)) for number in range(start, start + 1000))})"
        for start in range(0, 10_000, 1000)
    )
    begun = time.monotonic()
    assert rows(f"SELECT id FROM transaction WHERE {listed}") == []
    assert time.monotonic() - begun < 10


def test_a_text_that_nested_calls_multiply_is_refused(refusal):
    doubled = nested("REPLACE({}, 'a', 'aa')", "'a'", 36)
    assert refusal(f"SELECT LENGTH({doubled}) FROM DUAL").endswith(UNSUPPORTED)
