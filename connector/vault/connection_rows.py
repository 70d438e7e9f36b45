"""A connection as it stands in its row, without its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from connector.core.quiet_hours import QuietHours
from connector.db.tables import (
    account_pause,
    account_quiet_hours,
    connection_share,
    integration_record,
    oauth_grant,
    user_account,
)
from connector.db.tables import connection as table


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection without its secrets. `origin` is the only address they may be sent to.

    `version` counts the credentials it has had. `trouble` says why it does not work at the moment, `record_state` whether
    its integration record does; `ends_at` is when a consent ends whatever is refreshed, `certificate_expires_at` when a
    certificate does.
    """

    id: str
    name: str
    owner: str
    integration_record_id: str
    account_id: str
    method: str
    origin: str
    role: str | None
    entity: str | None
    state: str
    created_at: datetime
    last_used_at: datetime | None
    created_by: str | None = None
    certificate_expires_at: datetime | None = None
    ends_at: datetime | None = None
    version: int = 1
    trouble: str | None = None
    record_state: str = "enabled"
    paused_by: str | None = None
    rotates_certificate: bool = False
    quiet_spans: str | None = None
    quiet_zone: str | None = None

    def is_quiet(self, at: datetime) -> bool:
        """Whether background work leaves its account alone at this moment."""
        if self.quiet_spans is None or self.quiet_zone is None:
            return False
        return QuietHours.parse(self.quiet_spans, self.quiet_zone).covers(at)


def select_connections() -> sa.Select[tuple[object, ...]]:
    """All connections with their owners, accounts and the ends of their consents."""
    return (
        sa.select(
            table,
            user_account.c.name.label("owner"),
            integration_record.c.account_id,
            oauth_grant.c.ends_at,
            integration_record.c.state.label("record_state"),
            account_pause.c.paused_by,
            account_quiet_hours.c.spans.label("quiet_spans"),
            account_quiet_hours.c.time_zone.label("quiet_zone"),
        )
        .join(user_account, user_account.c.id == table.c.owner_id)
        .join(integration_record, integration_record.c.id == table.c.integration_record_id)
        .outerjoin(oauth_grant, oauth_grant.c.connection_id == table.c.id)
        .outerjoin(account_pause, account_pause.c.account_id == integration_record.c.account_id)
        .outerjoin(account_quiet_hours, account_quiet_hours.c.account_id == integration_record.c.account_id)
    )


def shared_with(user: str) -> sa.ColumnElement[bool]:
    """Shared with the user of this name, by an owner who may still sign in; for `select_connections`."""
    reader = user_account.alias("reader")
    shares = (
        sa.select(connection_share.c.connection_id)
        .join(reader, reader.c.id == connection_share.c.user_id)
        .where(reader.c.name == user.strip())
    )
    return sa.and_(table.c.id.in_(shares), user_account.c.state != "blocked")


def connection_of(line: sa.RowMapping) -> Connection:
    """The connection in a row of `select_connections`."""
    return Connection(**{name: line[name] for name in Connection.__dataclass_fields__})
