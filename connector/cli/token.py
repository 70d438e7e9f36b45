"""`connector token`: tokens for clients of the HTTP API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from connector.accounts import WORKSPACE, choose, visible
from connector.cli.services import opened
from connector.errors import SettingError
from connector.vault.api_tokens import ApiToken
from connector.vault.user_accounts import OPERATOR


@click.group()
def token() -> None:
    """Tokens with which spreadsheets and programs ask this service."""


@token.command()
@click.option("--user", required=True, help="Whose questions these are.")
@click.option("--label", default="", help="What it is for.")
@click.option("--days", type=click.IntRange(1, 730), help="Good for so many days; without it until it is revoked.")
@click.option("--connection", "connections", multiple=True, help="For this connection alone; again for each one more.")
@click.option("--library-only", is_flag=True, help="For saved queries alone.")
def create(user: str, label: str, days: int | None, connections: tuple[str, ...], *, library_only: bool) -> None:
    """Make a token and print it once, alone on standard output."""
    if user == WORKSPACE or not user.strip():
        raise SettingError(f"{user!r} is not a user's name.", code="BAD_USER", remedy="Choose another --user.")
    with opened() as services:
        usable = visible(services.vault, user) if connections else []
        text = services.tokens.create(
            user,
            label=label,
            expires=None if days is None else datetime.now(UTC) + timedelta(days=days),
            connection_ids=[choose(usable, name).id for name in connections] or None,
            library_only=library_only,
        )
        services.audit.add(actor=OPERATOR, action="token_created", subject=user, detail={"kind": "api"})
    click.echo(text)
    click.echo("This token is shown once. Send it as Authorization: Bearer.", err=True)


@token.command(name="list")
@click.option("--user", required=True, help="Whose tokens.")
def list_tokens(user: str) -> None:
    """Name a user's tokens, a line each, the newest first."""
    with opened() as services:
        tokens = services.tokens.list(user)
    now = datetime.now(UTC)
    for one in tokens:
        ended = "revoked" if one.revoked_at else "expired" if one.expires_at and one.expires_at <= now else "holds"
        used = f"{one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "never"
        until = f"{one.expires_at:%Y-%m-%d}" if one.expires_at else "no end"
        click.echo(
            f"{one.id}\t{one.prefix}\t{one.kind}\t{one.label}\t{ended}\t{until}\t"
            f"created {one.created_at:%Y-%m-%d %H:%M}\tlast used {used}\t{_scope(one)}"
        )


@token.command()
@click.option("--user", required=True, help="Whose token.")
@click.option("--id", "token_id", help="The token, as `connector token list` names it.")
@click.option("--all", "every", is_flag=True, help="All of the user's tokens.")
def revoke(user: str, token_id: str | None, every: bool) -> None:
    """End a token at once."""
    if (token_id is None) is not every:
        raise click.UsageError("Give either --id ID or --all.")
    with opened() as services:
        if token_id is None:
            count = services.tokens.revoke_all(user)
        else:
            services.tokens.revoke(user, token_id)
            count = 1
        services.audit.add(
            actor=OPERATOR, action="token_revoked", subject=token_id or user, detail={"user": user, "tokens": count}
        )
    click.echo(f"revoked {count}", err=True)


def _scope(one: ApiToken) -> str:
    connections = "all connections" if one.connection_ids is None else f"{len(one.connection_ids)} connections"
    return f"{connections}, library queries only" if one.library_only else connections
