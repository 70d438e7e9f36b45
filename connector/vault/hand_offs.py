"""Hand-offs: a page for the administrator who uploads a certificate in NetSuite and gives two ids back, once.

The link's token is kept as a hash, the private key sealed; the page shows neither. A link is as good as the right it was
made with: it ends with a person who was blocked or became a reader, with a connection that was handed on, revoked or given
other credentials meanwhile.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import connection, new_id, secret, user_account
from connector.db.tables import hand_off as table
from connector.errors import NotAllowedError
from connector.vault.envelope import Envelope
from connector.vault.names import checked_name
from connector.vault.sealed_rows import drop_secrets, full_origin, get_secrets, put_secrets
from connector.vault.user_accounts import WORKSPACE, ensure_user, named

LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewHandOff:
    """What is handed over, for `user` by `made_by`, where that is somebody else.

    `connection_id` names the connection that changes its way in, in the version it has, where it is not a new one.
    """

    user: str
    account_id: str
    origin: str
    connection_name: str
    certificate: str
    certificate_expires_at: datetime
    private_key: str = field(repr=False)
    connection_id: str | None = None
    connection_version: int | None = None
    made_by: str | None = None


@dataclass(frozen=True, slots=True)
class HandOff:
    """A hand-off as its page shows it: the certificate in PEM, and no secret."""

    id: str
    user: str
    made_by: str
    account_id: str
    origin: str
    connection_id: str | None
    connection_version: int | None
    connection_name: str
    certificate: str
    certificate_expires_at: datetime
    created_at: datetime
    expires_at: datetime


class HandOffs:
    """Makes, shows and takes back. Threads and processes meet at the database."""

    def __init__(self, database: Database, envelope: Envelope, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._envelope = envelope
        self._clock = clock

    def begin(self, new: NewHandOff) -> tuple[HandOff, str]:
        """Keep it for seven days. Answers it and the link's token, which is never shown again."""
        token, row_id, now = secrets.token_urlsafe(32), new_id(), self._clock()
        with self._database.write() as transaction:
            self._forget_old(transaction, now)
            transaction.execute(
                sa.insert(table).values(
                    id=row_id,
                    hash=_hash(token),
                    user_id=ensure_user(transaction, new.user),
                    account_id=new.account_id,
                    origin=new.origin,
                    connection_id=new.connection_id,
                    connection_version=new.connection_version,
                    connection_name=checked_name(new.connection_name, "The connection's name"),
                    made_by=new.made_by or new.user,
                    certificate=new.certificate,
                    certificate_expires_at=new.certificate_expires_at,
                    created_at=now,
                    expires_at=now + LASTS,
                )
            )
            put_secrets(
                transaction,
                self._envelope,
                table=table.name,
                row=row_id,
                origin=full_origin(new.origin),
                values={"private_key": new.private_key},
            )
            row = transaction.execute(_select().where(table.c.id == row_id)).mappings().one()
            return _hand_off(row), token

    def view(self, token: str) -> HandOff:
        """What the page of this link shows. Raises NotAllowedError (code HAND_OFF_OVER) once it is used or over."""
        with self._database.read() as transaction:
            return self._good(transaction, token)

    def _good(self, transaction: sa.Connection, token: str) -> HandOff:
        row = transaction.execute(_select().where(table.c.hash == _hash(token))).mappings().one_or_none()
        if row is None or row["used_at"] is not None or row["expires_at"] <= self._clock():
            raise _over()
        if not _is_still_right(transaction, row):
            raise _over()
        return _hand_off(row)

    @contextmanager
    def taking(self, token: str) -> Iterator[tuple[HandOff, str]]:
        """The hand-off and its private key, to be used inside; of two at once one is first.

        It is used up where the block ends well; after an exception it can be used again. A process that dies inside uses
        it up. Raises NotAllowedError (code HAND_OFF_OVER).
        """
        with self._database.write() as transaction:
            found = self._good(transaction, token)
            taken = transaction.execute(
                sa.update(table).where(table.c.id == found.id, table.c.used_at.is_(None)).values(used_at=self._clock())
            )
            if taken.rowcount != 1:
                raise _over()
            key = get_secrets(
                transaction, self._envelope, table=table.name, row=found.id, origin=full_origin(found.origin)
            ).get("private_key", "")
        try:
            yield found, key
        except BaseException:
            with self._database.write() as transaction:
                transaction.execute(sa.update(table).where(table.c.id == found.id).values(used_at=None))
            raise
        with self._database.write() as transaction:
            drop_secrets(transaction, table=table.name, row=found.id)

    @staticmethod
    def _forget_old(transaction: sa.Connection, now: datetime) -> None:
        transaction.execute(sa.delete(table).where(table.c.expires_at <= now))
        # Also those that went with a user or a connection.
        transaction.execute(
            sa.delete(secret).where(secret.c.table_name == table.name, secret.c.row_id.not_in(sa.select(table.c.id)))
        )


def _is_still_right(transaction: sa.Connection, row: sa.RowMapping) -> bool:
    """Whether its maker could make it now: active, no reader, and it is still theirs to change."""
    maker = transaction.execute(sa.select(user_account).where(named(row["made_by"]))).one_or_none()
    is_workspace = row["made_by"] == WORKSPACE
    if not is_workspace and (maker is None or maker.state != "active" or maker.role == "reader"):
        return False
    is_administrator = is_workspace or (maker is not None and maker.role == "administrator")
    owner = row["user"]
    if row["connection_id"] is not None:
        of = sa.select(connection.c.version, user_account.c.name).join(user_account)
        now = transaction.execute(of.where(connection.c.id == row["connection_id"])).one_or_none()
        if now is None or now.version != row["connection_version"]:
            return False
        owner = now.name
    is_theirs = owner.casefold() == row["made_by"].casefold()
    return is_theirs or (owner == WORKSPACE and is_administrator)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _select() -> sa.Select[tuple[object, ...]]:
    return sa.select(table, user_account.c.name.label("user")).join(user_account)


def _hand_off(row: sa.RowMapping) -> HandOff:
    return HandOff(**{name: row[name] for name in HandOff.__dataclass_fields__})


def _over() -> NotAllowedError:
    return NotAllowedError(
        "This hand-off is not known, was used, is older than seven days, or the right it was made with has ended.",
        code="HAND_OFF_OVER",
        remedy="Ask the person who sent the link for a new one.",
    )
