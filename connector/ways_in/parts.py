"""What every way in is made of, and the checks they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from connector.accounts import WORKSPACE
from connector.connections import Connections
from connector.db.utc_time import utc_now
from connector.errors import SettingError
from connector.settings import Settings
from connector.vault.connections import Connection, Credentials, Vault


class Parts:
    """The vault, the network and the clock."""

    def __init__(
        self,
        vault: Vault,
        connections: Connections,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._vault = vault
        self._connections = connections
        self._settings = settings
        self._clock = clock

    def _owned(self, connection_id: str, user: str) -> Connection:
        """A connection that this user may change: their own, and for an administrator the workspace's.

        Raises SettingError (code NO_CONNECTION), also for somebody else's.
        """
        found = self._vault.by_id(connection_id)
        is_theirs = found is not None and (
            found.owner == user.strip() or (found.owner == WORKSPACE and self._vault.is_administrator(user))
        )
        if found is None or not is_theirs:
            raise SettingError(
                "There is no such connection.", code="NO_CONNECTION", remedy="`connector connection list` shows yours."
            )
        return found

    def _refuse_taken(self, owner: str, name: str) -> None:
        """Raise SettingError (code DUPLICATE_CONNECTION) before NetSuite is asked for something that finds no place."""
        if any(one.name == name.strip() for one in self._vault.connections(owner)):
            raise SettingError(
                f"You have a connection named {name.strip()[:100]} already.",
                code="DUPLICATE_CONNECTION",
                remedy="Give another name, or renew that one.",
            )

    def _kept(
        self,
        connection_id: str | None,
        credentials: Credentials,
        *,
        owner: str,
        name: str,
        account_id: str,
        origin: str,
        user: str,
        version: int | None = None,
    ) -> Connection:
        """Store what was just proved: on the connection that is renewed, or as a new one that `user` made for `owner`.

        `version` is the one of the connection that was meant: what was revoked or renewed meanwhile stays so
        (ConnectorError, code CONNECTION_CHANGED).
        """
        if connection_id is not None:
            meant = self._owned(connection_id, user)
            return self._vault.replace_credentials(
                meant if version is None else replace(meant, version=version), credentials
            )
        return self._vault.add(
            owner=owner,
            name=name,
            account_id=account_id,
            origin=origin,
            credentials=credentials,
            created_by=user,
        )
