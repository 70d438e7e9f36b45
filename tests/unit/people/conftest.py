"""A real database and keys for each test, cheap passwords by their costs, and a clock that moves when told."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest
from house import PASSWORD, Clock, House

from connector.audit.log import AuditLog
from connector.db.engine import open_database
from connector.people.devices import Devices
from connector.people.passwords import Passwords
from connector.people.pauses import Pauses
from connector.people.people import People
from connector.people.sessions import Sessions
from connector.people.shares import Shares
from connector.people.sign_in import SignIn
from connector.people.totp import Totp
from connector.settings import Settings, load_settings
from connector.vault.api_tokens import ApiTokens
from connector.vault.connections import Vault
from connector.vault.envelope import Envelope
from connector.vault.key_ring import open_key_ring
from tests.postgres import drop, migrated_postgres_url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path, request) -> Iterator[Settings]:
    """SQLite, and PostgreSQL for those marked `both_databases`."""
    environment = {"CONNECTOR_DATA": str(tmp_path / "data")}
    if getattr(request, "param", "sqlite") == "sqlite":
        yield load_settings(environment)
        return
    url = migrated_postgres_url()
    keys = "k1:" + base64.b64encode(bytes(range(32))).decode()
    yield load_settings(environment | {"CONNECTOR_DATABASE_URL": url, "CONNECTOR_KEYS": keys})
    drop(url)


@pytest.fixture
def house(settings: Settings, clock: Clock) -> Iterator[House]:
    database = open_database(settings.database_url)
    keys = open_key_ring(settings, database)
    audit, tokens = AuditLog(database, clock), ApiTokens(database, clock)
    passwords = Passwords(passes=1, memory=8, lanes=1)
    totp = Totp(database, Envelope(keys), clock)
    yield House(
        url=settings.database_url,
        database=database,
        clock=clock,
        vault=Vault(database, keys, clock),
        audit=audit,
        people=People(database, audit, clock, passwords),
        sign_in=SignIn(database, passwords, totp, audit, clock),
        totp=totp,
        sessions=Sessions(database, clock),
        devices=Devices(database, tokens, audit, clock),
        shares=Shares(database, audit, clock),
        pauses=Pauses(database, audit, clock),
        tokens=tokens,
    )
    database.close()


@pytest.fixture
def refused() -> Callable[..., Exception]:
    """Call something and answer its error, which has this code and no secret."""

    def refused(code: str, call: Callable[..., object], /, *arguments: object, **named: object) -> Exception:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - the code is compared below
            call(*arguments, **named)
        assert getattr(caught.value, "code", repr(caught.value)) == code
        assert PASSWORD not in f"{caught.value.message}{caught.value.remedy}"
        return caught.value

    return refused
