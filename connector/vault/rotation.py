"""Key rotation: every data key wrapped anew under the primary key, and the check that every secret opens.

A batch is one short transaction, and what is done is marked by its key's id: killed at any moment, it goes on where it was.
The secrets themselves are not sealed anew; the key that seals each never changes hands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import (
    cached_answer,
    connection,
    hand_off,
    integration_record,
    oauth_grant,
    part_secret,
    secret,
)
from connector.errors import SettingError
from connector.vault.credential_fields import METHODS
from connector.vault.envelope import Envelope, Place, Sealed
from connector.vault.key_provider import KeyProvider
from connector.vault.pending_certificates import TABLE as PENDING_CERTIFICATE
from connector.vault.sealed_rows import full_origin

_BATCH = 100
_ORIGINS = {
    connection.name: connection,
    oauth_grant.name: connection,
    PENDING_CERTIFICATE: connection,
    integration_record.name: integration_record,
    hand_off.name: hand_off,
    part_secret.name: part_secret,
}
"""Whose `origin` stands in the associated data of a table's secrets; those of the others are never sent, and have none."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """So many data keys were wrapped anew, so many cannot be opened, so many secrets of rows that are gone were removed.

    The same of applications' hashes: made anew, and left since nothing tells the application.
    """

    rewrapped: int = 0
    unreadable: int = 0
    removed: int = 0
    fingerprints: int = 0
    fingerprints_left: int = 0


@dataclass(frozen=True, slots=True)
class Unopened:
    """A secret that does not open, by its place, and why."""

    table: str
    row: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many secrets open, by the id of the key around them, those that do not, and how many are of rows that are gone."""

    opened: dict[str, int]
    failed: tuple[Unopened, ...]
    leftovers: int


