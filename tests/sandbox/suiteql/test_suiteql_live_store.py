"""A file keeps the tables: it is made once and whole, many work on it at once, and none of them changes it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest
from suiteql_account import ACCOUNT, dataset_of

from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.table import Change, Column, Dataset, Kind, Table

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9 and names that go before their files")
ALL = "SELECT t.id, t.tranid, t.total, t.createddate, BUILTIN.DF(t.entity) e, BUILTIN.DF(t.status) s FROM transaction t"
REMOVED = Change({"transaction": ("id", [1, 2])}, {})
PROLOGUE = """
import os, signal, sys
from pathlib import Path
from suiteql_account import ACCOUNT
from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.table import Change, Dataset, Table
"""


@pytest.fixture
def store(tmp_path) -> Path:
    return tmp_path / "kept" / "account.duckdb"


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch, store) -> None:
    store.parent.mkdir()
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))


def reading(read: Callable[[], None]) -> Dataset:
    """The account, whose rows are made when they are read."""

    def source(rows: pa.Table) -> Callable[[], pa.Table]:
        def rows_now() -> pa.Table:
            read()
            return rows

        return rows_now

    tables = [Table(table.name, table.columns, source(table.rows)) for table in ACCOUNT.tables.values()]
    return Dataset({table.name: table for table in tables}, ACCOUNT.lists)


def nobody_reads() -> None:
    raise AssertionError


def everything(engine: Engine) -> list[dict[str, str]]:
    return engine.page(ALL, [], limit=1000, offset=0).items


def in_another_process(body: str, tmp_path: Path, store: Path) -> int:
    here = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": str(here), "TMPDIR": str(tmp_path / "scratch")}
    script = f"{PROLOGUE}\nstore = Path({str(store)!r})\n{body}"
    return subprocess.run([sys.executable, "-c", script], env=environment, check=False, cwd=here.parents[2]).returncode


def test_a_kept_account_is_the_same_and_reads_no_rows(store):
    with closing(Engine(ACCOUNT)) as engine:
        expected = everything(engine)
    with closing(Engine(ACCOUNT, store=store)) as engine:
        assert everything(engine) == expected
    with closing(Engine(reading(nobody_reads), store=store)) as engine:
        assert everything(engine) == expected


def test_changes_stay_with_the_process_that_made_them(store, tmp_path):
    with closing(Engine(ACCOUNT, store=store)) as one, closing(Engine(ACCOUNT, store=store)) as other:
        kept = store.read_bytes()
        one.apply(REMOVED)
        other.apply(Change({}, {"transaction": ACCOUNT.tables["transaction"].rows.slice(0, 1)}))
        assert [engine.page(ALL, [], limit=1, offset=0).total for engine in (one, other)] == [2, 5]
    assert store.read_bytes() == kept
    with closing(Engine(ACCOUNT, store=store)) as engine:
        assert engine.page(ALL, [], limit=1, offset=0).total == 4
    assert list((tmp_path / "scratch").iterdir()) == []


@posix
def test_of_several_that_need_the_file_one_makes_it(store):
    read: list[None] = []
    data = reading(lambda: read.append(None))

    def opened(_: int) -> int:
        with closing(Engine(data, store=store)) as engine:
            return engine.page(ALL, [], limit=1, offset=0).total

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened, range(4))) == [4] * 4
    assert len(read) == len(ACCOUNT.tables)


@pytest.mark.parametrize("name", ["account.duckdb", "account.duckdb.new", "account.duckdb.new.wal"])
def test_what_cannot_be_read_is_made_anew(store, name):
    (store.parent / name).write_bytes(b"half a file" * 1000)
    for read in (lambda: None, nobody_reads):
        with closing(Engine(reading(read), store=store)) as engine:
            assert len(everything(engine)) == 4
    assert {path.name for path in store.parent.iterdir()} == {
        "account.duckdb",
        "account.duckdb.lock",
        "account.duckdb.sum",
    }


def test_a_file_with_other_columns_is_made_anew(store):
    columns = [Column("id", Kind.ID), Column("tranid", Kind.TEXT)]
    narrow = dataset_of(Table("transaction", columns, pa.table({"id": [1], "tranid": ["x"]})))
    with closing(Engine(narrow, store=store)):
        pass
    with closing(Engine(ACCOUNT, store=store)) as engine:
        assert len(everything(engine)) == 4


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        Engine(ACCOUNT, store=tmp_path / "nowhere" / "account.duckdb")
    assert list((tmp_path / "scratch").iterdir()) == []


@posix
def test_who_is_killed_while_making_it_leaves_no_file(store, tmp_path):
    body = """
killed = Table("customer", ACCOUNT.tables["customer"].columns, lambda: os.kill(os.getpid(), signal.SIGKILL))
Engine(Dataset({**ACCOUNT.tables, "customer": killed}, ACCOUNT.lists), store=store)
"""
    assert in_another_process(body, tmp_path, store) == -9
    assert not store.exists()
    with closing(Engine(ACCOUNT, store=store)) as engine:
        assert len(everything(engine)) == 4


@posix
def test_who_is_killed_later_leaves_nothing_of_his_own(store, tmp_path):
    body = """
engine = Engine(ACCOUNT, store=store)
engine.apply(Change({"transaction": ("id", [1, 2])}, {}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert in_another_process(body, tmp_path, store) == -9
    assert list((tmp_path / "scratch").iterdir()) == []
    with closing(Engine(reading(nobody_reads), store=store)) as engine:
        assert len(everything(engine)) == 4


@pytest.mark.parametrize("damage", [lambda data: data[:-8192], lambda data: data[:5000] + b"\x5a" + data[5001:]])
def test_a_file_that_was_damaged_is_made_anew(store, damage):
    with closing(Engine(ACCOUNT, store=store)) as engine:
        expected = everything(engine)
    store.write_bytes(damage(store.read_bytes()))
    with closing(Engine(ACCOUNT, store=store)) as engine:
        assert everything(engine) == expected
