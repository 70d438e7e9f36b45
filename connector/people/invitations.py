"""Links that are good once: for the first administrator, for somebody new, for a new password.

Functions on the caller's transaction; who takes a link marks it used there, so that of two at once one is first.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.db.tables import invitation as table
from connector.errors import NotAllowedError
from connector.people.one_time_tokens import hashed, new_token

SETUP_LASTS = timedelta(hours=1)
INVITATION_LASTS = timedelta(days=7)
_SETUP, _INVITE = "setup", "invite"


def new_setup(transaction: sa.Connection, now: datetime) -> str:
    """A token for the first administrator. Each process prints one; all are good until one is used."""
    return _new(transaction, now, _SETUP, None, SETUP_LASTS)


def new_invitation(transaction: sa.Connection, now: datetime, person_id: str) -> str:
    """A token for this person; the ones they had before are worth nothing now."""
    drop(transaction, person_id)
    return _new(transaction, now, _INVITE, person_id, INVITATION_LASTS)


def drop(transaction: sa.Connection, person_id: str) -> None:
    """Take back what this person was sent."""
    transaction.execute(sa.delete(table).where(table.c.user_id == person_id))


def refuse_unless_setup(transaction: sa.Connection, now: datetime, token: str) -> None:
    """Raises NotAllowedError (code INVITATION_OVER)."""
    if transaction.execute(sa.select(table.c.hash).where(_open(now, token, _SETUP))).first() is None:
        raise _over()


def invited(transaction: sa.Connection, now: datetime, token: str) -> str:
    """The id of who was invited. Raises NotAllowedError (code INVITATION_OVER)."""
    person_id = transaction.scalar(sa.select(table.c.user_id).where(_open(now, token, _INVITE)))
    if person_id is None:
        raise _over()
    return str(person_id)


def take_setup(transaction: sa.Connection, now: datetime, token: str) -> None:
    """Use a setup token up, and with it all others. Raises NotAllowedError (code INVITATION_OVER)."""
    _take(transaction, now, token, _SETUP)
    transaction.execute(sa.delete(table).where(table.c.purpose == _SETUP, table.c.used_at.is_(None)))


def take_invitation(transaction: sa.Connection, now: datetime, token: str) -> str:
    """Use an invitation up. Answers the id of who was invited. Raises NotAllowedError (code INVITATION_OVER)."""
    person_id = invited(transaction, now, token)
    _take(transaction, now, token, _INVITE)
    return person_id


def _new(transaction: sa.Connection, now: datetime, purpose: str, person_id: str | None, lasts: timedelta) -> str:
    transaction.execute(sa.delete(table).where(table.c.expires_at <= now))
    token = new_token()
    transaction.execute(
        sa.insert(table).values(
            hash=hashed(token), purpose=purpose, user_id=person_id, created_at=now, expires_at=now + lasts
        )
    )
    return token


def _take(transaction: sa.Connection, now: datetime, token: str, purpose: str) -> None:
    if transaction.execute(sa.update(table).where(_open(now, token, purpose)).values(used_at=now)).rowcount != 1:
        raise _over()


def _open(now: datetime, token: str, purpose: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.hash == hashed(token),
        table.c.purpose == purpose,
        table.c.used_at.is_(None),
        table.c.expires_at > now,
    )


def _over() -> NotAllowedError:
    return NotAllowedError(
        "This link or token is not known, was used, or is too old.",
        code="INVITATION_OVER",
        remedy="Ask an administrator for a new link: People > Invite. For the first administrator, "
        "`connector people setup-token` on the server prints a new token.",
    )
