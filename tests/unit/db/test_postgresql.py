"""PostgreSQL behaves as SQLite does here: writers one after the other, reads of one moment, today's tables, errors told."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from connector.db.engine import Database, open_database
from connector.db.migrations import NEWEST
from connector.db.tables import metadata
from connector.errors import ConnectorError, SettingError
from tests.postgres import drop, migrated_postgres_url, new_postgres_url

AT = "'2026-01-31T07:00:00.000000Z'"
ADD = (
    "INSERT INTO user_account (id, name, created_at) "
    f"SELECT 'id' || count(*), 'name' || count(*), {AT} FROM user_account"
)
OPEN = """
import sys
from connector.db.engine import open_database
sys.stdin.read()  # all wait here, so that all go on at once
database = open_database(sys.argv[1])
with database.read() as transaction:
    print(transaction.exec_driver_sql("SELECT version_num FROM alembic_version").all())
database.close()
"""
WRITE = """
import itertools, sys
from connector.db.engine import open_database
database = open_database(sys.argv[1])
for number in itertools.count():
    with database.write() as transaction:
        for half in ("a", "b"):
            transaction.exec_driver_sql(
                "INSERT INTO user_account (id, name, created_at) VALUES (%s, %s, '2026-01-31T07:00:00.000000Z')",
                (f"{number}{half}", f"{number}{half}"),
            )
    if number == 20:
        print("writing", flush=True)
"""


@pytest.fixture
def url() -> Iterator[str]:
    url = migrated_postgres_url()
    yield url
    drop(url)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()


def count(database: Database) -> int:
    with database.read() as transaction:
        return transaction.exec_driver_sql("SELECT count(*) FROM user_account").scalar()


def test_the_migrations_lead_to_the_tables_of_today(database):
    with database.read() as transaction:
        context = MigrationContext.configure(transaction, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_processes_that_start_at_once_all_find_the_tables():
    url = new_postgres_url()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    for process in processes:
        process.stdin.close()
        process.stdin = None
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert (out.decode().strip(), err.decode()) == (f"[('{NEWEST}',)]", "")
    drop(url)


def test_threads_that_read_and_then_write_lose_nothing(database):
    def add(_number: int) -> None:
        with database.write() as transaction:
            transaction.exec_driver_sql(ADD)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(64)))
    assert count(database) == 64


def test_an_exception_undoes_the_whole_transaction(database):
    def add_and_fail() -> None:
        with database.write() as transaction:
            transaction.exec_driver_sql(ADD)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    assert count(database) == 0


def test_a_reading_transaction_sees_one_moment_and_waits_for_no_writer(database):
    with database.read() as reading:
        before = reading.exec_driver_sql("SELECT count(*) FROM user_account").scalar()
        with database.write() as writing:
            writing.exec_driver_sql(ADD)
        assert reading.exec_driver_sql("SELECT count(*) FROM user_account").scalar() == before
    assert count(database) == before + 1


def test_a_reading_transaction_cannot_write(database):
    with pytest.raises(ConnectorError), database.read() as transaction:
        transaction.exec_driver_sql(ADD)
    assert count(database) == 0


def test_foreign_keys_hold(database):
    with pytest.raises(sa.exc.IntegrityError), database.write() as transaction:
        transaction.exec_driver_sql(f"INSERT INTO column_shape VALUES ('none', 'f', '[]', {AT})")


def test_a_writer_that_waits_for_too_long_is_told_as_busy(url, database):
    impatient = open_database(url, busy_seconds=0.2)
    with database.write(), pytest.raises(ConnectorError) as caught, impatient.write() as transaction:
        transaction.exec_driver_sql(ADD)
    impatient.close()
    assert (caught.value.code, caught.value.retryable) == ("DATABASE_BUSY", True)


def test_a_statement_that_never_ends_is_told_as_busy(url):
    impatient = open_database(url, busy_seconds=0.1)
    with pytest.raises(ConnectorError) as caught, impatient.read() as transaction:
        transaction.exec_driver_sql("SELECT pg_sleep(30)")
    impatient.close()
    assert caught.value.code == "DATABASE_BUSY"


def test_a_server_that_was_started_anew_is_found_again(url, database):
    assert count(database) == 0
    other = open_database(url)
    with other.read() as transaction:
        transaction.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    other.close()
    assert count(database) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
def test_kill_9_in_the_middle_of_writes_leaves_whole_transactions(url, database):
    writer = subprocess.Popen([sys.executable, "-c", WRITE, url], stdout=subprocess.PIPE)
    assert writer.stdout.readline() == b"writing\n"
    writer.send_signal(signal.SIGKILL)
    assert writer.wait() == -signal.SIGKILL
    writer.stdout.close()
    with database.write() as transaction:
        rows = transaction.exec_driver_sql("SELECT id FROM user_account").scalars().all()
    assert {name[:-1] for name in rows if name.endswith("a")} == {name[:-1] for name in rows if name.endswith("b")}
    assert len(rows) >= 40


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgres"])
def test_without_the_driver_the_command_that_brings_it_is_told(monkeypatch, scheme):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingError) as caught:
        open_database(f"{scheme}://u:hunter2@db/x")
    assert caught.value.code == "NO_POSTGRESQL"
    assert "pip install 'nsquery[cluster]'" in caught.value.remedy
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["postgresql://u:hunter2@127.0.0.1:1/x", "postgresql://u:hunter2@[/x", "postgresql://u:hunter2@h:port/x"]
)
def test_a_server_that_cannot_be_reached_is_told_without_the_password(address):
    with pytest.raises(SettingError) as caught:
        open_database(address, busy_seconds=1)
    assert caught.value.code == "BAD_DATABASE"
    assert "hunter2" not in f"{caught.value.message}{caught.value.remedy}"
