"""A company is its seed and its size, nothing else."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from decimal import Decimal

import pyarrow as pa
import pytest
from audit import Audit
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.company import Company, generate
from connector.sandbox.company.company import FEWEST_LINES
from connector.sandbox.profile import PROFILES
from connector.sandbox.table import Kind

DEFAULT = PROFILES["default"]


def fingerprint(company: Company) -> str:
    """Over the names, the columns and the bytes of every table, in order."""
    digest = hashlib.sha256()
    for name, table in company.dataset().tables.items():
        rows = table.rows
        digest.update(name.encode())
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as stream:
            stream.write_table(rows)
        digest.update(sink.getvalue())
    return digest.hexdigest()


@pytest.mark.parametrize("lines", [FEWEST_LINES, FEWEST_LINES + 1, FEWEST_LINES + 2, 1_000, 1_347, 2_001, 10_000])
@pytest.mark.parametrize("profile", ["default", "4-4-5", "no-oneworld"])
def test_has_exactly_the_lines_asked_for(lines: int, profile: str) -> None:
    made = generate(lines=lines, profile=PROFILES[profile])

    assert made.register.lines.num_rows == lines
    assert made.dataset().tables["transactionline"].rows.num_rows == lines


def test_a_line_stands_in_each_book_of_its_transaction(audit: Audit) -> None:
    count = Counter(row["transaction"] for row in audit.rows("transactionline"))
    for row in audit.rows("transaction"):
        books = [row["accountingbook"]] if row["isbookspecific"] == "T" else [1, 2]
        of_books = {book: len(audit.postings_of.get((row["id"], book), [])) for book in (1, 2)}
        assert of_books == {book: count[row["id"]] if book in books else 0 for book in (1, 2)}


@settings(max_examples=20)
@given(lines=st.integers(FEWEST_LINES, 2_500), seed=st.integers(0, 2**32), profile=st.sampled_from(sorted(PROFILES)))
def test_every_size_seed_and_profile_balances(lines: int, seed: int, profile: str) -> None:
    made = generate(lines=lines, seed=seed, profile=PROFILES[profile])

    headers, entered = made.register.headers.to_pylist(), made.register.lines.to_pylist()
    assert len(entered) == lines
    balance: Counter[int] = Counter()
    foreign: Counter[int] = Counter()
    for line in entered:
        balance[line["transaction"]] += line["amount"]
        foreign[line["transaction"]] += line["foreign"]
    assert set(balance) == {head["id"] for head in headers}
    assert not any(balance.values())
    assert not any(foreign.values())
    books = made.books()
    assert books["gl"]["total_debit"] == books["gl"]["total_credit"]


@settings(max_examples=5)
@given(seed=st.integers(0, 2**32), profile=st.sampled_from(["default", "no-oneworld"]))
def test_whatever_the_seed_aging_ties_to_the_ledger(seed: int, profile: str) -> None:
    made = Audit(generate(lines=1_500, seed=seed, profile=PROFILES[profile]))
    for accttype, figure, sign in (("AcctRec", "ar_open", 1), ("AcctPay", "ap_open", -1)):
        held = sum(entry.amount for entry in made.of_accttype(accttype) if entry.type != "FxReval")
        assert sign * held == sum(Decimal(row["total"]) for row in made.books[figure])


@pytest.mark.parametrize("lines", [FEWEST_LINES - 1, 0, -1])
def test_refuses_a_size_that_cannot_hold_the_opening_entries(lines: int) -> None:
    with pytest.raises(ValueError, match=f"at least {FEWEST_LINES}"):
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
        "made = generate(lines=1_200, seed=3, profile=PROFILES['default'])\n"
        "for name, table in made.dataset().tables.items():\n"
        "    print(name, repr(table.rows.to_pydict()).encode())\n"
        "print(made.dataset().lists, made.books())\n"
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
    european = generate(lines=1_000, profile=PROFILES["european"])

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
    for table in company.dataset().tables.values():
        rows = table.rows
        assert rows.column_names == [column.name for column in table.columns]
        assert rows.schema.types == [types[column.kind] for column in table.columns]
        assert len(set(rows.column_names)) == len(table.columns)


def test_a_checkbox_is_t_or_f_and_a_text_is_never_empty(usual: Audit) -> None:
    for table in usual.tables.values():
        for column in table.columns:
            values = {row[column.name] for row in usual.rows(table.name)}
            if column.kind is Kind.BOOLEAN:
                assert values <= {"T", "F"}, (table.name, column.name)
            if column.kind is Kind.TEXT:
                assert "" not in values, (table.name, column.name)


def test_tables_read_once_more_say_the_same(company: Company) -> None:
    tables = company.dataset().tables
    assert tables["transaction"].rows.equals(tables["transaction"].rows)
    assert tables["account"].rows.num_rows == len(company.organisation.accounts)
