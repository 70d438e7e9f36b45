"""The database behind one door: short transactions, writers one after the other, the newest tables.

SQLite runs in WAL, so that readers and a writer do not wait for each other, and a writing transaction takes its lock at
BEGIN: one that reads first and writes later would fail instead of waiting (sqlite.org/lang_transaction.html).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from connector.db.migrations import migrate
from connector.errors import ConnectorError, SettingError

_WRITES = "nsquery_writes"


class Database:
    """Transactions on one database. Threads may share it; each transaction has a connection of its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that only reads, all of it from one moment."""
        with _told(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that writes: whole, or after an exception not at all. Raises ConnectorError DATABASE_BUSY."""
        with _told(), self._engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close the connections that wait in the pool."""
        self._engine.dispose()


def open_database(url: str, *, busy_seconds: float = 30.0) -> Database:
    """Open the database of `CONNECTOR_DATABASE_URL` and bring its tables up to date.

    Makes a missing SQLite file with mode 0600 in a directory of mode 0700. Processes that start at once wait for each
    other; a transaction waits up to `busy_seconds` for its turn. Raises SettingError (codes NO_POSTGRESQL,
    BAD_DATABASE, DATABASE_TOO_NEW).
    """
    if not url.startswith("sqlite"):
        raise SettingError(
            "CONNECTOR_DATABASE_URL names PostgreSQL, whose driver (psycopg) is not part of this version yet.",
            code="NO_POSTGRESQL",
            remedy="Unset CONNECTOR_DATABASE_URL; the default is an SQLite file in CONNECTOR_DATA.",
        )
    path = _file_of(url)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            # An empty file is an empty database. One that is there stays untouched: closing any handle of a file that
            # this process has open elsewhere would drop SQLite's locks on it (sqlite.org/howtocorrupt.html, 2.2).
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        _keep_a_log(path, busy_seconds)
    except (OSError, sqlite3.Error) as error:
        raise _bad_database(str(error)) from error
    database = Database(_sqlite_engine(path, busy_seconds))
    try:
        with database.write() as connection:
            migrate(connection)
    except BaseException:
        database.close()
        raise
    return database


def _file_of(url: str) -> Path:
    try:
        name = sa.make_url(url).database
    except (sa.exc.ArgumentError, ValueError) as error:
        raise _bad_database("the address cannot be read") from error
    if not name or name == ":memory:":
        raise _bad_database("the address names no file")
    return Path(name).absolute()


def _keep_a_log(path: Path, busy_seconds: float) -> None:
    """Switch to WAL, once for the file's life. SQLite does not wait by itself where two processes do so at once."""
    end = time.monotonic() + busy_seconds
    with closing(sqlite3.connect(path, timeout=busy_seconds)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() > end:
                    raise
                time.sleep(0.01)
            else:
                return


def _sqlite_engine(path: Path, busy_seconds: float) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": busy_seconds},
        hide_parameters=True,
        pool_size=20,
        max_overflow=-1,  # SQLite's own lock is what makes writers wait
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = (
        None  # the sqlite3 module would put its own BEGIN before a write, and none before a read
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # a removed secret's ciphertext goes too
    connection.execute(
        "PRAGMA synchronous = FULL"
    )  # a rotated token that NetSuite gave out once must survive power loss


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _told() -> Iterator[None]:
    """Tell what the database refuses as an error with a remedy; a broken constraint stays for the caller."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except sa.exc.DatabaseError as error:
        if _is_busy(error.orig):
            raise ConnectorError(
                "The database is held by another process.",
                code="DATABASE_BUSY",
                remedy="Ask again; if it stays, end the other program that has the database file open.",
                retryable=True,
            ) from error
        raise _bad_database(str(error.orig)) from error


def _is_busy(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _bad_database(cause: str) -> SettingError:
    return SettingError(
        f"The database cannot be used: {cause}.",
        code="BAD_DATABASE",
        remedy="Check CONNECTOR_DATA and CONNECTOR_DATABASE_URL: a file on a local disk that this server may write to, "
        "with space left, made by NSQuery.",
    )
