"""A company is its seed and its size, nothing else."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.company import Company, generate
from connector.sandbox.profile import PROFILES
from connector.sandbox.table import Kind

DEFAULT = PROFILES["default"]


def fingerprint(company: Company) -> str:
    """Over the names, the columns and the bytes of every table, in order."""
    digest = hashlib.sha256()
    for name, table in company.dataset.tables.items():
        digest.update(name.encode())
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.rows.schema) as stream:
            stream.write_table(table.rows)
        digest.update(sink.getvalue())
    return digest.hexdigest()


@pytest.mark.parametrize("lines", [200, 201, 202, 347, 1_000, 2_001, 10_000])
def test_has_exactly_the_lines_asked_for(lines: int) -> None:
    made = generate(lines=lines, profile=DEFAULT)

    assert made.dataset.tables["transactionline"].rows.num_rows == lines
    assert made.dataset.tables["transactionaccountingline"].rows.num_rows == lines


@settings(deadline=None, max_examples=25)
@given(lines=st.integers(200, 600), seed=st.integers(0, 2**32))
def test_every_size_and_seed_balances(lines: int, seed: int) -> None:
    made = generate(lines=lines, seed=seed, profile=DEFAULT)

    accounting_lines = made.dataset.tables["transactionaccountingline"].rows.to_pylist()
    balance: dict[int, object] = {}
    for line in accounting_lines:
        balance[line["transaction"]] = balance.get(line["transaction"], 0) + (line["amount"] or 0)
    assert len(accounting_lines) == lines
    assert set(balance.values()) == {0}


@pytest.mark.parametrize("lines", [199, 0, -1])
def test_refuses_a_size_that_cannot_hold_the_opening_entries(lines: int) -> None:
    with pytest.raises(ValueError, match="at least 200"):
        generate(lines=lines, profile=DEFAULT)


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, again = (generate(lines=1_500, seed=7, profile=DEFAULT) for _ in range(2))

    assert fingerprint(first) == fingerprint(again)
    assert first.books() == again.books()


def test_another_seed_gives_other_data() -> None:
    first, other = (generate(lines=1_500, seed=seed, profile=DEFAULT) for seed in (7, 8))

    assert fingerprint(first) != fingerprint(other)
    assert first.books()["gl"] != other.books()["gl"]


def test_neither_hash_order_nor_clock_nor_locale_shows() -> None:
    script = (
        "from connector.sandbox.company import generate\n"
        "from connector.sandbox.profile import PROFILES\n"
        "made = generate(lines=400, seed=3, profile=PROFILES['default'])\n"
        "for name, table in made.dataset.tables.items():\n"
        "    print(name, repr(table.rows.to_pydict()).encode())\n"
        "print(made.dataset.lists, made.books())\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C.UTF-8"},
            check=True,
            capture_output=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland"))
    }

    assert len(printed) == 1


def test_the_books_say_whose_they_are() -> None:
    european = generate(lines=200, profile=PROFILES["european"])

    assert european.books()["account"] == PROFILES["european"].account_id


def test_rows_have_the_announced_columns_and_types(company: Company) -> None:
    types = {
        Kind.ID: pa.int64(),
        Kind.INTEGER: pa.int64(),
        Kind.TEXT: pa.string(),
        Kind.BOOLEAN: pa.string(),
        Kind.MONEY: pa.decimal128(18, 2),
        Kind.RATE: pa.decimal128(28, 10),
        Kind.DATE: pa.date32(),
        Kind.DATETIME: pa.timestamp("us"),
    }
    for table in company.dataset.tables.values():
        assert table.rows.column_names == [column.name for column in table.columns]
        assert table.rows.schema.types == [types[column.kind] for column in table.columns]
        assert len(set(table.rows.column_names)) == len(table.columns)


def test_a_checkbox_is_t_or_f_and_a_text_is_never_empty(company: Company) -> None:
    for table in company.dataset.tables.values():
        for column in table.columns:
            values = set(table.rows[column.name].to_pylist())
            if column.kind is Kind.BOOLEAN:
                assert values <= {"T", "F"}, (table.name, column.name)
            if column.kind is Kind.TEXT:
                assert "" not in values, (table.name, column.name)
