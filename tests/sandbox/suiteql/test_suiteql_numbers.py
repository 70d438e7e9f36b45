"""Numbers as NUMBER holds them: 38 digits and more, through every form that the engine keeps them in."""

from __future__ import annotations

from decimal import Context, Decimal

from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox.suiteql.oracle import number

_EXACT = Context(prec=300)
NUMBERS = st.builds(
    lambda digits, exponent: _EXACT.scaleb(Decimal(digits), exponent),
    st.integers(-(10**38) + 1, 10**38 - 1),
    st.integers(-60, 60),
)


@given(NUMBERS)
def test_a_sort_key_tells_its_number(value):
    assert number.of_order_key(number.order_key(value)) == value


@given(NUMBERS, NUMBERS)
def test_sort_keys_sort_as_their_numbers(left, right):
    assert (number.order_key(left).encode() < number.order_key(right).encode()) == (left < right)


@given(NUMBERS)
def test_sign_and_spelling_change_no_digit(value):
    assert number.negated(value) + value == 0
    assert number.absolute(value) in {value, number.negated(value)}
    assert Decimal(number.written(value)) == value
    assert number.rounded(value) == value
