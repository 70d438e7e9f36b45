"""Writers wait for each other, an exception undoes, and a killed process leaves whole transactions."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from connector.db.engine import open_database
from connector.errors import ConnectorError

WRITE = """
import itertools, sys
from connector.db.engine import open_database
database = open_database(sys.argv[1])
for number in itertools.count():
    with database.write() as transaction:
        for half in ("a", "b"):
            transaction.exec_driver_sql(
                "INSERT INTO user_account (id, name, created_at) VALUES (?, ?, '2026-01-31T07:00:00.000000Z')",
                (f"{number}{half}", f"{number}{half}" + "x" * 90),
            )
    if number == 20:
        print("writing", flush=True)
"""
ADD = (
    "INSERT INTO user_account (id, name, created_at) "
    "SELECT 'id' || count(*), 'name' || count(*), '2026-01-31T07:00:00.000000Z' FROM user_account"
)


def count(database) -> int:
    with database.read() as transaction:
        return transaction.exec_driver_sql("SELECT count(*) FROM user_account").scalar()


def test_an_exception_undoes_the_whole_transaction(database):
    def add_and_fail() -> None:
        with database.write() as transaction:
            transaction.exec_driver_sql(ADD)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    assert count(database) == 0


def test_threads_that_read_and_then_write_lose_nothing(database):
    def add(_number: int) -> None:
        with database.write() as transaction:
            transaction.exec_driver_sql(ADD)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(64)))
    assert count(database) == 64


def test_a_database_held_by_another_program_is_told_as_busy(tmp_path, url):
    database = open_database(url, busy_seconds=0.05)
    with closing(sqlite3.connect(tmp_path / "data" / "nsquery.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ConnectorError) as caught, database.write() as transaction:
            transaction.exec_driver_sql(ADD)
    database.close()
    assert caught.value.code == "DATABASE_BUSY"
    assert caught.value.retryable


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
def test_kill_9_in_the_middle_of_writes_leaves_whole_transactions(url):
    for _round in range(3):
        writer = subprocess.Popen([sys.executable, "-c", WRITE, url], stdout=subprocess.PIPE)
        assert writer.stdout.readline() == b"writing\n"
        writer.send_signal(signal.SIGKILL)
        assert writer.wait() == -signal.SIGKILL
        writer.stdout.close()
        database = open_database(url)
        with database.write() as transaction:
            assert transaction.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            rows = transaction.exec_driver_sql("SELECT id FROM user_account").scalars().all()
            assert {name[:-1] for name in rows if name.endswith("a")} == {n[:-1] for n in rows if n.endswith("b")}
            assert len(rows) >= 40
            transaction.exec_driver_sql("DELETE FROM user_account")
        database.close()


def test_a_thread_that_waits_for_another_for_too_long_is_told_as_busy(url):
    database = open_database(url, busy_seconds=0.1)
    with ThreadPoolExecutor(1) as pool, database.write():
        assert getattr(pool.submit(database.write().__enter__).exception(), "code", None) == "DATABASE_BUSY"
    assert count(database) == 0
    database.close()
