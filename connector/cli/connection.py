"""`connector connection`: add one, test one, list them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from connector.accounts import WORKSPACE, choose, visible
from connector.cli.services import opened
from connector.errors import SettingError
from connector.vault.credential_fields import METHODS

_USER = click.option(
    "--user", default=WORKSPACE, help="Whose connection it is; without it, everyone's of this service."
)


@click.group()
def connection() -> None:
    """Connections to NetSuite accounts."""


@connection.command()
@click.option("--name", required=True, help="What formulas call it.")
@click.option("--account", required=True, help="The account id, for example 1234567 or 1234567_SB1.")
@click.option("--method", required=True, type=click.Choice(list(METHODS)))
@click.option(
    "--secrets", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-",
    help="A JSON file with the credentials; standard input by default. Never an argument.",
)  # fmt: skip
@click.option("--role", help="The role's name, to be told with every answer.")
@click.option("--entity", help="The NetSuite user's name or id.")
@_USER
def add(
    *, name: str, account: str, method: str, secrets: Path, role: str | None, entity: str | None, user: str
) -> None:
    """Store a connection. tba: consumer_key, consumer_secret, token_id, token_secret.

    oauth2_client_credentials: client_id, certificate_id, private_key (PEM).
    """
    credentials = _read_secrets(secrets)
    with opened() as services:
        added = services.connections.add(
            owner=user, name=name, account=account, method=method, secrets=credentials, role=role, entity=entity
        )
    click.echo(f"added {added.name} ({added.method}, account {added.account_id}, {added.origin})", err=True)
    click.echo(f"next: connector connection test --name {added.name!r}", err=True)


@connection.command()
@click.option("--name", help="The connection; the only one is the default.")
@_USER
def test(name: str | None, user: str) -> None:
    """Sign in once and ask NetSuite for its time."""
    with opened() as services:
        chosen = choose(visible(services.vault, user), name)
        health = services.connections.test(chosen)
    click.echo(f"{chosen.name} works: NetSuite's time is {health.server_time:%Y-%m-%d %H:%M:%S} UTC, ", nl=False)
    click.echo(f"this clock differs by {abs(health.clock_skew):.0f} s")


@connection.command()
@click.option("--name", required=True, help="The connection to remove, with its stored credentials.")
@_USER
def remove(name: str, user: str) -> None:
    """Remove a connection. NetSuite keeps the token or certificate until it is revoked there."""
    with opened() as services:
        own = [entry for entry in visible(services.vault, user) if entry.owner == user]
        chosen = choose(own, name)
        services.vault.remove_connection(chosen)
    click.echo(f"removed {chosen.name} of account {chosen.account_id}", err=True)


@connection.command(name="list")
@_USER
def list_connections(user: str) -> None:
    """Name every connection a user may use, a line each."""
    with opened() as services:
        for entry in visible(services.vault, user):
            used = f"{entry.last_used_at:%Y-%m-%d %H:%M}" if entry.last_used_at else "never"
            click.echo(
                f"{entry.name}\t{entry.account_id}\t{entry.method}\t{entry.owner}\t"
                f"created {entry.created_at:%Y-%m-%d %H:%M}\tlast used {used}"
            )


def _read_secrets(source: Path) -> dict[str, str]:
    try:
        with click.open_file(str(source), encoding="utf-8-sig") as file:
            secrets = json.load(file)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"The secrets in {source} cannot be read.", code="BAD_CREDENTIAL", remedy="Name a JSON file, or pipe it in."
        ) from error
    except (ValueError, RecursionError) as error:
        raise SettingError(
            "The secrets are no JSON.", code="BAD_CREDENTIAL", remedy='Write them as {"consumer_key": "…", …}.'
        ) from error
    if not isinstance(secrets, dict):
        raise SettingError(
            "The secrets are no JSON object.", code="BAD_CREDENTIAL", remedy='Write them as {"consumer_key": "…", …}.'
        )
    return secrets
