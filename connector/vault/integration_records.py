"""Integration records: an application's identity in one NetSuite account, shared by the connections that use it."""

from __future__ import annotations

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import connection, integration_record, new_id, user_account
from connector.db.utc_time import utc_now
from connector.errors import SettingError
from connector.vault.authentication_options import AuthenticationOptions
from connector.vault.envelope import Envelope
from connector.vault.integration_record_rows import (
    ADMINISTRATOR,
    IntegrationRecord,
    RecordSecrets,
    checked_columns,
    record_of,
    seen_by,
    select_records,
)
from connector.vault.key_provider import KeyProvider
from connector.vault.names import checked_name
from connector.vault.sealed_rows import drop_secrets, full_origin, get_secrets, put_secrets
from connector.vault.user_accounts import ensure_user


class IntegrationRecords:
    """Adds, edits, lists and removes.

    A user sees the records they made, those an administrator made for all, and those their connections use. Who made
    one edits it, and so does an administrator.
    """

    def __init__(self, database: Database, keys: KeyProvider) -> None:
        self._database = database
        self._envelope = Envelope(keys)

    def add(
        self,
        *,
        owner: str,
        account_id: str,
        application: str,
        name: str,
        client_secret: str | None = None,
        origin: str | None = None,
        description: str = "",
        note: str = "",
        state: str = "enabled",
        options: AuthenticationOptions | None = None,
    ) -> IntegrationRecord:
        """Enter a record; the one of the same account and application where there is one.

        `application` is the consumer key or client id (NetSuite gives a record one value for both); a keyed hash of it
        is kept, and with an `origin` it is sealed for that address, `client_secret` too. With an origin a record that is
        there already is brought up to date. Raises SettingError (codes BAD_NAME, BAD_RECORD, RECORD_TAKEN, BAD_ADDRESS).
        """
        given = checked_columns(name=name, description=description, note=note, state=state, options=options)
        with self._database.write() as transaction:
            owner_id = ensure_user(transaction, owner)
            record_id = self.ensure(
                transaction, owner_id=owner_id, account_id=account_id, application=application, name=name
            )
            if origin is not None:
                if not self._may_edit(transaction, owner, record_id):
                    raise _taken()
                self._refuse_while_others_use(transaction, owner, record_id)
                self._seal(transaction, record_id, origin, RecordSecrets(application, client_secret))
                transaction.execute(_update(record_id).values(**given))
            return self._row(transaction, record_id)

    def edit(
        self,
        owner: str,
        record_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        note: str | None = None,
        state: str | None = None,
        options: AuthenticationOptions | None = None,
        account_id: str | None = None,
        origin: str | None = None,
        secrets: RecordSecrets | None = None,
    ) -> IntegrationRecord:
        """Change what is given. Another account or origin takes the secrets away, unless new ones come with it.

        Raises SettingError (codes NO_INTEGRATION_RECORD, INTEGRATION_RECORD_IN_USE, DUPLICATE_RECORD, BAD_NAME, BAD_RECORD).
        """
        given = checked_columns(name=name, description=description, note=note, state=state, options=options)
        with self._database.write() as transaction:
            if not self._may_edit(transaction, owner, record_id):
                raise _no_record()
            self._refuse_while_others_use(transaction, owner, record_id)
            before = self._row(transaction, record_id)
            account = before.account_id if account_id is None else checked_name(account_id, "The account id")
            address = before.origin if origin is None else str(origin)
            if account != before.account_id:
                self._refuse_while_used(transaction, record_id)
                given["account_id"] = account
            if (account, address) != (before.account_id, before.origin):
                drop_secrets(transaction, table=integration_record.name, row=record_id)
                given["origin"] = None
            if secrets is not None:
                if address is None:
                    raise SettingError(
                        "The secrets have no address they may be sent to.",
                        code="BAD_RECORD",
                        remedy="Give the account.",
                    )
                given["application"] = self._free_application(transaction, record_id, account, secrets.client_id)
            if given:
                transaction.execute(_update(record_id).values(**given))
            if secrets is not None and address is not None:
                self._seal(transaction, record_id, address, secrets)
            return self._row(transaction, record_id)

    def ensure(self, transaction: sa.Connection, *, owner_id: str, account_id: str, application: str, name: str) -> str:
        """The id of the record of this account and application, entered if new, in the caller's writing transaction."""
        account = checked_name(account_id, "The account id")
        prints = self._envelope.keys.fingerprints(application)
        known = transaction.scalar(
            sa.select(integration_record.c.id).where(
                integration_record.c.account_id == account, integration_record.c.application.in_(prints)
            )
        )
        if known is not None:
            # What an older key hashed goes over to the primary one, so the older one can be taken out of the ring.
            transaction.execute(_update(str(known)).values(application=prints[0]))
            return str(known)
        created = new_id()
        transaction.execute(
            sa.insert(integration_record).values(
                id=created,
                account_id=account,
                application=prints[0],
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
        query = (
            select_records().where(seen_by(owner)).order_by(integration_record.c.account_id, integration_record.c.name)
        )
        with self._database.read() as transaction:
            return [record_of(row) for row in transaction.execute(query).mappings()]

    def get(self, owner: str, record_id: str) -> IntegrationRecord:
        """One record. Raises SettingError (code NO_INTEGRATION_RECORD), also for one this user may not see."""
        with self._database.read() as transaction:
            row = (
                transaction.execute(select_records().where(seen_by(owner), integration_record.c.id == record_id))
                .mappings()
                .one_or_none()
            )
        if row is None:
            raise _no_record()
        return record_of(row)

    def by_id(self, record_id: str) -> IntegrationRecord:
        """One record, whoever made it: who may see it is for the caller to know. Raises as `get`."""
        with self._database.read() as transaction:
            return self._row(transaction, record_id)

    def secrets(self, record_id: str) -> RecordSecrets | None:
        """The record's own secrets, to be sent to its origin alone; None while it has none.

        Raises SettingError (codes NO_INTEGRATION_RECORD, VAULT_UNREADABLE).
        """
        with self._database.read() as transaction:
            record = self._row(transaction, record_id)
            if record.origin is None:
                return None
            values = get_secrets(
                transaction,
                self._envelope,
                table=integration_record.name,
                row=record_id,
                origin=full_origin(record.origin),
                version=_version(transaction, record_id),
            )
        return RecordSecrets(values["client_id"], values.get("client_secret")) if "client_id" in values else None

    def remove(self, owner: str, record_id: str) -> None:
        """Remove a record that this user made and no connection uses, with its secrets.

        Raises SettingError (codes NO_INTEGRATION_RECORD, INTEGRATION_RECORD_IN_USE).
        """
        with self._database.write() as transaction:
            if not self._may_edit(transaction, owner, record_id):
                raise _no_record()
            self._refuse_while_used(transaction, record_id)
            drop_secrets(transaction, table=integration_record.name, row=record_id)
            transaction.execute(sa.delete(integration_record).where(integration_record.c.id == record_id))

    def _seal(self, transaction: sa.Connection, record_id: str, origin: str, secrets: RecordSecrets) -> None:
        version = _version(transaction, record_id) + 1
        drop_secrets(transaction, table=integration_record.name, row=record_id)
        put_secrets(
            transaction,
            self._envelope,
            table=integration_record.name,
            row=record_id,
            origin=full_origin(origin),
            values={"client_id": secrets.client_id}
            | ({"client_secret": secrets.client_secret} if secrets.client_secret else {}),
            version=version,
        )
        transaction.execute(_update(record_id).values(origin=origin, version=version))

    def _free_application(self, transaction: sa.Connection, record_id: str, account: str, client_id: str) -> str:
        prints = self._envelope.keys.fingerprints(client_id)
        other = transaction.scalar(
            sa.select(integration_record.c.id).where(
                integration_record.c.account_id == account,
                integration_record.c.application.in_(prints),
                integration_record.c.id != record_id,
            )
        )
        if other is not None:
            raise SettingError(
                "Another integration record is of this account and application already.",
                code="DUPLICATE_RECORD",
                remedy="Edit that one; an application has one record in an account.",
            )
        return str(prints[0])

    @staticmethod
    def _may_edit(transaction: sa.Connection, owner: str, record_id: str) -> bool:
        made_by = transaction.scalar(
            sa.select(user_account.c.name)
            .join(integration_record, integration_record.c.created_by == user_account.c.id)
            .where(integration_record.c.id == record_id)
        )
        role = transaction.scalar(sa.select(user_account.c.role).where(user_account.c.name == owner.strip()))
        return made_by is not None and (made_by == owner.strip() or role == ADMINISTRATOR)

    @staticmethod
    def _refuse_while_others_use(transaction: sa.Connection, editor: str, record_id: str) -> None:
        """Who entered a record first does not thereby decide over the connections of others that came to use it."""
        role = transaction.scalar(sa.select(user_account.c.role).where(user_account.c.name == editor.strip()))
        others = (
            sa.select(sa.func.count())
            .select_from(connection.join(user_account, user_account.c.id == connection.c.owner_id))
            .where(connection.c.integration_record_id == record_id, user_account.c.name != editor.strip())
        )
        if role != ADMINISTRATOR and transaction.scalar(others):
            raise SettingError(
                "Connections of others use this integration record, so only an administrator may change it.",
                code="RECORD_USED_BY_OTHERS",
                remedy="Ask an administrator of this service; People shows who they are.",
            )

    @staticmethod
    def _refuse_while_used(transaction: sa.Connection, record_id: str) -> None:
        uses = sa.select(sa.func.count()).where(connection.c.integration_record_id == record_id)
        if transaction.scalar(uses):
            raise SettingError(
                "The integration record still has connections.",
                code="INTEGRATION_RECORD_IN_USE",
                remedy="Remove its connections first.",
            )

    @staticmethod
    def _row(transaction: sa.Connection, record_id: str) -> IntegrationRecord:
        row = transaction.execute(select_records().where(integration_record.c.id == record_id)).mappings().one_or_none()
        if row is None:
            raise _no_record()
        return record_of(row)


def _version(transaction: sa.Connection, record_id: str) -> int:
    return int(
        transaction.scalar(sa.select(integration_record.c.version).where(integration_record.c.id == record_id)) or 0
    )


def _update(record_id: str) -> sa.Update:
    return sa.update(integration_record).where(integration_record.c.id == record_id)


def _taken() -> SettingError:
    return SettingError(
        "This application was entered for this account by somebody else.",
        code="RECORD_TAKEN",
        remedy="Ask an administrator of this service to enter it: everyone can connect over an administrator's record.",
    )


def _no_record() -> SettingError:
    return SettingError(
        "There is no such integration record.",
        code="NO_INTEGRATION_RECORD",
        remedy="`connector connection list` shows the connections and the records they use.",
    )
