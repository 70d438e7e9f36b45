"""Passkeys: a key pair in somebody's device that proves possession and, by finger, face or PIN, the person (WebAuthn level 3).

A challenge is derived from a random cookie of the browser, is good for five minutes and once, for all processes. Who signs
in tells the key's own id; user verification is asked for, so a passkey stands for both factors.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from connector.audit.log import AuditLog
from connector.db.engine import Database
from connector.db.tables import new_id, passkey_challenge, user_account
from connector.db.tables import passkey as table
from connector.db.utc_time import utc_now
from connector.errors import NotAllowedError
from connector.people.person import ACTIVE, Person, person_of, select_people

_LASTS = timedelta(minutes=5)
_LONGEST = 20_000
_MOST = 20
_NAME = "NSQuery"


@dataclass(frozen=True, slots=True)
class Site:
    """The service as a browser knows it: the host that keys are made for, and the origin they are used at."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as it is listed."""

    id: str
    label: str
    created_at: datetime
    last_used_at: datetime | None


class Passkeys:
    """Makes, checks, lists and removes. Threads and processes meet at the database."""

    def __init__(self, database: Database, audit: AuditLog, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def new_cookie(self) -> str:
        """The cookie of one attempt; its challenge is good for five minutes and once."""
        cookie, now = secrets.token_urlsafe(32), self._clock()
        with self._database.write() as transaction:
            transaction.execute(sa.delete(passkey_challenge).where(passkey_challenge.c.expires_at <= now))
            transaction.execute(sa.insert(passkey_challenge).values(hash=_hash(cookie), expires_at=now + _LASTS))
        return cookie

    def ask_for_new(self, person: Person, site: Site, cookie: str) -> str:
        """The options of `navigator.credentials.create`, as JSON."""
        known = [PublicKeyCredentialDescriptor(id=one) for one in self._credential_ids(person)]
        return options_to_json(
            generate_registration_options(
                rp_id=site.host,
                rp_name=_NAME,
                user_id=person.id.encode(),
                user_name=person.name,
                challenge=_challenge(cookie),
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED,
                    user_verification=UserVerificationRequirement.REQUIRED,
                ),
                exclude_credentials=known,
            )
        )

    def add(self, person: Person, site: Site, cookie: str, credential: str, label: str) -> None:
        """Keep what the browser made. Raises NotAllowedError (code PASSKEY_REFUSED)."""
        self._use_up(cookie)
        try:
            made = verify_registration_response(
                credential=_short(credential),
                expected_challenge=_challenge(cookie),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError) as error:
            raise _refused() from error
        with self._database.write() as transaction:
            held = transaction.scalar(sa.select(sa.func.count()).where(table.c.user_id == person.id)) or 0
            taken = transaction.scalar(sa.select(table.c.id).where(table.c.credential_id == made.credential_id))
            if held >= _MOST or taken is not None:
                raise _refused()
            transaction.execute(
                sa.insert(table).values(
                    id=new_id(),
                    user_id=person.id,
                    credential_id=made.credential_id,
                    public_key=made.credential_public_key,
                    sign_count=made.sign_count,
                    label=label[:100] or "passkey",
                    created_at=self._clock(),
                )
            )
            self._audit.add(actor=person.name, action="passkey_added", subject=label[:100], transaction=transaction)

    def ask_for_known(self, site: Site, cookie: str) -> str:
        """The options of `navigator.credentials.get`, as JSON; whose key it is tells the key."""
        return options_to_json(
            generate_authentication_options(
                rp_id=site.host,
                challenge=_challenge(cookie),
                user_verification=UserVerificationRequirement.REQUIRED,
            )
        )

    def check(self, site: Site, cookie: str, credential: str, address: str, *, only: Person | None = None) -> Person:
        """Whose passkey signed the challenge; with `only` it has to be that person's. Raises NotAllowedError."""
        self._use_up(cookie)
        action = "sign_in" if only is None else "proof"
        row = None
        try:
            asked = parse_authentication_credential_json(_short(credential))
            row = self._row(asked.raw_id)
            if row is None or row["state"] != ACTIVE or (only is not None and row["user_id"] != only.id):
                raise _refused()
            signed = verify_authentication_response(
                credential=asked,
                expected_challenge=_challenge(cookie),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=row["public_key"],
                credential_current_sign_count=row["sign_count"],
                require_user_verification=True,
            )
            self._count(row["passkey_id"], row["sign_count"], signed.new_sign_count)
        except (WebAuthnException, ValueError, TypeError, KeyError, NotAllowedError) as error:
            self._audit.add(
                actor="unknown passkey" if row is None else row["name"],
                action=action,
                outcome="refused",
                detail={"address": address, "by": "passkey"},
            )
            raise _refused() from error
        person = person_of(row)
        self._audit.add(actor=person.name, action=action, detail={"address": address, "by": "passkey"})
        return person

    def of(self, person: Person) -> list[Passkey]:
        """A person's passkeys, the oldest first."""
        query = sa.select(table).where(table.c.user_id == person.id).order_by(table.c.created_at)
        with self._database.read() as transaction:
            return [Passkey(row.id, row.label, row.created_at, row.last_used_at) for row in transaction.execute(query)]

    def remove(self, person: Person, passkey_id: str) -> None:
        """Take one of a person's own off; of nobody else's anything is known."""
        with self._database.write() as transaction:
            gone = transaction.execute(sa.delete(table).where(table.c.id == passkey_id, table.c.user_id == person.id))
            if gone.rowcount:
                self._audit.add(actor=person.name, action="passkey_removed", transaction=transaction)

    def _use_up(self, cookie: str) -> None:
        mine = passkey_challenge.c.hash == _hash(cookie), passkey_challenge.c.expires_at > self._clock()
        with self._database.write() as transaction:
            if not transaction.execute(sa.delete(passkey_challenge).where(*mine)).rowcount:
                raise _refused()

    def _credential_ids(self, person: Person) -> list[bytes]:
        with self._database.read() as transaction:
            return list(transaction.scalars(sa.select(table.c.credential_id).where(table.c.user_id == person.id)))

    def _row(self, credential_id: bytes) -> sa.RowMapping | None:
        query = (
            select_people()
            .add_columns(table.c.id.label("passkey_id"), table.c.user_id, table.c.public_key, table.c.sign_count)
            .join(table, table.c.user_id == user_account.c.id)
            .where(table.c.credential_id == credential_id)
        )
        with self._database.read() as transaction:
            return transaction.execute(query).mappings().one_or_none()

    def _count(self, passkey_id: str, before: int, now: int) -> None:
        """Of two at once that show one count, one is a copy: the later one is refused."""
        ours = table.c.id == passkey_id, table.c.sign_count == before
        with self._database.write() as transaction:
            changed = transaction.execute(
                sa.update(table).where(*ours).values(sign_count=now, last_used_at=self._clock())
            )
            if not changed.rowcount:
                raise _refused()


def _challenge(cookie: str) -> bytes:
    return hmac.digest(cookie.encode("utf-8", "surrogatepass"), b"challenge", "sha256")


def _hash(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).digest()


def _short(credential: str) -> str:
    if len(credential) > _LONGEST:
        raise ValueError("longer than any passkey's answer")
    return credential


def _refused() -> NotAllowedError:
    return NotAllowedError(
        "This passkey was not taken: it is not known here, was made for another address, or its answer is too old.",
        code="PASSKEY_REFUSED",
        remedy="Try again; or sign in with your password, and look at your passkeys on your own page, Account.",
    )
