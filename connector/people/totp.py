"""One-time codes of an authenticator (RFC 6238): six digits, thirty seconds, none taken twice.

The secret is sealed in the vault. One that waits to be confirmed is shown again for a while, so that a mistyped code
needs no new picture; from then on it is never shown.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pyotp
import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import user_account
from connector.db.utc_time import utc_now
from connector.errors import CallerError
from connector.people.person import Person, person_with
from connector.vault.envelope import Envelope
from connector.vault.sealed_rows import drop_secrets, get_secrets, put_secrets

_ISSUER = "NSQuery"
_SHOWN = timedelta(minutes=15)
_STEPS = (0, -1, 1)  # RFC 6238 section 5.2: one step for the way, and a clock that is slow or fast
_DIGITS = 6
_FIELD, _WAITING = "totp", "totp_waiting"


class Totp:
    """Enrols, confirms, checks and resets. Threads and processes meet at the database."""

    def __init__(self, database: Database, envelope: Envelope, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._envelope = envelope
        self._clock = clock

    def enrol(self, person: Person) -> str:
        """The `otpauth://` address to be shown as a picture; it holds the secret. Raises CallerError (code TOTP_IS_ON)."""
        now = self._clock()
        with self._database.write() as transaction:
            self._refuse_if_on(transaction, person)
            made, _, secret = self._secrets(transaction, person.id).get(_WAITING, "").partition(" ")
            if not secret or now - datetime.fromisoformat(made) > _SHOWN:
                secret = pyotp.random_base32()
                self._put(transaction, person.id, {_WAITING: f"{now.isoformat()} {secret}"})
        return pyotp.TOTP(secret).provisioning_uri(name=person.name, issuer_name=_ISSUER)

    def confirm(self, person: Person, code: str) -> None:
        """Turn codes on with the first one. Raises CallerError (codes BAD_CODE, TOTP_IS_ON)."""
        with self._database.write() as transaction:
            self._refuse_if_on(transaction, person)
            made, _, secret = self._secrets(transaction, person.id).get(_WAITING, "").partition(" ")
            in_time = secret and self._clock() - datetime.fromisoformat(made) <= _SHOWN
            step = self._step(secret, code, after=-1) if in_time else None
            if step is None:
                raise CallerError(
                    "The code is not right.",
                    code="BAD_CODE",
                    remedy="Give the six digits your authenticator shows now; check that the phone sets its clock itself.",
                )
            self._put(transaction, person.id, {_FIELD: secret})
            transaction.execute(sa.update(user_account).where(user_account.c.id == person.id).values(totp_step=step))

    def check(self, person: Person, code: str) -> bool:
        """Whether this is the code of this half minute, or of one beside it, that was not taken before. It is taken now."""
        with self._database.write() as transaction:
            last = transaction.scalar(sa.select(user_account.c.totp_step).where(user_account.c.id == person.id))
            secret = self._secrets(transaction, person.id).get(_FIELD)
            step = None if last is None or secret is None else self._step(secret, code, after=last)
            if step is not None:
                transaction.execute(
                    sa.update(user_account).where(user_account.c.id == person.id).values(totp_step=step)
                )
        return step is not None

    def reset(self, person: Person) -> None:
        """Turn codes off for somebody who lost them: for an administrator, or the server's command line.

        Raises SettingError (code UNKNOWN_PERSON).
        """
        with self._database.write() as transaction:
            person_with(transaction, person.id)
            drop_secrets(transaction, table=user_account.name, row=person.id)
            transaction.execute(sa.update(user_account).where(user_account.c.id == person.id).values(totp_step=None))

    def _step(self, secret: str, code: str, *, after: int) -> int | None:
        """The step of a right code later than `after`; every step is compared."""
        digits = code.replace(" ", "")
        if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()):
            return None
        totp = pyotp.TOTP(secret)
        now = totp.timecode(self._clock())
        found = [now + near for near in _STEPS if hmac.compare_digest(totp.generate_otp(now + near), digits)]
        return next((step for step in found if step > after), None)

    @staticmethod
    def _refuse_if_on(transaction: sa.Connection, person: Person) -> None:
        if person_with(transaction, person.id).has_totp:
            raise CallerError(
                "One-time codes are on already.",
                code="TOTP_IS_ON",
                remedy="An administrator takes them off in People; then they can be turned on with another device.",
            )

    def _secrets(self, transaction: sa.Connection, person_id: str) -> Mapping[str, str]:
        return get_secrets(transaction, self._envelope, table=user_account.name, row=person_id, origin="")

    def _put(self, transaction: sa.Connection, person_id: str, values: Mapping[str, str]) -> None:
        drop_secrets(transaction, table=user_account.name, row=person_id)
        put_secrets(transaction, self._envelope, table=user_account.name, row=person_id, origin="", values=values)
