"""A database of each kind, a clock that moves when told, and an outbox on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connector.db.engine import Database, open_database
from tests.postgres import drop, migrated_postgres_url


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 7, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(tmp_path, request) -> Iterator[str]:
    if request.param == "sqlite":
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
