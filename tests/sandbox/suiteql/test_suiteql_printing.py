"""What an item looks like: its keys, and which numbers are printed as Java prints a double."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        # A stored number, whatever its size.
        ("total", "24020864.83"),
        ("id * 10000000", "20000000"),
        # Whole numbers alone went in, and the value is whole.
        ("20000000", "20000000"),
        ("10000000 * 1.0", "10000000"),
        ("40000000 / 2", "20000000"),
        ("SQRT(400000000000000)", "20000000"),
        ("POWER(10, 8)", "100000000"),
        ("MOD(120000000, 100000000)", "20000000"),
        ("CEIL(40000001 / 2)", "20000001"),
        ("GREATEST(id, 40000000 / 2)", "20000000"),
        ("CAST(20000000 AS NUMBER(10))", "20000000"),
        # The value is not whole.
        ("40000001 / 2", "2.00000005E7"),
        ("1 / 3000", "3.333333333333333E-4"),
        # Something else than whole numbers went in.
        ("ROUND(19999999.7)", "2.0E7"),
        ("total * 1", "2.402086483E7"),
        ("total - 0.83", "2.4020864E7"),
        ("TO_NUMBER('20000000')", "2.0E7"),
        ("TO_NUMBER(TO_CHAR(20000000))", "2.0E7"),
        ("'10000000' * 2", "2.0E7"),
        ("TO_NUMBER('10000000') + id * 5000000", "2.0E7"),
        ("-total", "-2.402086483E7"),
        # Small ones are plain in any case.
        ("9999999.99", "9999999.99"),
        ("9999999.99999999999999999999999999999", "9999999.99999999999999999999999999999"),
        ("0.001", "0.001"),
    ],
)
def test_a_number_is_printed_by_what_went_into_it(rows, expression, printed):
    assert rows(f"SELECT {expression} AS v FROM transaction WHERE id = 2") == [{"v": printed}]


def test_sums_are_printed_by_what_went_into_them(rows):
    sums = "SUM(total) t, SUM(id * 10000000) i, AVG(id * 10000000) a, SUM(id * 10000000 / 3) q"
    query = f"SELECT {sums} FROM transaction WHERE id = 2"
    assert rows(query) == [
        {"t": "2.402086483E7", "i": "20000000", "a": "20000000", "q": "6666666.66666666666666666666666666666667"}
    ]


def test_expressions_without_a_name_are_numbered_around_the_names_that_are_taken(rows):
    assert rows("SELECT 1 + 1 expr2, 2 + 2, 3 + 3 FROM DUAL") == [{"expr2": "2", "expr1": "4", "expr3": "6"}]
    assert rows("SELECT 2 + 2, 3 + 3 FROM DUAL") == [{"expr1": "4", "expr2": "6"}]


def test_a_column_in_parentheses_keeps_its_name(rows):
    assert rows("SELECT (id), ((t.type)) FROM transaction t WHERE id = 1") == [{"id": "1", "type": "CustInvc"}]
