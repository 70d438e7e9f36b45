"""`connector audit`: the audit log, read, exported and verified on the server."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from connector.audit.event import canonical_json
from connector.cli.services import opened
from connector.destinations.whole_file import whole_file
from connector.errors import CallerError, ConnectorError
from connector.vault.user_accounts import OPERATOR

_DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def audit() -> None:
    """Who did what: credentials, grants, shares, people, queries."""


@audit.command(name="list")
@click.option("--actor", help="Who did it.")
@click.option("--action", help="What was done, for example sign_in.")
@click.option("--connection", "connection_id", help="The id of the connection.")
@click.option("--since", type=_DAY, help="From this day (UTC) on.")
@click.option("--until", type=_DAY, help="Before this day (UTC).")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
def list_events(
    *,
    actor: str | None,
    action: str | None,
    connection_id: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> None:
    """Show the newest events first, a line each."""
    with opened() as services:
        events = services.audit.list(
            actor=actor,
            action=action,
            connection_id=connection_id,
            since=_utc(since),
            until=_utc(until),
            limit=limit,
        )
    for one in events:
        click.echo(
            f"{one.sequence}\t{one.at:%Y-%m-%d %H:%M:%S}\t{one.actor}\t{one.action}\t{one.subject}\t"
            f"{one.account_id or ''}\t{one.outcome}\t{canonical_json(one.detail)}"
        )


@audit.command()
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not at all."
)
def export(output: Path | None) -> None:
    """Write every event as a line of JSON with its hash, the oldest first."""
    with opened() as services:
        if output is None:
            services.audit.export(lambda line: click.echo(line, nl=False))
            return
        with whole_file(output) as part, part.open("w", encoding="ascii", newline="\n") as file:
            services.audit.export(file.write)


@audit.command()
@click.option("--anchor", "anchors", multiple=True, help="SEQUENCE:HASH, kept elsewhere earlier; again for each.")
def verify(anchors: tuple[str, ...]) -> None:
    """Compute every hash again. Prints the newest event's SEQUENCE:HASH, to be kept elsewhere."""
    with opened() as services:
        try:
            verdict = services.audit.verify(anchors)
        except ValueError as error:
            raise CallerError(
                "An anchor is not SEQUENCE:HASH.", code="BAD_ANCHOR", remedy="Give what this command printed earlier."
            ) from error
    if not verdict.ok:
        raise ConnectorError(
            f"The audit log is broken at event {verdict.first_broken}; {verdict.events} before it are right.",
            code="AUDIT_BROKEN",
            remedy="Somebody changed the database. Compare it with a copy and with what was exported earlier.",
        )
    click.echo(verdict.head)
    click.echo(f"{verdict.events} events, none altered, none missing", err=True)


@audit.command()
@click.option("--before", required=True, type=_DAY, help="Remove the events before this day (UTC).")
def cut(before: datetime) -> None:
    """Remove old events; the chain of the rest stays whole, and the cut is written down."""
    with opened() as services:
        count = services.audit.cut(before.replace(tzinfo=UTC), actor=OPERATOR)
    click.echo(f"removed {count} events", err=True)


def _utc(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)
