"""Data that hurts: what spreadsheets, CSV readers and type guessers get wrong, in every table that holds free text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connector.sandbox.company import generate
from connector.sandbox.profile import PROFILES

HYPERLINK = '=HYPERLINK("https://evil.example","x")'
CORE = {"00123", "1E5", "10-20", "123456789012345678", HYPERLINK, "+1", "-2", "@SUM(A1)", "NULL", "O'Brien's"}
MARKS = ('"', "'", "\n", "\t", "🚀", "\r\n", "\u200b")


def texts(rows, table: str) -> set[str]:
    return {value for row in rows(table) for value in row.values() if isinstance(value, str)}


@pytest.mark.parametrize("table", ["transaction", "transactionline", "account", "item", "customer", "vendor", "entity"])
def test_a_large_table_holds_every_kind(rows, table) -> None:
    found = texts(rows, table)

    assert found >= CORE
    assert all(any(mark in value for value in found) for mark in MARKS)
    assert any(value != value.strip() for value in found)


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ("employee", HYPERLINK),
        ("department", HYPERLINK),
        ("department", "00123"),
        ("department", "NULL"),
        ("classification", "1E5"),
        ("classification", "@SUM(A1)"),
        ("location", "+1"),
        ("location", "first line\nsecond line"),
        ("subsidiary", HYPERLINK),
        ("subsidiary", "00123"),
        ("currency", "004"),
        ("accountingbook", "00123"),
    ],
)
def test_a_small_table_holds_some(rows, table, value) -> None:
    assert value in texts(rows, table)


@pytest.mark.parametrize("table", ["transaction", "account", "customer", "vendor", "item", "entity", "employee"])
def test_the_first_rows_already_hurt(rows, table) -> None:
    first = {value for row in rows(table)[:25] for value in row.values() if isinstance(value, str)}

    assert len(first & CORE) >= 4


def test_account_numbers_stay_what_they_are(rows) -> None:
    numbers = [row["acctnumber"] for row in rows("account")]

    assert set(numbers) >= {"00123", "1E5", "10-20", "1000", "123456789012345678", None}
    assert len(set(numbers)) == len(numbers)


def test_external_ids_have_eighteen_digits(rows) -> None:
    for table in ("transaction", "customer", "vendor", "account", "item"):
        given = [row["externalid"] for row in rows(table) if row["externalid"]]
        assert given
        assert {len(value) for value in given} == {18}
        assert any(int(float(value)) != int(value) for value in given)


def test_a_column_is_empty_on_the_first_page_and_filled_on_the_next(rows) -> None:
    references = [row["otherrefnum"] for row in sorted(rows("transaction"), key=lambda row: row["id"])]
    notes = [row["requestnote"] for row in sorted(rows("transactionline"), key=lambda row: row["uniquekey"])]

    for values in (references, notes):
        assert set(values[:1000]) == {None}
        assert any(values[1000:])
    digits = [value for value in references[1000:2000] if value]
    assert all(value.isdigit() for value in digits)
    assert any(not value.isdigit() for value in references[2000:] if value)


def test_a_small_company_has_such_a_column_too() -> None:
    made = generate(lines=2_000, profile=PROFILES["default"])
    notes = made.dataset().tables["transactionline"].rows["requestnote"].to_pylist()

    assert set(notes[:1000]) == {None}
    assert any(notes[1000:])


def test_account_numbers_of_vendors_look_like_numbers_only_at_first(rows) -> None:
    numbers = [row["accountnumber"] for row in rows("vendor")]

    assert all(value.isdigit() for value in numbers[:40])
    assert any(not value.isdigit() for value in numbers[40:] if value)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("transactionline", "billingschedule"),
        ("transactionline", "documentnumber"),
        ("customer", "url"),
        ("account", "class"),
    ],
)
def test_some_columns_are_never_filled(rows, table, column) -> None:
    assert {row[column] for row in rows(table)} == {None}


def test_dates_lie_on_leap_days_and_on_both_sides_of_new_year(rows) -> None:
    dates = {row["trandate"] for row in rows("transaction")}

    assert dates >= {
        date(2024, 1, 1), date(2024, 2, 29), date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1),
        date(2026, 12, 31),
    }  # fmt: skip


def test_amounts_try_floats(rows) -> None:
    amounts = [row["amount"] for row in rows("transactionaccountingline") if row["amount"] is not None]

    assert {Decimal("0.10"), Decimal("0.20"), Decimal("-0.30")} <= set(amounts)
    assert {Decimal("9999999.99"), Decimal("10000000.00")} <= set(amounts)
    assert sum(amount for amount in amounts if amount > 0) > 10_000_000
    assert len({amount % 1 for amount in amounts}) > 100


def test_some_rates_are_below_a_thousandth(rows) -> None:
    assert any(0 < row["exchangerate"] < Decimal("0.001") for row in rows("transaction"))


def test_ids_have_gaps(rows) -> None:
    for table in ("transaction", "customer", "vendor", "item", "account"):
        ids = sorted(row["id"] for row in rows(table))
        assert ids[-1] - ids[0] >= len(ids)
