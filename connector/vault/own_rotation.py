"""The switch of a connection: whether the service changes its certificate by itself before it ends. Off at first."""

from __future__ import annotations

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import connection as table
from connector.errors import SettingError
from connector.vault.connection_rows import Connection
from connector.vault.credential_fields import CLIENT_CREDENTIALS


class OwnRotation:
    """Switches it. Who may is for the caller to know."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def switch(self, connection: Connection, *, on: bool) -> None:
        """Switch it on or off. Raises SettingError (code NOT_A_CERTIFICATE) for a connection that has none."""
        if on and connection.method != CLIENT_CREDENTIALS:
            raise SettingError(
                f"The connection {connection.name} signs in without a certificate.",
                code="NOT_A_CERTIFICATE",
                remedy="Move it to client credentials first; it keeps its name.",
            )
        with self._database.write() as transaction:
            transaction.execute(sa.update(table).where(table.c.id == connection.id).values(rotates_certificate=on))
