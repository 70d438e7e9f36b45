"""Integration records: an application's identity in one NetSuite account, shared by the connections that use it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import connection, integration_record, new_id, user_account
from connector.db.utc_time import utc_now
from connector.errors import SettingError
from connector.settings import MasterKey
from connector.vault.key_ring import KeyRing
from connector.vault.names import checked_name
from connector.vault.user_accounts import ensure_user


@dataclass(frozen=True, slots=True)
class IntegrationRecord:
    """A record as we keep it; the credentials it issued stand with its connections."""

    id: str
    account_id: str
    name: str
    description: str
    state: str
    note: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None


class IntegrationRecords:
    """Adds, lists and removes. A user sees the records they made and those their connections use."""

    def __init__(self, database: Database, ring: KeyRing) -> None:
        self._database = database
        self._ring = ring

    def add(self, *, owner: str, account_id: str, application: str, name: str) -> IntegrationRecord:
        """Enter a record; the one of the same account and application where there is one.

        `application` is the consumer key or client id (NetSuite gives a record one value for both); a keyed hash of it
        is kept. Raises SettingError (code BAD_NAME).
        """
        with self._database.write() as transaction:
            record_id = self.ensure(
                transaction,
                owner_id=ensure_user(transaction, owner),
                account_id=account_id,
                application=application,
                name=name,
            )
            return _record(transaction.execute(_select().where(integration_record.c.id == record_id)).mappings().one())

    def ensure(self, transaction: sa.Connection, *, owner_id: str, account_id: str, application: str, name: str) -> str:
        """As `add`, inside the caller's writing transaction. Answers the id."""
        account = checked_name(account_id, "The account id")
        digests = [_digest(key, application) for key in self._ring]
        known = transaction.scalar(
            sa.select(integration_record.c.id).where(
                integration_record.c.account_id == account, integration_record.c.application.in_(digests)
            )
        )
        if known is not None:
            # What an older key hashed goes over to the primary one, so the older one can be taken out of the ring.
            transaction.execute(
                sa.update(integration_record).where(integration_record.c.id == known).values(application=digests[0])
            )
            return str(known)
        created = new_id()
        transaction.execute(
            sa.insert(integration_record).values(
                id=created,
                account_id=account,
                application=digests[0],
                name=checked_name(name, "The integration record's name"),
                description="",
                state="enabled",
                note="",
                created_at=utc_now(),
                created_by=owner_id,
            )
        )
        return created

    def list(self, owner: str) -> list[IntegrationRecord]:
        """The records this user may see, by account and name."""
        query = _select().where(_seen_by(owner)).order_by(integration_record.c.account_id, integration_record.c.name)
        with self._database.read() as transaction:
            return [_record(row) for row in transaction.execute(query).mappings()]

    def get(self, owner: str, record_id: str) -> IntegrationRecord:
        """One record. Raises SettingError (code NO_INTEGRATION_RECORD), also for one this user may not see."""
        with self._database.read() as transaction:
            row = (
                transaction.execute(_select().where(_seen_by(owner), integration_record.c.id == record_id))
                .mappings()
                .one_or_none()
            )
        if row is None:
            raise _no_record()
        return _record(row)

    def remove(self, owner: str, record_id: str) -> None:
        """Remove a record that this user made and no connection uses.

        Raises SettingError (codes NO_INTEGRATION_RECORD, INTEGRATION_RECORD_IN_USE).
        """
        with self._database.write() as transaction:
            made_by = transaction.scalar(
                sa.select(user_account.c.name).join(integration_record).where(integration_record.c.id == record_id)
            )
            if made_by is None or made_by != owner.strip():
                raise _no_record()
            uses = sa.select(sa.func.count()).where(connection.c.integration_record_id == record_id)
            if transaction.scalar(uses):
                raise SettingError(
                    "The integration record still has connections.",
                    code="INTEGRATION_RECORD_IN_USE",
                    remedy="Remove its connections first.",
                )
            transaction.execute(sa.delete(integration_record).where(integration_record.c.id == record_id))


def _digest(key: MasterKey, application: str) -> str:
    """Key id and keyed hash: the database alone cannot try applications out."""
    hash_key = hmac.digest(key.material, b"nsquery application hash", hashlib.sha256)
    return f"{key.key_id}:{hmac.digest(hash_key, application.encode(), hashlib.sha256).hex()}"


def _select() -> sa.Select[tuple[object, ...]]:
    return sa.select(integration_record, user_account.c.name.label("maker")).join(
        user_account, user_account.c.id == integration_record.c.created_by
    )


def _seen_by(owner: str) -> sa.ColumnElement[bool]:
    user = sa.select(user_account.c.id).where(user_account.c.name == owner.strip()).scalar_subquery()
    used = sa.select(connection.c.integration_record_id).where(connection.c.owner_id == user)
    return sa.or_(integration_record.c.created_by == user, integration_record.c.id.in_(used))


def _record(line: sa.RowMapping) -> IntegrationRecord:
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
    )


def _no_record() -> SettingError:
    return SettingError(
        "There is no such integration record.",
        code="NO_INTEGRATION_RECORD",
        remedy="`connector connection list` shows the connections and the records they use.",
    )
