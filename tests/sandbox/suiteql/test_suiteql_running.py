"""A run that goes wrong late, or wants more than it may have, is refused like any other and leaves nothing behind."""

from __future__ import annotations

import pytest
from suiteql_account import ACCOUNT, dataset_of, table

from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.suiteql.refusal import SuiteQLRefused, SuiteQLTimeout
from connector.sandbox.table import Kind

ROWS = 30_000
# The last of its texts is no number, long after the first rows are out.
MANY = dataset_of(
    table(
        "many", [("id", Kind.ID), ("spelled", Kind.TEXT)], [(i, str(i) if i < ROWS else "x") for i in range(ROWS + 1)]
    )
)
UNSUPPORTED = "Search error occurred: Invalid or unsupported search."


def refused(query: str, *, offset: int = 0, **bounds: object) -> SuiteQLRefused:
    engine = Engine(MANY, **bounds)
    try:
        with pytest.raises(SuiteQLRefused) as caught:
            engine.page(query, [], limit=1000, offset=offset)
        return caught.value
    finally:
        engine.close()


def test_a_row_that_fails_late_refuses_the_later_pages():
    assert refused("SELECT TO_NUMBER(spelled) FROM many", offset=1000).detail.endswith(UNSUPPORTED)


def test_a_row_that_fails_late_refuses_whatever_needs_all_rows():
    assert refused("SELECT SUM(TO_NUMBER(spelled)) FROM many").detail.endswith(UNSUPPORTED)


def test_a_query_that_has_rows_already_is_stopped_in_time():
    endless = "SELECT COUNT(*) FROM many a, many b, many c WHERE a.id + b.id > c.id"
    assert isinstance(refused(f"SELECT id FROM many UNION ALL {endless}", timeout=0.5), SuiteQLTimeout)


def test_rows_that_grow_beyond_the_memory_are_refused():
    wide = "SELECT RPAD(spelled, CASE WHEN id > 20000 THEN 32000 ELSE 9 END, 'x') FROM many"
    assert refused(wide, offset=20_000, memory_limit="60MB", most_bytes=10**10).detail.endswith(UNSUPPORTED)


def test_nothing_is_ever_written_to_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pairs = "SELECT a.spelled || b.spelled p FROM many a, many b WHERE b.id < 100"
    sorting = f"SELECT COUNT(n) FROM (SELECT ROW_NUMBER() OVER (ORDER BY p) n FROM ({pairs}))"
    assert refused(sorting, memory_limit="60MB").detail.endswith(UNSUPPORTED)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "setting", ["temp_directory = '/tmp'", "memory_limit = '1TB'", "enable_external_access = true"]
)
def test_its_bounds_are_locked(engine, setting):
    with pytest.raises(Exception, match=r"(?i)cannot change|disabled|locked"):
        engine._warehouse._connection.execute(f"SET {setting}")


def test_it_has_no_disk_at_all(engine):
    settings = ("temp_directory", "max_temp_directory_size", "enable_external_access", "lock_configuration")
    listed = ", ".join(f"current_setting('{name}')" for name in settings)
    assert engine._warehouse._connection.sql(f"SELECT {listed}").fetchall() == [("", "0 bytes", False, True)]


def test_a_query_without_end_is_stopped():
    engine = Engine(ACCOUNT, timeout=0.2)
    tables = ", ".join(f"transaction t{i}" for i in range(24))
    try:
        with pytest.raises(SuiteQLTimeout):
            engine.page(f"SELECT COUNT(*) FROM {tables} WHERE t1.id + t2.id + t3.id > t9.id", [], limit=1, offset=0)
        assert engine.page("SELECT 1 a FROM DUAL", [], limit=1, offset=0).items == [{"a": "1"}]
    finally:
        engine.close()


def test_an_answer_beyond_all_bounds_is_refused_once_it_is_wanted():
    engine = Engine(ACCOUNT, most_bytes=1_000_000)
    query = f"SELECT t1.id a, t2.id b FROM {', '.join(f'transaction t{i}' for i in range(10))}"
    try:
        assert engine.page(query, [], limit=1, offset=0).total == 4**10
        with pytest.raises(SuiteQLRefused):
            engine.page(query, [], limit=1000, offset=1000)
    finally:
        engine.close()
