"""Who may ask what: the one authorization function of every door, at every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connector.core.query import Query
from connector.errors import NotAllowedError, SettingError
from connector.vault.api_tokens import Principal
from connector.vault.connections import Connection
from connector.vault.troubles import account_paused, account_quiet
from connector.vault.user_accounts import WORKSPACE

__all__ = ["WORKSPACE", "Grant", "choose", "grant", "visible"]


class ConnectionList(Protocol):
    """What the vault knows of connections."""

    def connections(self, owner: str) -> Sequence[Connection]:
        """The connections of one owner."""

    def shared(self, user: str) -> Sequence[Connection]:
        """The connections that others share with a user."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The right of one user to ask one query over one connection. Made by `grant` alone."""

    user: str
    connection: Connection
    query: Query


def visible(vault: ConnectionList, who: str | Principal) -> list[Connection]:
    """The connections somebody may use: their own, those shared with them, then everybody's.

    A user's name stands for all of theirs; a token for those among them that it is narrowed to.
    """
    user = who if isinstance(who, str) else who.user
    found = [*vault.connections(user), *vault.shared(user)]
    if user != WORKSPACE:
        found += [*vault.connections(WORKSPACE), *vault.shared(WORKSPACE)]
    once = {connection.id: connection for connection in found}
    narrowed = None if isinstance(who, str) else who.connection_ids
    return [one for one in once.values() if narrowed is None or one.id in narrowed]


def grant(
    vault: ConnectionList,
    who: str | Principal,
    query: Query,
    connection_name: str | None,
    *,
    background_at: datetime | None = None,
) -> Grant:
    """Let a user ask a query, in person or through a token. The only connection is the default.

    `background_at` is the time of a run that nobody waits for: it keeps the account's quiet hours.

    Raises SettingError: NO_CONNECTION, AMBIGUOUS_CONNECTION, UNKNOWN_CONNECTION. A connection of somebody else is as
    unknown as one that does not exist, and so is one that the token is not for. Raises NotAllowedError: LIBRARY_ONLY,
    ACCOUNT_PAUSED, QUIET_HOURS.
    """
    if isinstance(who, Principal) and who.library_only and query.library is None:
        raise NotAllowedError(
            "This token is for library queries only.",
            code="LIBRARY_ONLY",
            remedy="Name a query of the library, or make a token without that limit: Tokens and devices.",
        )
    connection = choose(visible(vault, who), connection_name)
    if connection.paused_by is not None:
        raise account_paused(connection.account_id, connection.paused_by)
    if background_at is not None and connection.is_quiet(background_at):
        raise account_quiet(connection.account_id)
    return Grant(who if isinstance(who, str) else who.user, connection, query)


def choose(connections: Sequence[Connection], name: str | None) -> Connection:
    """The connection of that name or id, or the only one."""
    if not connections:
        raise SettingError(
            "There is no connection to NetSuite yet.",
            code="NO_CONNECTION",
            remedy="Add one: connector connection add --name NAME --account ID --method oauth2_client_credentials.",
        )
    if name is None:
        if len(connections) == 1:
            return connections[0]
        raise SettingError(
            f"There are {len(connections)} connections, and none is named.",
            code="AMBIGUOUS_CONNECTION",
            remedy=f"Name one, in a formula with the option connection=, on the command line with --connection or --name: "
            f"{_listed(connections)}.",
        )
    alike = [c for c in connections if c.name.casefold() == name.strip().casefold()]
    exact = next((c for c in connections if name.strip() in (c.id, c.name)), None)
    found = exact or (alike[0] if len(alike) == 1 else None)
    if found is None:
        raise SettingError(
            f"There is no connection named {name[:60]}.",
            code="UNKNOWN_CONNECTION",
            remedy=f"The connections are: {_listed(connections)}.",
        )
    return found


def _listed(connections: Sequence[Connection]) -> str:
    return ", ".join(dict.fromkeys(connection.name for connection in connections))
