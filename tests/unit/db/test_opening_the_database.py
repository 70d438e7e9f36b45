"""A database is made private, in WAL, with today's tables, by however many processes come at once."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from connector.db.engine import open_database
from connector.db.migrations import NEWEST
from connector.db.tables import metadata
from connector.errors import SettingError

OPEN = """
import sys
from connector.db.engine import open_database
sys.stdin.read()  # all wait here, so that all go on at once
database = open_database(sys.argv[1])
with database.read() as transaction:
    print(transaction.exec_driver_sql("SELECT version_num FROM alembic_version").all())
database.close()
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_the_directory_and_the_files_are_the_owners_alone(tmp_path, database):
    with database.write() as transaction:
        transaction.exec_driver_sql("DELETE FROM user_account")
    assert mode(tmp_path / "data") == 0o700
    files = {path.name: mode(path) for path in (tmp_path / "data").iterdir()}
    assert files == {"nsquery.db": 0o600, "nsquery.db-wal": 0o600, "nsquery.db-shm": 0o600}


def test_readers_do_not_wait_for_a_writer(database):
    with database.write() as writing:
        writing.exec_driver_sql(
            "INSERT INTO user_account (id, name, created_at) VALUES ('1', 'ann', '2026-01-31T07:00:00.000000Z')"
        )
        with database.read() as reading:
            assert reading.exec_driver_sql("SELECT count(*) FROM user_account").scalar() == 0
    with database.read() as reading:
        assert reading.exec_driver_sql("SELECT count(*) FROM user_account").scalar() == 1


def test_a_database_that_was_restored_without_its_log_gets_one_again(tmp_path, url):
    open_database(url).close()
    with closing(sqlite3.connect(tmp_path / "data" / "nsquery.db")) as plain:
        assert plain.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    open_database(url).close()
    with closing(sqlite3.connect(tmp_path / "data" / "nsquery.db")) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_migrations_lead_to_the_tables_of_today(database):
    with database.read() as transaction:
        context = MigrationContext.configure(transaction, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_step_is_the_one_the_start_looks_for():
    config = Config()
    config.set_main_option("script_location", "connector.db:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


def test_opening_again_keeps_what_is_there(url, database):
    with database.write() as transaction:
        transaction.exec_driver_sql(
            "INSERT INTO user_account (id, name, created_at) VALUES ('1', 'ann', '2026-01-31T07:00:00.000000Z')"
        )
    again = open_database(url)
    with again.read() as transaction:
        assert transaction.exec_driver_sql("SELECT name FROM user_account").scalar() == "ann"
    again.close()


def test_processes_that_start_at_once_all_find_the_tables(url):
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


def test_a_database_of_a_later_version_is_left_alone(url, database):
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SettingError) as caught:
        open_database(url)
    assert caught.value.code == "DATABASE_TOO_NEW"
    assert "9999" in caught.value.message


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "x.db").write_bytes(b"PK\x03\x04 this is a workbook, not a database" * 100)
    with pytest.raises(SettingError) as caught:
        open_database(f"sqlite:///{tmp_path}/x.db")
    assert caught.value.code == "BAD_DATABASE"
    assert "not a database" in caught.value.message


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError) as caught:
        open_database(f"sqlite:///{tmp_path}/file/nsquery.db")
    assert caught.value.code == "BAD_DATABASE"
    assert "CONNECTOR_DATA" in caught.value.remedy


def test_signs_of_an_address_are_plain_signs_in_a_directory(tmp_path):
    open_database(f"sqlite:///{tmp_path}/a%3Fb%20%25%23/nsquery.db").close()
    assert (tmp_path / "a?b %#" / "nsquery.db").is_file()


def test_foreign_keys_hold(database):
    with pytest.raises(sa.exc.IntegrityError), database.write() as transaction:
        transaction.exec_driver_sql(
            "INSERT INTO column_shape VALUES ('none', 'f', '[]', '2026-01-31T07:00:00.000000Z')"
        )