class KeyRotation:
    """Rotates and checks, beside a running service."""

    def __init__(self, database: Database, keys: KeyProvider) -> None:
        self._database = database
        self._keys = keys
        self._envelope = Envelope(keys)

    def rotate(self, *, batch: int = _BATCH, progress: Callable[[Rotated], None] | None = None) -> Rotated:
        """Bring everything under the primary key; `progress` hears of each batch after it is stored.

        What cannot be opened stays as it is and is counted. Twice is as good as once.
        """
        done, last = Rotated(removed=self._remove_leftovers()), ("", "", "")
        self._forget_answers()
        while True:
            with self._database.write() as transaction:
                rows = transaction.execute(self._of_other_keys(last, batch)).all()
                for row in rows:
                    done = self._rewrapped(transaction, row, done)
            if not rows:
                break
            last = (rows[-1].table_name, rows[-1].row_id, rows[-1].field)
            if progress is not None:
                progress(done)
        with self._database.write() as transaction:
            for record_id, account in self._hashed_by_others(transaction):
                done = self._hashed_anew(transaction, record_id, account, done)
        return done

    def check(self) -> Checked:
        """Open every secret once. Nothing of them is answered but whether they open."""
        opened: dict[str, int] = {}
        failed, leftovers = [], 0
        with self._database.read() as transaction:
            origins = _Origins(transaction)
            for row in transaction.execute(sa.select(secret).order_by(*secret.primary_key)):
                if origins.is_gone(row.table_name, row.row_id):
                    leftovers += 1
                    continue
                try:
                    self._open(row, origins)
                except SettingError as error:
                    failed.append(Unopened(row.table_name, row.row_id, row.field, error.message))
                else:
                    opened[row.key_id] = opened.get(row.key_id, 0) + 1
        return Checked(opened, tuple(failed), leftovers)

    def _forget_answers(self) -> None:
        """Answers of earlier questions are read anew more cheaply than they are wrapped anew."""
        with self._database.write() as transaction:
            transaction.execute(sa.delete(cached_answer).where(cached_answer.c.key_id != self._keys.primary_id))

    def _remove_leftovers(self) -> int:
        """Remove secrets whose row went with a user, a record or a connection."""
        removed = 0
        with self._database.write() as transaction:
            for name, table in _ORIGINS.items():
                gone = sa.delete(secret).where(
                    secret.c.table_name == name, secret.c.row_id.not_in(sa.select(table.c.id))
                )
                removed += transaction.execute(gone).rowcount
        return removed

    def _of_other_keys(self, last: tuple[str, str, str], batch: int) -> sa.Select[tuple[object, ...]]:
        after = sa.tuple_(*secret.primary_key) > sa.tuple_(*(sa.literal(part) for part in last))
        return (
            sa.select(secret)
            .where(secret.c.key_id != self._keys.primary_id, after)
            .order_by(*secret.primary_key)
            .limit(batch)
        )

    def _rewrapped(self, transaction: sa.Connection, row: sa.Row[tuple[object, ...]], done: Rotated) -> Rotated:
        try:
            material = self._keys.unwrap(row.key_id, row.wrapped_key)
        except SettingError:
            return replace(done, unreadable=done.unreadable + 1)
        place = {"table_name": row.table_name, "row_id": row.row_id, "field": row.field}
        transaction.execute(
            sa.update(secret)
            .filter_by(**place)
            .values(key_id=self._keys.primary_id, wrapped_key=self._keys.wrap(material))
        )
        return replace(done, rewrapped=done.rewrapped + 1)

    def _hashed_by_others(self, transaction: sa.Connection) -> list[tuple[str, str]]:
        primary = integration_record.c.application.startswith(f"{self._keys.primary_id}:", autoescape=True)
        query = sa.select(integration_record.c.id, integration_record.c.account_id).where(sa.not_(primary))
        return [(row.id, row.account_id) for row in transaction.execute(query)]

    def _hashed_anew(self, transaction: sa.Connection, record_id: str, account: str, done: Rotated) -> Rotated:
        """Hash an application under the primary key, where a secret tells which one it is."""
        application = next(self._applications(transaction, record_id), None)
        if application is None:
            return replace(done, fingerprints_left=done.fingerprints_left + 1)
        fingerprint = self._keys.fingerprints(application)[0]
        taken = transaction.scalar(
            sa.select(integration_record.c.id).filter_by(account_id=account, application=fingerprint)
        )
        if taken is not None:
            return replace(done, fingerprints_left=done.fingerprints_left + 1)
        transaction.execute(
            sa.update(integration_record).where(integration_record.c.id == record_id).values(application=fingerprint)
        )
        return replace(done, fingerprints=done.fingerprints + 1)

    def _applications(self, transaction: sa.Connection, record_id: str) -> Iterator[str]:
        """The client id or consumer key in the record's own secrets, or in those of a connection."""
        origins = _Origins(transaction)
        users = sa.select(connection.c.id).where(connection.c.integration_record_id == record_id)
        names = {method.application for method in METHODS.values()}
        query = sa.select(secret).where(
            secret.c.field.in_(names),
            sa.or_(
                sa.and_(secret.c.table_name == integration_record.name, secret.c.row_id == record_id),
                sa.and_(secret.c.table_name == connection.name, secret.c.row_id.in_(users)),
            ),
        )
        for row in transaction.execute(query).all():
            try:
                yield self._open(row, origins)
            except SettingError:
                continue

    def _open(self, row: sa.Row[tuple[object, ...]], origins: _Origins) -> str:
        place = Place(row.table_name, row.row_id, row.field, row.version, origins.of(row.table_name, row.row_id))
        return self._envelope.open(place, Sealed(row.key_id, row.wrapped_key, row.ciphertext))


class _Origins:
    """Where the secrets of each row may be sent, as it stands in the associated data."""

    def __init__(self, transaction: sa.Connection) -> None:
        self._of = {
            name: {
                row.id: _address(name, row.origin) for row in transaction.execute(sa.select(table.c.id, table.c.origin))
            }
            for name, table in _ORIGINS.items()
        }

    def is_gone(self, table: str, row: str) -> bool:
        """Whether a row that would have an origin is not there any more."""
        return table in self._of and row not in self._of[table]

    def of(self, table: str, row: str) -> str:
        """Empty for what is never sent, and for a row that is gone."""
        return self._of.get(table, {}).get(row, "")


def _address(table: str, origin: str | None) -> str:
    """As it stands in the associated data: a part's address as it is, which need not be one of HTTP."""
    if origin is None:
        return ""
    return origin if table == part_secret.name else full_origin(origin)
