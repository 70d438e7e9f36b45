"""Signing in with a name, a password and, where it is on, a one-time code.

An unknown name, a wrong password and a blocked person get the same sentence after the same work: one Argon2 hash and one
line in the audit log. Whether codes are on is told to who gave the right password, and to nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from connector.audit.log import AuditLog
from connector.db.engine import Database
from connector.db.tables import user_account
from connector.errors import NotAllowedError
from connector.people.attempts import PER_ADDRESS, PER_NAME, PER_NAME_AND_ADDRESS, PER_PROOF, Attempts, Subject
from connector.people.passwords import Passwords
from connector.people.person import ACTIVE, Person, person_of, select_named
from connector.people.totp import Totp

_NOBODY = "unknown name"


class SignIn:
    """Checks who somebody is. Threads and processes share the limits."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        totp: Totp,
        audit: AuditLog,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._totp = totp
        self._audit = audit
        self._clock = clock
        self._attempts = Attempts(database, clock)

    def check(
        self, *, name: str, password: str, code: str | None, address: str, session_id: str | None = None
    ) -> Person:
        """The person who signs in, or with `session_id` the fresh proof of one who is signed in.

        Raises NotAllowedError: SIGN_IN_REFUSED; TOTP_NEEDED, only after the right password; TOO_MANY_ATTEMPTS with
        `retry_after`. What is refused stands in the audit log too, a name that nobody has as unknown.
        """
        action = "sign_in" if session_id is None else "proof"
        subjects = _subjects(name.strip(), address, session_id)
        self._attempts.begin(subjects)
        row = self._row(name)
        stored = None if row is None else row["password_hash"]
        right = self._passwords.matches(stored, password)
        if row is None or stored is None or not right or row["state"] != ACTIVE:
            raise self._refused(row, action, address)
        person = person_of(row)
        if person.has_totp:
            if not code:
                self._attempts.take_back(subjects)
                raise _code_needed()
            if not self._totp.check(person, code):
                raise self._refused(row, action, address)
        self._attempts.clear(subjects[0])
        self._attempts.take_back(subjects[1:])
        self._note(person, action, address)
        self._renew(person, stored, password)
        return person

    def _row(self, name: str) -> sa.RowMapping | None:
        with self._database.read() as transaction:
            return transaction.execute(select_named(name)).mappings().one_or_none()

    def _note(self, person: Person, action: str, address: str) -> None:
        mine = sa.update(user_account).where(user_account.c.id == person.id)
        with self._database.write() as transaction:
            transaction.execute(mine.values(signed_in_at=self._clock()))
            self._audit.add(actor=person.name, action=action, detail={"address": address}, transaction=transaction)

    def _renew(self, person: Person, stored: str, password: str) -> None:
        """Hash the password anew where its hash has other costs than today's."""
        if not self._passwords.is_dated(stored):
            return
        mine = sa.update(user_account).where(user_account.c.id == person.id, user_account.c.password_hash == stored)
        better = self._passwords.hash(password)
        with self._database.write() as transaction:
            transaction.execute(mine.values(password_hash=better))

    def _refused(self, row: sa.RowMapping | None, action: str, address: str) -> NotAllowedError:
        # What was typed is not kept: now and then it is a password.
        self._audit.add(
            actor=_NOBODY if row is None else row["name"],
            action=action,
            outcome="refused",
            detail={"address": address},
        )
        return NotAllowedError(
            "The name, the password or the code is not right.",
            code="SIGN_IN_REFUSED",
            remedy="Try again; an administrator can send a link for a new password, and take lost codes off.",
        )


def _subjects(name: str, address: str, session_id: str | None) -> list[Subject]:
    """What is counted; what is right forgets the failures of the first."""
    if session_id is not None:
        return [Subject("proof", f"{name} {session_id}", PER_PROOF)]
    return [
        Subject("name and address", f"{name} {address}", PER_NAME_AND_ADDRESS),
        Subject("address", address, PER_ADDRESS),
        Subject("name", name, PER_NAME),
    ]


def _code_needed() -> NotAllowedError:
    return NotAllowedError(
        "A one-time code is needed too.", code="TOTP_NEEDED", remedy="Give the six digits your authenticator shows."
    )
