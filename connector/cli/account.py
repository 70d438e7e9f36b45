"""`connector account`: when a NetSuite account may be asked: pauses, and quiet hours for background work."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from connector.cli.services import opened
from connector.netsuite.account import AccountId

_ACCOUNT = click.argument("account")


@click.group()
def account() -> None:
    """Pause a NetSuite account, and keep background work out of its busy hours."""


@account.command()
@_ACCOUNT
def pause(account: str) -> None:
    """Ask this account nothing more, until it is resumed."""
    realm = AccountId.parse(account).realm
    with opened() as services:
        services.pauses.pause(None, realm)
    click.echo(f"{realm} is paused", err=True)


@account.command()
@_ACCOUNT
def resume(account: str) -> None:
    """Let questions to this account through again."""
    realm = AccountId.parse(account).realm
    with opened() as services:
        services.pauses.resume(None, realm)
    click.echo(f"{realm} is asked again", err=True)


@account.group(name="quiet-hours")
def quiet_hours() -> None:
    """Times of day in which background work does not ask NetSuite; who asks in person still may."""


@quiet_hours.command(name="set")
@_ACCOUNT
@click.argument("spans")
@click.option("--zone", required=True, help="A time zone, for example Europe/Berlin or America/New_York.")
def set_hours(account: str, spans: str, zone: str) -> None:
    """Set the times, in place of those before: 22:00-06:00, several with commas."""
    realm = AccountId.parse(account).realm
    with opened() as services:
        hours = services.quiet_times.set(None, realm, spans=spans, zone=zone)
    click.echo(f"{realm} is quiet {hours} ({hours.zone.key})", err=True)


@quiet_hours.command()
@_ACCOUNT
def clear(account: str) -> None:
    """Let background work ask at any time again."""
    realm = AccountId.parse(account).realm
    with opened() as services:
        services.quiet_times.clear(None, realm)
    click.echo(f"{realm} has no quiet hours", err=True)


@quiet_hours.command(name="list")
def list_hours() -> None:
    """Name every account with quiet hours, a line each."""
    now = datetime.now(UTC)
    with opened() as services:
        for one in services.quiet_times.all().values():
            state = "quiet now" if one.hours.covers(now) else "not now"
            click.echo(f"{one.account_id}\t{one.hours}\t{one.hours.zone.key}\tset by {one.set_by}\t{state}")
