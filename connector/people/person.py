"""A person of this service, as everybody here may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import sqlalchemy as sa

from connector.db.tables import user_account
from connector.errors import NotAllowedError, SettingError
from connector.vault.user_accounts import WORKSPACE, named

Role = Literal["administrator", "author", "reader"]
ADMINISTRATOR: Role = "administrator"
READER: Role = "reader"
ACTIVE, BLOCKED = "active", "blocked"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with a name here. `state` is active or blocked; without a password nobody can sign in as them yet."""

    id: str
    name: str
    email: str | None
    role: str
    state: str
    created_at: datetime
    signed_in_at: datetime | None
    has_password: bool
    has_totp: bool


def select_people() -> sa.Select[tuple[object, ...]]:
    """All people; the workspace, which owns what is everyone's, is none."""
    return sa.select(user_account).where(user_account.c.name != WORKSPACE)


def select_named(name: str) -> sa.Select[tuple[object, ...]]:
    """The person of this name."""
    return select_people().where(named(name))


def person_of(row: sa.RowMapping) -> Person:
    """The person in a row of `select_people`."""
    return Person(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        role=row["role"],
        state=row["state"],
        created_at=row["created_at"],
        signed_in_at=row["signed_in_at"],
        has_password=row["password_hash"] is not None,
        has_totp=row["totp_step"] is not None,
    )


def person_with(transaction: sa.Connection, person_id: str) -> Person:
    """The person of this id as they are now. Raises SettingError (code UNKNOWN_PERSON)."""
    mine = user_account.c.id == person_id if person_id.isprintable() else sa.false()
    row = transaction.execute(select_people().where(mine)).mappings().one_or_none()
    if row is None:
        raise unknown_person()
    return person_of(row)


def checked_role(text: str) -> str:
    """The role. Raises SettingError (code BAD_ROLE)."""
    if text not in get_args(Role):
        raise SettingError(
            f"{text[:60]!a} is not a role.", code="BAD_ROLE", remedy=f"Give one of {', '.join(get_args(Role))}."
        )
    return text


def unknown_person() -> SettingError:
    """The error for a name or an id that nobody here has."""
    return SettingError("There is no such person.", code="UNKNOWN_PERSON", remedy="People lists everyone by name.")


def role_needed(role: str) -> NotAllowedError:
    """The error for somebody whose role is not enough."""
    return NotAllowedError(
        f"Your role ({role}) does not allow this.",
        code="ROLE_NEEDED",
        remedy="Ask an administrator of this service; People shows who they are.",
    )
