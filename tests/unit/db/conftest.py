"""A real SQLite file for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.db.engine import Database, open_database


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/data/nsquery.db"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()
