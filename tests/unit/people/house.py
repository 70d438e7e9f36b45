"""The people's side of a service, with real parts, and a clock that moves when told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from connector.audit.log import AuditLog
from connector.db.engine import Database
from connector.people.devices import Devices
from connector.people.pauses import Pauses
from connector.people.people import People
from connector.people.person import Person
from connector.people.sessions import Sessions
from connector.people.shares import Shares
from connector.people.sign_in import SignIn
from connector.people.totp import Totp
from connector.vault.api_tokens import ApiTokens
from connector.vault.connections import Connection, Vault

PASSWORD = "four words beside each other"
both_databases = pytest.mark.parametrize("settings", ["sqlite", "postgresql"], indirect=True)
"""For what the two databases might do differently: the order of writers, and one statement over many tables."""


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True)
class House:
    """The people's side of a service."""

    url: str
    database: Database
    clock: Clock
    vault: Vault
    audit: AuditLog
    people: People
    sign_in: SignIn
    totp: Totp
    sessions: Sessions
    devices: Devices
    shares: Shares
    pauses: Pauses
    tokens: ApiTokens

    def administrator(self, name: str = "ada") -> Person:
        return self.people.set_up(self.people.setup_token(), name=name, password=PASSWORD)

    def person(self, name: str, role: str = "author") -> Person:
        return self.people.accept(self.people.invite(None, name=name, role=role), password=PASSWORD)

    def connect(self, owner: str, name: str = "Prod", account: str = "1234567", application: str = "app") -> Connection:
        secrets = {"consumer_key": application, "consumer_secret": "s3", "token_id": "t1", "token_secret": "s4"}
        return self.vault.add_connection(
            owner=owner,
            name=name,
            account_id=account,
            method="tba",
            origin="https://1234567.suitetalk.api.netsuite.com",
            secrets=secrets,
        )

    def count(self, table: str, condition: str = "1 = 1") -> int:
        with self.database.read() as transaction:
            return transaction.exec_driver_sql(f"SELECT COUNT(*) FROM {table} WHERE {condition}").scalar()

    def actions(self) -> list[str]:
        """What the audit log holds, the oldest first."""
        return [event.action for event in reversed(self.audit.list())]
