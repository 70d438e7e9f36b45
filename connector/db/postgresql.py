"""PostgreSQL by psycopg 3, for many processes on many machines.

Writers are one after the other as with SQLite: a writing transaction first takes an advisory lock, which its end gives back
(postgresql.org, 13.3.5). So a transaction that reads and then writes cannot meet another one half-way, and every part of the
service holds on both databases. Transactions are short, and none waits for the network.
"""

from __future__ import annotations

import importlib.util

import sqlalchemy as sa

from connector.db.faults import bad_database
from connector.db.writing import WRITES
from connector.errors import SettingError

_WRITERS_LOCK = 0x6E73_7175_6572_7901
"""The number of the advisory lock, the same in every process of the service; `nsquery` in its bytes."""
_RELAXED_LOCK = _WRITERS_LOCK + 1
_MOST_CONNECTIONS = 20
_IDLE_SECONDS = 300
_BUSY = {
    "55P03",  # lock_not_available: lock_timeout
    "57014",  # query_canceled: statement_timeout
    "40P01",  # deadlock_detected
    "40001",  # serialization_failure
    "53300",  # too_many_connections
    "25P03",  # idle_in_transaction_session_timeout
}


def postgresql_engine(url: str, busy_seconds: float) -> sa.Engine:
    """An engine on the database of `url`. Raises SettingError (codes NO_POSTGRESQL, BAD_DATABASE)."""
    if importlib.util.find_spec("psycopg") is None:
        raise SettingError(
            "CONNECTOR_DATABASE_URL names PostgreSQL, and its driver (psycopg) is not installed.",
            code="NO_POSTGRESQL",
            remedy="Run `pip install 'nsquery[cluster]'`, or unset CONNECTOR_DATABASE_URL for an SQLite file.",
        )
    return _engine(url, busy_seconds)


def relaxed_engine(engine: sa.Engine, busy_seconds: float) -> sa.Engine:
    """Another engine on the same database, whose commits do not wait until they are on the disk.

    Its writers have a lock of their own: they touch other tables.
    """
    return _engine(engine.url.render_as_string(hide_password=False), busy_seconds, is_relaxed=True)


def _engine(url: str, busy_seconds: float, *, is_relaxed: bool = False) -> sa.Engine:
    milliseconds = max(1, round(busy_seconds * 1000))
    options = (
        f"-c lock_timeout={milliseconds} -c statement_timeout={2 * milliseconds} "
        f"-c idle_in_transaction_session_timeout={_IDLE_SECONDS * 1000}"
        f"{' -c synchronous_commit=off' if is_relaxed else ''}"
    )
    try:
        address = sa.make_url(url).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(
            address,
            connect_args={"options": options, "connect_timeout": max(2, round(busy_seconds))},
            hide_parameters=True,
            isolation_level="REPEATABLE READ",  # a reading transaction sees one moment
            pool_size=_MOST_CONNECTIONS,
            max_overflow=0,
            pool_timeout=busy_seconds,
            pool_pre_ping=True,  # the server may have been started anew
        )
    except (sa.exc.ArgumentError, ValueError, TypeError):
        raise bad_database("the address cannot be read") from None  # it may hold a password
    sa.event.listen(engine, "begin", _begin_relaxed if is_relaxed else _begin)
    return engine


def is_busy(error: BaseException | None) -> bool:
    """Whether PostgreSQL gave up waiting for another process."""
    return getattr(error, "sqlstate", None) in _BUSY


def _begin(connection: sa.Connection) -> None:
    _take_turn(connection, _WRITERS_LOCK)


def _begin_relaxed(connection: sa.Connection) -> None:
    _take_turn(connection, _RELAXED_LOCK)


def _take_turn(connection: sa.Connection, lock: int) -> None:
    """Take the writers' lock before anything is read: the lock's wait must not be part of the moment that is read."""
    if connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock})")
    else:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
