"""The people of this service: the first administrator, invitations, roles, and their leaving.

Each act is written to the audit log in its own transaction: there is none without its event.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from connector.audit.log import AuditLog
from connector.db.engine import Database
from connector.db.tables import new_id, user_account
from connector.db.utc_time import utc_now
from connector.errors import NotAllowedError, SettingError
from connector.people import invitations
from connector.people.leaving import erase, hand_over
from connector.people.passwords import Passwords, checked_password
from connector.people.person import (
    ACTIVE,
    ADMINISTRATOR,
    BLOCKED,
    READER,
    Person,
    checked_role,
    person_of,
    person_with,
    role_needed,
    select_named,
    select_people,
    unknown_person,
)
from connector.people.sessions import end_sessions
from connector.vault.user_accounts import OPERATOR, WORKSPACE, checked_person_name, ensure_user, user_id

_LONGEST_EMAIL = 254


class People:
    """Everyone here. Threads and processes meet at the database.

    `actor` is the administrator who acts; None is whoever sits at the server's command line. Raises NotAllowedError
    (code ROLE_NEEDED) for anybody else, also where they were an administrator until a moment ago.
    """

    def __init__(
        self,
        database: Database,
        audit: AuditLog,
        clock: Callable[[], datetime] = utc_now,
        passwords: Passwords | None = None,
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._passwords = passwords or Passwords()

    def needs_set_up(self) -> bool:
        """Whether nobody can sign in as an administrator."""
        with self._database.read() as transaction:
            return not _administrators(transaction)

    def setup_token(self) -> str | None:
        """A fresh token for the first administrator, good once within the hour; None where there is one already."""
        with self._database.write() as transaction:
            if _administrators(transaction):
                return None
            self._note(transaction, None, "setup_token_made")
            return invitations.new_setup(transaction, self._clock())

    def set_up(self, token: str, *, name: str, password: str) -> Person:
        """Make the first administrator; of two at once one is first.

        Raises NotAllowedError (code INVITATION_OVER), SettingError (BAD_NAME, BAD_USER), CallerError (BAD_PASSWORD); then
        the token is as good as before.
        """
        chosen = checked_person_name(name)
        checked_password(password, chosen)
        with self._database.read() as transaction:
            invitations.refuse_unless_setup(transaction, self._clock(), token)
        hashed = self._passwords.hash(password)
        with self._database.write() as transaction:
            invitations.take_setup(transaction, self._clock(), token)
            if _administrators(transaction):
                raise _is_set_up()
            person_id = ensure_user(transaction, chosen)
            _change(transaction, person_id, role=ADMINISTRATOR, state=ACTIVE, password_hash=hashed)
            invitations.drop(transaction, person_id)
            person = person_with(transaction, person_id)
            self._note(transaction, person, "set_up")
        return person

    def invite(self, actor: Person | None, *, name: str, email: str | None = None, role: str) -> str:
        """A token for a link, good once within seven days. For somebody who is here it sets a new password.

        Who has a password keeps role and address. Raises SettingError (codes BAD_NAME, BAD_USER, BAD_ROLE, BAD_EMAIL),
        NotAllowedError (PERSON_BLOCKED).
        """
        chosen, given = checked_person_name(name), {"email": _checked_email(email), "role": checked_role(role)}
        with self._database.write() as transaction:
            self._refuse_unless_administrator(transaction, actor)
            person_id = user_id(transaction, chosen)
            if person_id is None:
                person_id = new_id()
                row = {"id": person_id, "name": chosen, "created_at": self._clock(), **given}
                transaction.execute(sa.insert(user_account).values(**row))
            person = person_with(transaction, person_id)
            if person.state == BLOCKED:
                raise NotAllowedError(
                    f"{person.name} is blocked.", code="PERSON_BLOCKED", remedy="Unblock them first, in People."
                )
            if not person.has_password:
                _change(transaction, person_id, **given)
            self._note(transaction, actor, "invited", person_with(transaction, person_id))
            return invitations.new_invitation(transaction, self._clock(), person_id)

    def invitation(self, token: str) -> Person:
        """Who was invited with this token. Raises NotAllowedError (code INVITATION_OVER)."""
        with self._database.read() as transaction:
            return person_with(transaction, invitations.invited(transaction, self._clock(), token))

    def accept(self, token: str, *, password: str) -> Person:
        """Set the password of who was invited; of two at once one is first. Their sessions end.

        One-time codes stay on: who has them signs in with the new password and a code. Raises NotAllowedError (code
        INVITATION_OVER), CallerError (BAD_PASSWORD); then the token is as good as before.
        """
        checked_password(password, self.invitation(token).name)
        hashed = self._passwords.hash(password)
        with self._database.write() as transaction:
            person_id = invitations.take_invitation(transaction, self._clock(), token)
            _change(transaction, person_id, password_hash=hashed)
            end_sessions(transaction, person_id)
            person = person_with(transaction, person_id)
            self._note(transaction, person, "join", person)
        return person

    def find(self, name: str) -> Person:
        """The person of this name. Raises SettingError (code UNKNOWN_PERSON)."""
        with self._database.read() as transaction:
            row = transaction.execute(select_named(name)).mappings().one_or_none()
        if row is None:
            raise unknown_person()
        return person_of(row)

    def get(self, person_id: str) -> Person:
        """The person of this id. Raises SettingError (code UNKNOWN_PERSON)."""
        with self._database.read() as transaction:
            return person_with(transaction, person_id)

    def change_role(self, actor: Person | None, person: Person, role: str) -> None:
        """Give somebody another role. Raises SettingError (code BAD_ROLE), NotAllowedError (LAST_ADMINISTRATOR)."""
        checked_role(role)
        with self._database.write() as transaction:
            self._refuse_unless_administrator(transaction, actor)
            if role != ADMINISTRATOR:
                _refuse_the_last(transaction, person)
            _change(transaction, person.id, role=role)
            self._note(transaction, actor, "person_role", person, role=role)

    def block(self, actor: Person | None, person: Person) -> None:
        """End somebody's sessions, tokens and shares at once; what they own stays.

        Raises NotAllowedError (code LAST_ADMINISTRATOR).
        """
        with self._database.write() as transaction:
            self._refuse_unless_administrator(transaction, actor)
            _refuse_the_last(transaction, person)
            _change(transaction, person.id, state=BLOCKED)
            end_sessions(transaction, person.id)
            invitations.drop(transaction, person.id)
            self._note(transaction, actor, "person_block", person)

    def unblock(self, actor: Person | None, person: Person) -> None:
        """Let somebody in again, with the tokens they had."""
        with self._database.write() as transaction:
            self._refuse_unless_administrator(transaction, actor)
            _change(transaction, person.id, state=ACTIVE)
            self._note(transaction, actor, "person_unblock", person)

    def erase(self, actor: Person | None, person: Person) -> None:
        """Remove somebody with their sessions, tokens, devices, and the connections they still own with the secrets.

        Their name stays in the audit log, as long as that is kept. Raises NotAllowedError (code LAST_ADMINISTRATOR).
        """
        with self._database.write() as transaction:
            self._refuse_unless_administrator(transaction, actor)
            person_with(transaction, person.id)
            _refuse_the_last(transaction, person)
            stays = actor is not None and actor.id != person.id
            heir = actor.id if actor is not None and stays else ensure_user(transaction, WORKSPACE)
            self._note(transaction, actor, "person_erase", person, connections=erase(transaction, person.id, heir))

    def transfer(self, actor: Person | None, from_person: Person, to_person: Person) -> None:
        """Give somebody's connections and integration records to an active author or administrator.

        Raises NotAllowedError (codes PERSON_BLOCKED, ROLE_NEEDED of the new owner), SettingError (UNKNOWN_PERSON).
        """
        with self._database.write() as transaction:
            self._refuse_unless_administrator(transaction, actor)
            person_with(transaction, from_person.id)
            to = person_with(transaction, to_person.id)
            if to.state != ACTIVE or to.role == READER:
                raise NotAllowedError(
                    f"{to.name} cannot own a connection: {'blocked' if to.state != ACTIVE else 'a reader'}.",
                    code="PERSON_BLOCKED" if to.state != ACTIVE else "ROLE_NEEDED",
                    remedy="Choose an active author or administrator.",
                )
            if to.id != from_person.id:
                count = hand_over(transaction, from_person.id, to.id, from_person.name)
                self._note(transaction, actor, "person_transfer", from_person, connections=count, to=to.name)

    def list(self) -> list[Person]:
        """Everyone, by name."""
        with self._database.read() as transaction:
            return [
                person_of(row) for row in transaction.execute(select_people().order_by(user_account.c.name)).mappings()
            ]

    @staticmethod
    def _refuse_unless_administrator(transaction: sa.Connection, actor: Person | None) -> None:
        if actor is None:
            return
        now = person_with(transaction, actor.id)
        if now.role != ADMINISTRATOR or now.state != ACTIVE:
            raise role_needed(now.role)

    def _note(
        self,
        transaction: sa.Connection,
        actor: Person | None,
        action: str,
        subject: Person | None = None,
        **detail: object,
    ) -> None:
        self._audit.add(
            actor=OPERATOR if actor is None else actor.name,
            action=action,
            subject="" if subject is None else subject.name,
            detail=detail,
            transaction=transaction,
        )


def _administrators(transaction: sa.Connection) -> set[str]:
    """The ids of those who can sign in as administrators."""
    able = sa.select(user_account.c.id).where(
        user_account.c.role == ADMINISTRATOR,
        user_account.c.state == ACTIVE,
        user_account.c.password_hash.is_not(None),
    )
    return set(transaction.scalars(able))


def _refuse_the_last(transaction: sa.Connection, person: Person) -> None:
    if _administrators(transaction) == {person.id}:
        raise NotAllowedError(
            f"{person.name} is the last administrator.",
            code="LAST_ADMINISTRATOR",
            remedy="Make somebody else an administrator first, who has a password.",
        )


def _change(transaction: sa.Connection, person_id: str, **values: object) -> None:
    """Raises SettingError (code UNKNOWN_PERSON)."""
    changed = transaction.execute(sa.update(user_account).where(user_account.c.id == person_id).values(**values))
    if changed.rowcount != 1:
        raise unknown_person()


def _checked_email(text: str | None) -> str | None:
    """An address in its outline; whether mail arrives there only mail can tell. Raises SettingError (code BAD_EMAIL)."""
    address = (text or "").strip()
    if not address:
        return None
    name, at, host = address.rpartition("@")
    plain = address.isprintable() and not any(sign.isspace() for sign in address)
    if len(address) > _LONGEST_EMAIL or not (name and at and host) or not plain:
        raise SettingError("This is not an e-mail address.", code="BAD_EMAIL", remedy="Give it as name@example.com.")
    return address


def _is_set_up() -> NotAllowedError:
    return NotAllowedError(
        "There is an administrator already.", code="INVITATION_OVER", remedy="Sign in, or ask them for a link."
    )
