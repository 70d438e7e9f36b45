"""Who may ask what: the one authorization function of every door, at every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from connector.core.query import Query
from connector.errors import SettingError
from connector.vault.connections import Connection

WORKSPACE = "workspace"
"""The owner of connections that everyone with a token of this service may use."""


class ConnectionList(Protocol):
    """What the vault knows of connections."""

    def connections(self, owner: str) -> Sequence[Connection]:
        """The connections of one owner."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The right of one user to ask one query over one connection. Made by `grant` alone."""

    user: str
    connection: Connection
    query: Query


def visible(vault: ConnectionList, user: str) -> list[Connection]:
    """The connections a user may use: their own, then the workspace's."""
    own = list(vault.connections(user))
    return own if user == WORKSPACE else own + list(vault.connections(WORKSPACE))


def grant(vault: ConnectionList, user: str, query: Query, connection_name: str | None) -> Grant:
    """Let a user ask a query. The only connection is the default.

    Raises SettingError: NO_CONNECTION, AMBIGUOUS_CONNECTION, UNKNOWN_CONNECTION. A connection of somebody else is as
    unknown as one that does not exist.
    """
    return Grant(user, choose(visible(vault, user), connection_name), query)


def choose(connections: Sequence[Connection], name: str | None) -> Connection:
    """The connection of that name, or the only one."""
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
    found = next((c for c in alike if c.name == name.strip()), alike[0] if len(alike) == 1 else None)
    if found is None:
        raise SettingError(
            f"There is no connection named {name[:60]}.",
            code="UNKNOWN_CONNECTION",
            remedy=f"The connections are: {_listed(connections)}.",
        )
    return found


def _listed(connections: Sequence[Connection]) -> str:
    return ", ".join(dict.fromkeys(connection.name for connection in connections))
