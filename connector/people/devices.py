"""Devices: the device authorization grant (RFC 8628) for Excel, Sheets and the command line.

The device shows a code that a person types; no link carries it, so nobody can be sent one to click. What the device says
of itself is shown beside its address and the code's age, for the person who was sent a code by mail.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

import sqlalchemy as sa

from connector.audit.event import short_text
from connector.audit.log import AuditLog
from connector.db.engine import Database
from connector.db.tables import device_code as table
from connector.db.tables import new_id
from connector.db.utc_time import utc_now
from connector.errors import CallerError, SettingError
from connector.people.attempts import PER_DEVICE_CODE, Attempts, Subject, too_many_attempts
from connector.people.one_time_tokens import hashed, new_token
from connector.people.person import ACTIVE, Person, person_with
from connector.vault.api_tokens import ApiTokens, scope_of, scope_text

DeviceKind = Literal["excel", "sheets", "cli"]
LASTS = timedelta(minutes=10)
TOKEN_LASTS = timedelta(days=365)
_INTERVAL = 5
_SLOWER = 5  # RFC 8628 section 3.5: 5 seconds more for each slow_down
_SIGNS = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628 section 6.1: no vowels, so no words
_HALF = 4
_MOST_WAITING = 50


@dataclass(frozen=True, slots=True)
class DeviceAuthorization:
    """What a device gets: the code it asks with, the code it shows, and two spans in seconds."""

    device_code: str = field(repr=False)
    user_code: str = field(repr=False)
    expires_in: int
    interval: int


@dataclass(frozen=True, slots=True)
class PendingDevice:
    """A device that waits for somebody's word. `label` is what it calls itself, `address` where it asked from."""

    kind: str
    label: str
    address: str
    age: timedelta


