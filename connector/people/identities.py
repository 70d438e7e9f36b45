"""Which identity of the sign-in provider is which person here: issuer and subject, never an e-mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from connector.audit.log import AuditLog
from connector.db.engine import Database
from connector.db.tables import sign_in_identity as table
from connector.db.tables import user_account
from connector.db.utc_time import utc_now
from connector.errors import NotAllowedError, SettingError
from connector.people.openid_provider import Identity
from connector.people.person import ACTIVE, Person, person_of, select_people


class Identities:
    """Links, finds and unlinks. Threads and processes meet at the database."""

    def __init__(self, database: Database, audit: AuditLog, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def link(self, person: Person, identity: Identity) -> None:
        """Let this identity sign in as a person. Raises SettingError (code IDENTITY_TAKEN)."""
        with self._database.write() as transaction:
            whose = transaction.scalar(sa.select(table.c.user_id).where(*_of(identity)))
            if whose == person.id:
                return
            if whose is not None:
                raise SettingError(
                    "Somebody else here signs in with this identity.",
                    code="IDENTITY_TAKEN",
                    remedy="They take it off on their own page first, or you sign in at the provider as yourself.",
                )
            transaction.execute(
                sa.insert(table).values(
                    issuer=identity.issuer, subject=identity.subject, user_id=person.id, created_at=self._clock()
                )
            )
            self._audit.add(
                actor=person.name, action="identity_linked", subject=identity.issuer[:100], transaction=transaction
            )

    def unlink(self, person: Person) -> None:
        """Take a person's identities off."""
        with self._database.write() as transaction:
            gone = transaction.execute(sa.delete(table).where(table.c.user_id == person.id))
            if gone.rowcount:
                self._audit.add(actor=person.name, action="identity_unlinked", transaction=transaction)

    def of(self, person: Person) -> list[Identity]:
        """A person's identities."""
        with self._database.read() as transaction:
            rows = transaction.execute(sa.select(table).where(table.c.user_id == person.id))
            return [Identity(row.issuer, row.subject) for row in rows]

    def sign_in(self, identity: Identity, address: str, *, only: Person | None = None) -> Person:
        """The person who came with this identity; with `only` it has to be that one. Raises NotAllowedError."""
        query = select_people().join(table, table.c.user_id == user_account.c.id).where(*_of(identity))
        with self._database.read() as transaction:
            row = transaction.execute(query).mappings().one_or_none()
        action = "sign_in" if only is None else "proof"
        if row is None or row["state"] != ACTIVE or (only is not None and row["id"] != only.id):
            self._audit.add(
                actor="unknown identity" if row is None else row["name"],
                action=action,
                outcome="refused",
                detail={"address": address, "by": "oidc"},
            )
            raise NotAllowedError(
                "Nobody here signs in with this identity, or the person is blocked.",
                code="UNKNOWN_IDENTITY",
                remedy="Sign in with your password and link it on your own page, Account; an e-mail alone links nobody.",
            )
        person = person_of(row)
        with self._database.write() as transaction:
            mine = sa.update(user_account).where(user_account.c.id == person.id)
            transaction.execute(mine.values(signed_in_at=self._clock()))
            self._audit.add(
                actor=person.name, action=action, detail={"address": address, "by": "oidc"}, transaction=transaction
            )
        return person


def _of(identity: Identity) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.issuer == identity.issuer, table.c.subject == identity.subject
