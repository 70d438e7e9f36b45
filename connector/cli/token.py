"""`connector token`: tokens for clients of the HTTP API."""

from __future__ import annotations

import click

from connector.accounts import WORKSPACE
from connector.cli.services import opened
from connector.errors import SettingError


@click.group()
def token() -> None:
    """Tokens with which spreadsheets and programs ask this service."""


@token.command()
@click.option("--user", required=True, help="Whose questions these are.")
def create(user: str) -> None:
    """Make a token and print it once, alone on standard output."""
    if user == WORKSPACE or not user.strip():
        raise SettingError(f"{user!r} is not a user's name.", code="BAD_USER", remedy="Choose another --user.")
    with opened() as services:
        click.echo(services.tokens.create(user))
    click.echo("This token is shown once. Send it as Authorization: Bearer.", err=True)
