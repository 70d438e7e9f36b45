"""The only place that builds what the service is made of."""

from __future__ import annotations

from dataclasses import dataclass

from connector.connections import Connections
from connector.db.column_shapes import ColumnShapes
from connector.db.engine import Database, open_database
from connector.queries import Queries
from connector.runs import Runs
from connector.settings import Settings
from connector.vault.api_tokens import ApiTokens
from connector.vault.connections import Vault
from connector.vault.key_ring import open_key_ring


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a door needs."""

    settings: Settings
    database: Database
    vault: Vault
    tokens: ApiTokens
    connections: Connections
    queries: Queries
    runs: Runs

    def close(self) -> None:
        """Close what is open, the latest first."""
        self.runs.close()
        self.connections.close()
        self.database.close()


def build(settings: Settings) -> Services:
    """Open the database and the key ring and put the parts together. Raises SettingError."""
    database = open_database(settings.database_url)
    try:
        vault = Vault(database, open_key_ring(settings, database))
    except BaseException:
        database.close()
        raise
    connections = Connections(vault, settings)
    return Services(
        settings=settings,
        database=database,
        vault=vault,
        tokens=ApiTokens(database),
        connections=connections,
        queries=Queries(connections, ColumnShapes(database)),
        runs=Runs(),
    )
