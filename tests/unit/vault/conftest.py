"""A real database of each kind and keys for each test, and credentials nobody else has."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sample_credentials import ORIGIN, TBA

from connector.db.engine import Database, open_database
from connector.settings import Settings, load_settings
from connector.vault.connections import Connection, Vault
from connector.vault.key_ring import KeyRing, open_key_ring
from tests.postgres import drop, migrated_postgres_url


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 7, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(tmp_path, request) -> Iterator[Settings]:
    """SQLite with its key file, then PostgreSQL with keys of the environment."""
    environment = {"CONNECTOR_DATA": str(tmp_path / "data")}
    if request.param == "sqlite":
        yield load_settings(environment)
        return
    url = migrated_postgres_url()
    keys = "k1:" + base64.b64encode(bytes(range(100, 132))).decode()
    yield load_settings(environment | {"CONNECTOR_DATABASE_URL": url, "CONNECTOR_KEYS": keys})
    drop(url)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = open_database(settings.database_url)
    yield database
    database.close()


@pytest.fixture
def ring(settings: Settings, database: Database) -> KeyRing:
    return open_key_ring(settings, database)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(database: Database, ring: KeyRing, clock: Clock) -> Vault:
    return Vault(database, ring, clock)


@pytest.fixture
def add(vault: Vault) -> Callable[..., Connection]:
    """Add a TBA connection of Ann's; what is given replaces what is usual."""

    def add(**different: object) -> Connection:
        usual = {
            "owner": "ann",
            "name": "Prod",
            "account_id": "1234567",
            "method": "tba",
            "origin": ORIGIN,
            "secrets": TBA,
        }
        return vault.add_connection(**{**usual, **different})

    return add
