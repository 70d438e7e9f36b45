"""A column's type comes from what is known and from all its values; in doubt it is text."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.column_type import type_column
from connector.core.known_fields import Type


def us_date(text):
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        return date(int(match[3]), int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["1", "20", "-3", None], Type.INTEGER),
        (["0"], Type.INTEGER),
        (["00123", "1"], Type.TEXT),
        (["1E5", "2"], Type.TEXT),
        (["10-20"], Type.TEXT),
        (["+1"], Type.TEXT),
        (["1,000"], Type.TEXT),
        (["1 "], Type.TEXT),
        (["123456789012345"], Type.INTEGER),
        (["1234567890123456"], Type.TEXT),
        (["123456789012345678", "1"], Type.TEXT),
        (["100000000000000000"], Type.TEXT),
        (["1.5", "2"], Type.DECIMAL),
        ([".5", "1"], Type.TEXT),
        (["1.10", "1"], Type.TEXT),
        (["-0"], Type.TEXT),
        (["1.5E3"], Type.TEXT),
        (["1.0E5"], Type.TEXT),
        (["1.50E7"], Type.TEXT),
        (["0.0E0"], Type.TEXT),
        (["1.0", "0.5"], Type.DECIMAL),
        (["1.0E7", "123456789012345678"], Type.TEXT),
        (["2.402086483E7", "12.5"], Type.DECIMAL),
        (["1.0E-4"], Type.DECIMAL),
        (["0.3333333333333333333333333333"], Type.DECIMAL),
        (["NaN"], Type.TEXT),
        (["Infinity"], Type.TEXT),
        (["٣"], Type.TEXT),
        (["1/31/2026", None, "12/1/2025"], Type.DATE),
        (["1/31/2026", "31/1/2026"], Type.TEXT),
        (["T", "F"], Type.TEXT),
        ([None, None], Type.TEXT),
        ([], Type.TEXT),
    ],
)
def test_a_type_is_read_from_all_values(texts, wanted):
    assert type_column(texts, None, us_date).type is wanted


@pytest.mark.parametrize(
    ("texts", "known", "wanted"),
    [
        (["1000"], Type.TEXT, Type.TEXT),
        (["123456789012345678"], Type.DECIMAL, Type.DECIMAL),
        (["x"], Type.DECIMAL, Type.TEXT),
        (["00123"], Type.DECIMAL, Type.TEXT),
        (["0.10", ".5", "-0.00"], Type.DECIMAL, Type.DECIMAL),
        (["T", None], Type.BOOLEAN, Type.BOOLEAN),
        (["Y"], Type.BOOLEAN, Type.TEXT),
        (["1.5"], Type.INTEGER, Type.DECIMAL),
        (["3/2/2026 4:05 pm"], Type.DATE, Type.TEXT),
        ([None], Type.DATE, Type.DATE),
    ],
)
def test_what_is_known_yields_to_the_values(texts, known, wanted):
    assert type_column(texts, known, us_date).type is wanted


def test_a_type_that_changes_after_the_first_page_is_seen():
    assert type_column(["1"] * 1000 + ["00123"], None, us_date).type is Type.TEXT


def test_money_is_exact():
    assert type_column(["0.1", "0.2", "2.402086483E7"], None, us_date).values == [
        Decimal("0.1"),
        Decimal("0.2"),
        Decimal("24020864.83"),
    ]


@pytest.mark.parametrize(
    ("text", "approximate"),
    [
        ("2.402086483E7", False),
        ("1.2345678901234567E14", True),
        ("1.23456789012345E14", False),
        ("2.0E14", True),
        ("1.0E16", True),
        ("12345678901234567.8", False),
    ],
)
def test_a_double_past_fifteen_digits_is_marked(text, approximate):
    assert type_column([text], Type.DECIMAL, us_date).approximate is approximate


@given(
    st.lists(
        st.none() | st.text() | st.integers().map(str) | st.decimals(allow_nan=False, allow_infinity=False).map(str)
    )
)
def test_no_value_is_lost_or_changed(texts):
    typed = type_column(texts, None, us_date)
    assert len(typed.values) == len(texts)
    for text, value in zip(texts, typed.values, strict=True):
        assert (text is None) == (value is None)
        if text is not None and typed.type is Type.TEXT:
            assert value == text
        if text is not None and typed.type in (Type.INTEGER, Type.DECIMAL):
            assert Decimal(value) == Decimal(text)
