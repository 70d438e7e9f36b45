"""`connector people`: who is here, and what only the server's own command line may do when nobody can sign in."""

from __future__ import annotations

from typing import get_args

import click

from connector.cli.services import opened
from connector.errors import SettingError
from connector.people.person import Role
from connector.vault.user_accounts import OPERATOR


@click.group()
def people() -> None:
    """People who sign in to the console."""


@people.command(name="list")
def list_people() -> None:
    """Name everyone, a line each."""
    with opened() as services:
        for one in services.people.list():
            factor = "password and code" if one.has_totp else "password" if one.has_password else "no password"
            seen = f"{one.signed_in_at:%Y-%m-%d %H:%M}" if one.signed_in_at else "never"
            click.echo(f"{one.name}\t{one.role}\t{one.state}\t{factor}\tsigned in {seen}\t{one.email or ''}")


@people.command()
@click.option(
    "--name", required=True, help="Who it is; for somebody who is here already, the link sets a new password."
)
@click.option("--email", help="Where mail reaches them.")
@click.option("--role", type=click.Choice(get_args(Role)), default="author", show_default=True)
def invite(name: str, email: str | None, role: str) -> None:
    """Print a link with which somebody sets their password. It is good once, for seven days."""
    with opened() as services:
        token = services.people.invite(None, name=name, email=email, role=role)
        address = services.settings.public_url or ""
    click.echo(f"{address}/join/{token}")
    if not address:
        click.echo("Put this service's address before it; CONNECTOR_PUBLIC_URL does so.", err=True)
    click.echo("Send it by a way you trust. It is shown this once.", err=True)


@people.command(name="reset-totp")
@click.option("--name", required=True, help="Who lost their authenticator.")
def reset_totp(name: str) -> None:
    """Take one-time codes off for somebody; their password stays."""
    with opened() as services:
        someone = services.people.find(name)
        services.totp.reset(someone)
        services.audit.add(actor=OPERATOR, action="second_factor_off", subject=someone.name)
    click.echo(f"{someone.name} signs in with the password alone until they turn codes on again", err=True)


@people.command(name="setup-token")
def setup_token() -> None:
    """Print a token for the first administrator. It is good once, for an hour."""
    with opened() as services:
        token = services.people.setup_token()
        address = services.settings.public_url or ""
    if token is None:
        raise SettingError(
            "There is an administrator already.",
            code="IS_SET_UP",
            remedy="`connector people invite --name NAME` makes a link for a new password.",
        )
    click.echo(token)
    click.echo(f"Give it at {address}/setup of this service.", err=True)
