"""What a feature or a permission that is missing looks like, and which profiles there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from suiteql_account import ACCOUNT, dataset_of, table

from connector.sandbox.profile import PROFILES
from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.suiteql.refusal import SuiteQLRefused
from connector.sandbox.table import Kind

LEAD = "Invalid search query. Detailed unprocessed description follows. "
# No subsidiaries: neither the table nor the columns.
ALONE = dataset_of(
    table("transaction", [("id", Kind.ID), ("postingperiod", Kind.ID)], [(1, 101)]),
    table("transactionline", [("transaction", Kind.ID), ("id", Kind.ID), ("amount", Kind.MONEY)], [(1, 1, None)]),
    table("account", [("id", Kind.ID), ("generalrate", Kind.TEXT)], [(1, "Current")]),
)


def refused(engine: Engine, q: str) -> str:
    with pytest.raises(SuiteQLRefused) as told:
        engine.page(q, [], limit=10, offset=0)
    return told.value.detail


@pytest.fixture(scope="module")
def alone() -> Iterator[Callable[[str], str]]:
    engine = Engine(ALONE)
    yield lambda q: refused(engine, q)
    engine.close()


@pytest.mark.parametrize("column", ["subsidiary", "transaction.subsidiary"])
def test_outside_oneworld_a_subsidiary_is_no_identifier(alone, column):
    assert alone(f"SELECT {column} FROM transaction") == (
        f"{LEAD}Search error occurred: Unknown identifier 'subsidiary'. "
        "Available identifiers are: {transaction=transaction}."
    )


def test_it_is_none_either_for_an_alias_or_from_within(alone):
    assert alone("SELECT t.subsidiary FROM transaction t") == (
        f"{LEAD}Search error occurred: Unknown identifier 'subsidiary'. Available identifiers are: {{t=transaction}}."
    )
    assert "Unknown identifier 'subsidiary'" in alone("SELECT (SELECT t.subsidiary FROM DUAL) FROM transaction t")


def test_outside_oneworld_there_is_no_table_of_them_and_nothing_to_consolidate(alone):
    assert alone("SELECT id FROM subsidiary") == f"{LEAD}Invalid search type: subsidiary."
    call = "BUILTIN.CONSOLIDATE(tl.amount, 'LEDGER', 'DEFAULT', 'CURRENT', 1, 101, 'DEFAULT')"
    assert (
        alone(f"SELECT {call} FROM transactionline tl")
        == f"{LEAD}Search error occurred: Invalid or unsupported search."
    )


def test_a_record_without_permission_is_not_found():
    engine = Engine(ACCOUNT, hidden=frozenset({"customer", "employee"}))
    try:
        for query, name in (
            ("SELECT id FROM customer", "customer"),
            ("SELECT t.id FROM transaction t JOIN Customer c ON c.id = t.entity", "customer"),
            ("SELECT id FROM transaction WHERE entity IN (SELECT id FROM customer)", "customer"),
            ("SELECT id FROM employee", "employee"),
        ):
            assert refused(engine, query) == f"{LEAD}Search error occurred: Record '{name}' was not found."
        assert refused(engine, "SELECT id FROM vendor") == f"{LEAD}Invalid search type: vendor."
        assert engine.page("SELECT COUNT(*) AS n FROM transaction", [], limit=1, offset=0).items == [{"n": "4"}]
    finally:
        engine.close()


def test_each_profile_differs_from_the_default_in_one_thing():
    differences = {
        name: {field for field in ("date_format", "oneworld", "calendar", "common_table_expressions", "hidden_records")
               if getattr(profile, field) != getattr(PROFILES["default"], field)}
        for name, profile in PROFILES.items()
    }  # fmt: skip
    assert differences == {
        "default": set(),
        "european": {"date_format"},
        "4-4-5": {"calendar"},
        "no-oneworld": {"oneworld"},
        "limited-role": {"hidden_records"},
        "with-clause": {"common_table_expressions"},
    }
    assert all(profile.name == name for name, profile in PROFILES.items())
    assert "employee" in PROFILES["limited-role"].hidden_records
