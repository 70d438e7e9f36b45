"""An integration record as it stands in its row, who may see it, and the check of what is written there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from connector.db.tables import connection, integration_record, user_account
from connector.errors import SettingError
from connector.vault.authentication_options import STATES, AuthenticationOptions, checked_options
from connector.vault.names import checked_name

ADMINISTRATOR = "administrator"
_LONGEST_TEXT = 4_000
_OPTIONS = tuple(AuthenticationOptions.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class IntegrationRecord:
    """A record without its secrets; `origin` is the only address they may be sent to, None where it has none."""

    id: str
    account_id: str
    name: str
    description: str
    state: str
    note: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    origin: str | None = None
    options: AuthenticationOptions = field(default_factory=AuthenticationOptions)


@dataclass(frozen=True, slots=True, repr=False)
class RecordSecrets:
    """Client id (NetSuite's consumer key) and client secret; a public client has none."""

    client_id: str
    client_secret: str | None

    def __repr__(self) -> str:
        return "RecordSecrets(…)"


def checked_columns(
    *,
    name: str | None,
    description: str | None,
    note: str | None,
    state: str | None,
    options: AuthenticationOptions | None,
) -> dict[str, object]:
    """The columns of what is given. Raises SettingError (codes BAD_NAME, BAD_RECORD)."""
    if state is not None and state not in STATES:
        raise SettingError(
            "The state is none of NetSuite's.", code="BAD_RECORD", remedy=f"Give one of {', '.join(STATES)}."
        )
    texts = {"description": description, "note": note}
    for what, text in texts.items():
        if text is not None and (
            len(text) > _LONGEST_TEXT or not text.replace("\n", "").replace("\r", "").isprintable()
        ):
            raise SettingError(
                f"The {what} is too long, or has a character that cannot be printed.",
                code="BAD_RECORD",
                remedy=f"Give up to {_LONGEST_TEXT} printable characters.",
            )
    columns: dict[str, object] = {what: text for what, text in texts.items() if text is not None}
    if name is not None:
        columns["name"] = checked_name(name, "The integration record's name")
    if state is not None:
        columns["state"] = state
    if options is not None:
        checked = checked_options(options)
        columns |= {option: getattr(checked, option) for option in _OPTIONS} | {"scopes": " ".join(checked.scopes)}
    return columns


def select_records() -> sa.Select[tuple[object, ...]]:
    """All records with the names of those who made them."""
    return sa.select(integration_record, user_account.c.name.label("maker")).join(
        user_account, user_account.c.id == integration_record.c.created_by
    )


def seen_by(owner: str) -> sa.ColumnElement[bool]:
    """Those a user made, those an administrator made, and those the user's connections use."""
    user = sa.select(user_account.c.id).where(user_account.c.name == owner.strip()).scalar_subquery()
    used = sa.select(connection.c.integration_record_id).where(connection.c.owner_id == user)
    return sa.or_(
        integration_record.c.created_by == user,
        integration_record.c.id.in_(used),
        sa.and_(user_account.c.role == ADMINISTRATOR, user.is_not(None)),
    )


def record_of(line: sa.RowMapping) -> IntegrationRecord:
    """The record in a row of `select_records`."""
    options = {option: line[option] for option in _OPTIONS} | {"scopes": tuple(line["scopes"].split())}
    return IntegrationRecord(
        id=line["id"],
        account_id=line["account_id"],
        name=line["name"],
        description=line["description"],
        state=line["state"],
        note=line["note"],
        created_at=line["created_at"],
        created_by=line["maker"],
        last_used_at=line["last_used_at"],
        origin=line["origin"],
        options=AuthenticationOptions(**options),
    )