class Devices:
    """Begins, shows, decides and hands out. Threads and processes meet at the database."""

    def __init__(
        self, database: Database, tokens: ApiTokens, audit: AuditLog, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._audit = audit
        self._clock = clock
        self._attempts = Attempts(database, clock)

    def begin(self, *, kind: str, label: str, address: str) -> DeviceAuthorization:
        """Codes for a device.

        Raises SettingError (code BAD_TOKEN_KIND), NotAllowedError (TOO_MANY_ATTEMPTS where too many wait from one address).
        """
        if kind not in get_args(DeviceKind):
            raise SettingError(
                f"{kind[:60]!a} is not a kind of device.",
                code="BAD_TOKEN_KIND",
                remedy=f"Give one of {', '.join(get_args(DeviceKind))}.",
            )
        now, device_code, user_code, from_where = self._clock(), new_token(), _new_user_code(), short_text(address, 64)
        with self._database.write() as transaction:
            transaction.execute(sa.delete(table).where(table.c.expires_at <= now))
            waiting = sa.select(sa.func.count()).where(table.c.address == from_where)
            if (transaction.scalar(waiting) or 0) >= _MOST_WAITING:
                raise too_many_attempts(LASTS.total_seconds())
            transaction.execute(
                sa.insert(table).values(
                    id=new_id(),
                    hash=hashed(device_code),
                    user_code_hash=hashed(_letters(user_code)),
                    kind=kind,
                    label=short_text(label.strip(), 100),
                    address=from_where,
                    created_at=now,
                    expires_at=now + LASTS,
                    interval=_INTERVAL,
                )
            )
        return DeviceAuthorization(device_code, user_code, int(LASTS.total_seconds()), _INTERVAL)

    def look_up(self, user_code: str, *, attempts_subject: str) -> PendingDevice:
        """The device that shows this code. `attempts_subject` is who types: their wrong codes are counted.

        Raises CallerError (code UNKNOWN_DEVICE_CODE), NotAllowedError (TOO_MANY_ATTEMPTS).
        """
        guesser = Subject("device", attempts_subject, PER_DEVICE_CODE)
        self._attempts.begin([guesser])
        with self._database.read() as transaction:
            row = transaction.execute(sa.select(table).where(self._undecided(user_code))).mappings().one_or_none()
        if row is None:
            raise _unknown()
        self._attempts.take_back([guesser])
        return PendingDevice(row["kind"], row["label"], row["address"], self._clock() - row["created_at"])

    def approve(self, user_code: str, person: Person, connection_ids: Sequence[str] | None) -> None:
        """Let the device ask in this person's name, over these connections; None stands for all they may use.

        A code is decided once. Raises CallerError (code UNKNOWN_DEVICE_CODE), NotAllowedError (TOO_MANY_ATTEMPTS),
        SettingError (BAD_TOKEN_SCOPE).
        """
        self._decide(user_code, person, denied=False, connection_ids=scope_text(connection_ids))

    def deny(self, user_code: str, person: Person) -> None:
        """Send the device away. Raises as `approve`."""
        self._decide(user_code, person, denied=True, connection_ids=None)

    def poll(self, device_code: str) -> str:
        """The token, once; of two who ask at once one gets it.

        Raises CallerError with the codes of RFC 8628 section 3.5: AUTHORIZATION_PENDING, SLOW_DOWN (from now on it waits
        five seconds more), ACCESS_DENIED, EXPIRED_TOKEN (also for a code that was used or never was).
        """
        with self._database.write() as transaction:
            query = sa.select(table).where(table.c.hash == hashed(device_code))
            answer = self._polled(transaction, transaction.execute(query).mappings().one_or_none())
        # Raised out here, so that what was written inside stays.
        if isinstance(answer, CallerError):
            raise answer
        return answer

    def _polled(self, transaction: sa.Connection, row: sa.RowMapping | None) -> str | CallerError:
        """The token, or why there is none."""
        now = self._clock()
        if row is None or row["expires_at"] <= now:
            return _answer("EXPIRED_TOKEN")
        if row["denied"]:
            return _answer("ACCESS_DENIED")
        if row["decided_at"] is not None:
            return self._hand_out(transaction, row) or _answer("ACCESS_DENIED")
        early = row["polled_at"] is not None and now - row["polled_at"] < timedelta(seconds=row["interval"])
        slower = row["interval"] + (_SLOWER if early else 0)
        transaction.execute(sa.update(table).where(table.c.id == row["id"]).values(polled_at=now, interval=slower))
        return _answer("SLOW_DOWN" if early else "AUTHORIZATION_PENDING")

    def _decide(self, user_code: str, person: Person, *, denied: bool, connection_ids: str | None) -> None:
        guesser = Subject("device", person.id, PER_DEVICE_CODE)
        self._attempts.begin([guesser])
        with self._database.write() as transaction:
            mine = self._undecided(user_code)
            row = transaction.execute(sa.select(table).where(mine)).mappings().one_or_none()
            if row is None or person_with(transaction, person.id).state != ACTIVE:
                raise _unknown()
            transaction.execute(
                sa.update(table)
                .where(table.c.id == row["id"])
                .values(user_id=person.id, decided_at=self._clock(), denied=denied, connection_ids=connection_ids)
            )
            self._audit.add(
                actor=person.name,
                action="device_denied" if denied else "device_approved",
                subject=row["kind"],
                detail={"address": row["address"]},
                claimed={"label": row["label"]},
                transaction=transaction,
            )
        self._attempts.take_back([guesser])

    def _hand_out(self, transaction: sa.Connection, row: sa.RowMapping) -> str | None:
        """The token of an approved code, which is gone with it; None where its person was blocked meanwhile."""
        transaction.execute(sa.delete(table).where(table.c.id == row["id"]))
        person = person_with(transaction, row["user_id"])
        if person.state != ACTIVE:
            return None
        token_id, text = self._tokens.issue_with_id(
            transaction,
            row["user_id"],
            kind=row["kind"],
            label=row["label"],
            expires=self._clock() + TOKEN_LASTS,
            connection_ids=scope_of(row["connection_ids"]),
            library_only=False,
            address=row["address"],
        )
        self._audit.add(
            actor=person.name,
            action="device_connected",
            subject=row["kind"],
            detail={"token": token_id, "address": row["address"]},
            claimed={"label": row["label"]},
            transaction=transaction,
        )
        return text

    def _undecided(self, user_code: str) -> sa.ColumnElement[bool]:
        return sa.and_(
            table.c.user_code_hash == hashed(_letters(user_code)),
            table.c.decided_at.is_(None),
            table.c.expires_at > self._clock(),
        )


def _new_user_code() -> str:
    signs = [secrets.choice(_SIGNS) for _ in range(2 * _HALF)]
    return f"{''.join(signs[:_HALF])}-{''.join(signs[_HALF:])}"


def _letters(user_code: str) -> str:
    """The code as it is compared: however it was typed."""
    return "".join(sign for sign in user_code[:40].upper() if sign in _SIGNS)


def _answer(outcome: str) -> CallerError:
    """The error of RFC 8628 section 3.5."""
    match outcome:
        case "AUTHORIZATION_PENDING":
            return CallerError(
                "Nobody has typed the code yet.",
                code="AUTHORIZATION_PENDING",
                remedy="Ask again after the interval.",
                retryable=True,
            )
        case "SLOW_DOWN":
            return CallerError(
                "This device asks too often.",
                code="SLOW_DOWN",
                remedy="Wait five seconds longer between two questions from now on.",
                retryable=True,
            )
        case "ACCESS_DENIED":
            return CallerError("The person said no.", code="ACCESS_DENIED", remedy="Begin again if that was a mistake.")
    return CallerError(
        "The code is too old, was used, or never was.", code="EXPIRED_TOKEN", remedy="Begin again to get a new one."
    )


def _unknown() -> CallerError:
    return CallerError(
        "No device waits with this code.",
        code="UNKNOWN_DEVICE_CODE",
        remedy="Type the eight letters as the device shows them; after ten minutes it shows new ones.",
    )
