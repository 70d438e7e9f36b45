"""`connector vault`: bring every secret under a new key, and check that every secret opens."""

from __future__ import annotations

import sys

import click

from connector.cli.services import opened
from connector.errors import SettingError
from connector.vault.part_secrets import part_origin
from connector.vault.rotation import Rotated
from connector.vault.user_accounts import OPERATOR

_LONGEST_INPUT = 10_000


@click.group()
def vault() -> None:
    """The stored credentials and the keys that seal them."""


@vault.command()
@click.option("--batch", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Secrets a transaction.")
def rotate(batch: int) -> None:
    """Wrap every data key anew under the first key of CONNECTOR_KEYS or keys.txt.

    It runs beside the service. Stopped at any moment, even by kill -9, it goes on where it was when it is run again.
    docs/operations.md has the whole procedure.
    """

    def tell(done: Rotated) -> None:
        click.echo(f"{done.rewrapped} wrapped anew", err=True)

    with opened() as services:
        done = services.vault.rotation.rotate(batch=batch, progress=tell)
        checked = services.vault.rotation.check()
    click.echo(f"wrapped anew: {done.rewrapped}")
    click.echo(f"applications hashed anew: {done.fingerprints}")
    if done.removed:
        click.echo(f"removed, since their rows are gone: {done.removed}")
    for key_id, count in sorted(checked.opened.items()):
        click.echo(f"under key {key_id}: {count}")
    if done.fingerprints_left:
        click.echo(
            f"{done.fingerprints_left} integration records without credentials are known by an older key: enter their "
            "client ids again before that key goes.",
            err=True,
        )
    if done.unreadable:
        raise _unopened(done.unreadable)


@vault.command()
def check() -> None:
    """Open every stored secret once and count them by key; nothing of them is printed."""
    with opened() as services:
        checked = services.vault.rotation.check()
    for key_id, count in sorted(checked.opened.items()):
        click.echo(f"under key {key_id}: {count}")
    for one in checked.failed:
        click.echo(f"does not open: {one.table} {one.row} {one.field}: {one.reason}", err=True)
    if checked.failed:
        raise _unopened(len(checked.failed))
    click.echo(f"all {sum(checked.opened.values())} open")


@vault.command(name="set")
@click.argument("name")
def set_secret(name: str) -> None:
    """Take a secret of the service's own from standard input, in place of the one before.

    NAME is smtp (the password of CONNECTOR_SMTP_URL) or audit-webhook (the key that signs what goes to
    CONNECTOR_AUDIT_WEBHOOK; `openssl rand -hex 32` makes one), or oidc (the client secret of CONNECTOR_OIDC_ISSUER). It
    belongs to that address and is never shown again.
    """
    with opened() as services:
        origin = part_origin(services.settings, name)
        value = sys.stdin.read(_LONGEST_INPUT).rstrip("\r\n")
        services.vault.part_secrets.put(name, value, origin=origin)
        services.audit.add(actor=OPERATOR, action="part_secret_set", subject=name)
    click.echo(f"{name} is sealed for {origin}", err=True)


@vault.command()
@click.argument("name")
def forget(name: str) -> None:
    """Remove a secret of the service's own."""
    with opened() as services:
        services.vault.part_secrets.drop(name)
        services.audit.add(actor=OPERATOR, action="part_secret_dropped", subject=name)
    click.echo(f"{name} is gone", err=True)


def _unopened(count: int) -> SettingError:
    return SettingError(
        f"{count} stored secrets do not open.",
        code="VAULT_UNREADABLE",
        remedy="Put the key that sealed them back beside the new one (`connector vault check` names each); or restore keys and "
        "database from copies of one time; or enter those credentials again.",
    )
