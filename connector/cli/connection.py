"""`connector connection`: add one, test one, list them, change a certificate, end one."""

from __future__ import annotations

import json
from pathlib import Path

import click

from connector.accounts import WORKSPACE, choose, visible
from connector.cli.services import opened
from connector.errors import SettingError
from connector.vault.connections import Connection
from connector.vault.credential_fields import METHODS
from connector.vault.user_accounts import OPERATOR
from connector.wiring import Services

_USER = click.option(
    "--user", default=WORKSPACE, help="Whose connection it is; without it, everyone's of this service."
)
_NAME = click.option("--name", required=True, help="The connection.")
_ACCOUNT = click.option("--account", required=True, help="The account id, for example 1234567 or 1234567_SB1.")
_SECRETS = click.option(
    "--secrets", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-",
    help="A JSON file with the credentials; standard input by default. Never an argument.",
)  # fmt: skip


@click.group()
def connection() -> None:
    """Connections to NetSuite accounts."""


@connection.command()
@click.option("--name", required=True, help="What formulas call it.")
@_ACCOUNT
@click.option("--method", required=True, type=click.Choice(list(METHODS)))
@_SECRETS
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
        _note(services, "connected", added)
    click.echo(f"added {added.name} ({added.method}, account {added.account_id}, {added.origin})", err=True)
    click.echo(f"next: connector connection test --name {added.name!r}", err=True)


@connection.command(name="issue-token")
@click.option("--name", required=True, help="What formulas call it.")
@_ACCOUNT
@_SECRETS
@_USER
def issue_token(name: str, account: str, secrets: Path, user: str) -> None:
    """Ask NetSuite's IssueToken for a TBA token and store it. Off unless CONNECTOR_ISSUE_TOKEN is true.

    The JSON holds consumer_key, consumer_secret, email, password, role (its internal id) and otp where the role asks for
    one. The password is sent once and kept nowhere.
    """
    given = _read_secrets(secrets)
    wanted = ("consumer_key", "consumer_secret", "email", "password", "role")
    if set(given) - {*wanted, "otp"} or not all(isinstance(given.get(field), str) for field in wanted):
        raise SettingError(
            "The JSON does not hold what IssueToken needs.",
            code="BAD_CREDENTIAL",
            remedy=f"Give {', '.join(wanted)} as text, and otp where the role asks for one.",
        )
    with opened() as services:
        added = services.ways_in.issue_token(owner=user, name=name, account=account, **given)
        _note(services, "connected", added)
    click.echo(f"added {added.name} ({added.method}, account {added.account_id}, {added.origin})", err=True)


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
    """Remove a connection. NetSuite keeps the token or certificate until it is revoked there; see revoke."""
    with opened() as services:
        chosen = _own(services, name, user)
        services.vault.remove_connection(chosen)
        _note(services, "connection_removed", chosen)
    click.echo(f"removed {chosen.name} of account {chosen.account_id}", err=True)


@connection.command()
@_NAME
@_USER
def revoke(name: str, user: str) -> None:
    """End a connection at NetSuite and destroy its credentials here; its name stays."""
    with opened() as services:
        chosen = _own(services, name, user)
        confirmed = services.ways_in.revoke(chosen)
        _note(services, "connection_revoked", chosen, "ok" if confirmed else "not revoked at NetSuite")
    click.echo(f"revoked {chosen.name} of account {chosen.account_id}", err=True)
    if not confirmed:
        click.echo("NetSuite has not confirmed it: an administrator revokes the token or certificate there", err=True)


@connection.command()
@_NAME
@click.option("--kind", type=click.Choice(["ec-p256", "rsa-3072", "rsa-4096"]), default="ec-p256", show_default=True)
@_USER
def rotate(name: str, kind: str, user: str) -> None:
    """Upload a new certificate, sign in with it, then take it in place of the old one.

    The role needs the permission Manage own OAuth 2.0 Client Credentials certificates. The old one is revoked.
    """
    with opened() as services:
        chosen = _own(services, name, user)
        changed = services.ways_in.rotate_certificate(chosen, kind)
        _note(services, "certificate_rotated", changed)
        unknown = services.ways_in.unknown_certificates(changed)
    click.echo(f"{changed.name} has a new certificate, good until {changed.certificate_expires_at:%Y-%m-%d}", err=True)
    for one in unknown:
        click.echo(
            f"alarm: NetSuite takes a certificate we did not make: {one.certificate_id}, role {one.role}", err=True
        )


@connection.command(name="rotate-by-itself")
@_NAME
@click.argument("switch", type=click.Choice(["on", "off"]))
@_USER
def rotate_by_itself(name: str, switch: str, user: str) -> None:
    """Let `connector serve` change the certificate by itself, from 30 days before its end. Off at first.

    The role needs the permission Manage own OAuth 2.0 Client Credentials certificates.
    """
    with opened() as services:
        chosen = _own(services, name, user)
        services.vault.own_rotation.switch(chosen, on=switch == "on")
        _note(services, f"own_rotation_{switch}", chosen)
    click.echo(f"{chosen.name} changes its certificate by itself: {switch}", err=True)


@connection.command(name="list")
@_USER
def list_connections(user: str) -> None:
    """Name every connection a user may use, a line each."""
    with opened() as services:
        for entry in visible(services.vault, user):
            used = f"{entry.last_used_at:%Y-%m-%d %H:%M}" if entry.last_used_at else "never"
            click.echo(
                f"{entry.name}\t{entry.account_id}\t{entry.method}\t{entry.owner}\t"
                f"created {entry.created_at:%Y-%m-%d %H:%M}\tlast used {used}\t{_condition(entry)}"
            )


def _condition(entry: Connection) -> str:
    """What keeps it from working, or until when it works by itself."""
    if entry.state != "enabled":
        return entry.state
    if entry.trouble is not None:
        return f"paused: {entry.trouble}"
    ends = entry.certificate_expires_at or entry.ends_at
    return f"good until {ends:%Y-%m-%d %H:%M}" if ends else "no end"


def _own(services: Services, name: str, user: str) -> Connection:
    return choose([entry for entry in visible(services.vault, user) if entry.owner == user], name)


def _note(services: Services, action: str, one: Connection, outcome: str = "ok") -> None:
    services.audit.add(
        actor=OPERATOR,
        action=action,
        subject=one.name,
        connection_id=one.id,
        account_id=one.account_id,
        outcome=outcome,
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
