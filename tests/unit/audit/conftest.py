"""A real database and an audit log on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connector.audit.log import AuditLog
from connector.db.engine import Database, open_database
from tests.postgres import drop, migrated_postgres_url


class Ticking:
    """A clock that goes on by a minute each time it is read."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 7, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def url(tmp_path, request) -> Iterator[str]:
    """SQLite, and PostgreSQL for those that ask for both."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield f"sqlite:///{tmp_path}/data/nsquery.db"
        return
    url = migrated_postgres_url()
    yield url
    drop(url)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def log(database: Database, clock: Ticking) -> AuditLog:
    return AuditLog(database, clock)
