"""The only place that builds what the service is made of."""

from __future__ import annotations

from dataclasses import dataclass

from connector.audit.log import AuditLog
from connector.connections import Connections
from connector.db.column_shapes import ColumnShapes
from connector.db.engine import Database, open_database
from connector.db.utc_time import utc_now
from connector.people.devices import Devices
from connector.people.passwords import Passwords
from connector.people.pauses import Pauses
from connector.people.people import People
from connector.people.sessions import Sessions
from connector.people.shares import Shares
from connector.people.sign_in import SignIn
from connector.people.totp import Totp
from connector.queries import Queries
from connector.runs import Runs
from connector.settings import Settings
from connector.vault.api_tokens import ApiTokens
from connector.vault.connections import Vault
from connector.vault.envelope import Envelope
from connector.vault.key_ring import open_key_ring
from connector.ways_in import WaysIn

_LAST_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a door needs."""

    settings: Settings
    database: Database
    vault: Vault
    tokens: ApiTokens
    connections: Connections
    ways_in: WaysIn
    queries: Queries
    runs: Runs
    audit: AuditLog
    people: People
    sign_in: SignIn
    totp: Totp
    sessions: Sessions
    devices: Devices
    shares: Shares
    pauses: Pauses

    def close(self) -> None:
        """Close what is open, the latest first."""
        self.runs.close()
        self.connections.close()  # what waits for NetSuite fails now
        self.runs.join(_LAST_SECONDS)
        self.database.close()


def build(settings: Settings) -> Services:
    """Open the database and the key ring and put the parts together. Raises SettingError."""
    database = open_database(settings.database_url)
    try:
        keys = open_key_ring(settings, database)
        vault = Vault(database, keys)
    except BaseException:
        database.close()
        raise
    connections = Connections(vault, settings)
    audit, tokens, passwords = AuditLog(database), ApiTokens(database), Passwords()
    totp = Totp(database, Envelope(keys))
    return Services(
        settings=settings,
        database=database,
        vault=vault,
        tokens=tokens,
        connections=connections,
        ways_in=WaysIn(vault, connections, settings),
        queries=Queries(connections, ColumnShapes(database)),
        runs=Runs(),
        audit=audit,
        people=People(database, audit, passwords=passwords),
        sign_in=SignIn(database, passwords, totp, audit, utc_now),
        totp=totp,
        sessions=Sessions(database),
        devices=Devices(database, tokens, audit),
        shares=Shares(database, audit),
        pauses=Pauses(database, audit),
    )
