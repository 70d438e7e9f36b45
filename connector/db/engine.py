"""The database behind one door: short transactions, writers one after the other, the newest tables.

SQLite and PostgreSQL behave alike here; what is particular to each stands in its own module.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from connector.db import postgresql, sqlite
from connector.db.faults import bad_database, database_busy
from connector.db.migrations import migrate
from connector.db.writing import WRITES


class Database:
    """Transactions on one database. Threads may share it; each transaction has a connection of its own."""

    def __init__(self, engine: sa.Engine, *, busy_seconds: float = 30.0, turn: threading.Lock | None = None) -> None:
        self._engine = engine
        self._busy_seconds = busy_seconds
        self._turn = turn or threading.Lock()
        self._relaxed: Database | None = None

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that only reads, all of it from one moment."""
        with _told(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that writes: whole, or after an exception not at all. Raises ConnectorError DATABASE_BUSY."""
        with self._own_turn(), _told(), self._engine.connect() as connection:
            connection.execution_options(**{WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        """Threads of one process take turns here: SQLite's own waiting sleeps between its looks, up to 100 ms each."""
        if not self._turn.acquire(timeout=self._busy_seconds):
            raise database_busy()
        try:
            yield
        finally:
            self._turn.release()

    def relaxed(self) -> Database:
        """The same database for what may be lost with the power, such as who waits for what: no commit waits for the disk.

        It is closed with this one.
        """
        with self._turn:
            if self._relaxed is None:
                make = sqlite if self._engine.dialect.name == "sqlite" else postgresql
                engine = make.relaxed_engine(self._engine, self._busy_seconds)
                self._relaxed = Database(engine, busy_seconds=self._busy_seconds, turn=self._turn)
            return self._relaxed

    def close(self) -> None:
        """Close the connections that wait in the pool."""
        if self._relaxed is not None:
            self._relaxed.close()
        self._engine.dispose()


def open_database(url: str, *, busy_seconds: float = 30.0) -> Database:
    """Open the database of `CONNECTOR_DATABASE_URL` and bring its tables up to date.

    Makes a missing SQLite file with mode 0600 in a directory of mode 0700. Processes that start at once wait for each
    other; a transaction waits up to `busy_seconds` for its turn. Raises SettingError (codes NO_POSTGRESQL,
    BAD_DATABASE, DATABASE_TOO_NEW).
    """
    make = sqlite.sqlite_engine if url.startswith("sqlite") else postgresql.postgresql_engine
    database = Database(make(url, busy_seconds), busy_seconds=busy_seconds)
    try:
        with database.write() as connection:
            migrate(connection)
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def _told() -> Iterator[None]:
    """Tell what the database refuses as an error with a remedy; a broken constraint stays for the caller."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except sa.exc.TimeoutError as error:  # every connection of the pool is in use
        raise database_busy() from error
    except sa.exc.DatabaseError as error:
        if sqlite.is_busy(error.orig) or postgresql.is_busy(error.orig):
            raise database_busy() from error
        raise bad_database(_first_line(error.orig)) from error


def _first_line(error: BaseException | None) -> str:
    """PostgreSQL goes on with hints and places in the statement."""
    return str(error).strip().partition("\n")[0].rstrip(".")
