"""SQLite: one file in WAL, so that readers and a writer do not wait for each other.

A writing transaction takes its lock at BEGIN: one that reads first and writes later would fail instead of waiting
(sqlite.org/lang_transaction.html).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from connector.db.faults import bad_database
from connector.db.writing import WRITES


def sqlite_engine(url: str, busy_seconds: float) -> sa.Engine:
    """An engine on the file of `url`, made with mode 0600 where it is missing. Raises SettingError (code BAD_DATABASE)."""
    path = _file_of(url)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            # An empty file is an empty database. One that is there stays untouched: closing any handle of a file that
            # this process has open elsewhere would drop SQLite's locks on it (sqlite.org/howtocorrupt.html, 2.2).
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        _keep_a_log(path, busy_seconds)
    except (OSError, sqlite3.Error) as error:
        raise bad_database(str(error)) from error
    return _engine(path, busy_seconds, _prepare)


def relaxed_engine(engine: sa.Engine, busy_seconds: float) -> sa.Engine:
    """Another engine on the same file, whose commits do not wait until they are on the disk."""
    return _engine(Path(str(engine.url.database)), busy_seconds, _prepare_relaxed)


def _engine(path: Path, busy_seconds: float, prepare: Callable[[Any, object], None]) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": busy_seconds},
        hide_parameters=True,
        pool_size=20,
        max_overflow=-1,  # SQLite's own lock is what makes writers wait
    )
    sa.event.listen(engine, "connect", prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def is_busy(error: BaseException | None) -> bool:
    """Whether SQLite gave up waiting for another process."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _file_of(url: str) -> Path:
    try:
        name = sa.make_url(url).database
    except (sa.exc.ArgumentError, ValueError) as error:
        raise bad_database("the address cannot be read") from error
    if not name or name == ":memory:":
        raise bad_database("the address names no file")
    return Path(name).absolute()


def _keep_a_log(path: Path, busy_seconds: float) -> None:
    """Switch to WAL, once for the file's life. SQLite does not wait by itself where two processes do so at once."""
    end = time.monotonic() + busy_seconds
    with closing(sqlite3.connect(path, timeout=busy_seconds)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() > end:
                    raise
                time.sleep(0.01)
            else:
                return


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = (
        None  # the sqlite3 module would put its own BEGIN before a write, and none before a read
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # a removed secret's ciphertext goes too
    connection.execute(
        "PRAGMA synchronous = FULL"
    )  # a rotated token that NetSuite gave out once must survive power loss


def _prepare_relaxed(connection: Any, record: object) -> None:
    _prepare(connection, record)
    connection.execute("PRAGMA synchronous = NORMAL")  # in WAL the file stays whole; the last commits may be lost


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
