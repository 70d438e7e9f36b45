"""Browser sessions: a cookie of 256 random bits, kept as a hash; idle for 12 hours or older than 7 days, it is over.

Times follow NIST SP 800-63B section 5.2 and OWASP's Session Management Cheat Sheet. Signing in always begins a new one,
so that a cookie that somebody planted is worth nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.audit.event import short_text
from connector.db.engine import Database
from connector.db.tables import browser_session as table
from connector.db.tables import new_id, user_account
from connector.db.utc_time import utc_now
from connector.errors import NotAllowedError
from connector.people.one_time_tokens import hashed, new_token
from connector.people.person import ACTIVE, Person, person_of, person_with

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
FRESH = timedelta(minutes=15)
_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """A session and who is signed in with it, as they are now. `proved_at` is when they last gave their password."""

    id: str
    person: Person
    created_at: datetime
    last_seen_at: datetime
    proved_at: datetime
    expires_at: datetime
    address: str
    agent: str


class Sessions:
    """Begins, finds and ends sessions. Threads and processes meet at the database."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def begin(self, person: Person, *, address: str, agent: str) -> tuple[Session, str]:
        """A new session and the text of its cookie, which is never shown again. Raises NotAllowedError (SESSION_ENDED)."""
        now, cookie, row_id = self._clock(), new_token(), new_id()
        with self._database.write() as transaction:
            transaction.execute(sa.delete(table).where(over(now)))
            if person_with(transaction, person.id).state != ACTIVE:
                raise _ended()
            transaction.execute(
                sa.insert(table).values(
                    id=row_id,
                    hash=hashed(cookie),
                    user_id=person.id,
                    address=short_text(address, 64),
                    agent=short_text(agent),
                    created_at=now,
                    last_seen_at=now,
                    proved_at=now,
                    expires_at=now + ABSOLUTE,
                )
            )
            row = transaction.execute(_select().where(table.c.id == row_id)).mappings().one()
        return _session(row), cookie

    def find(self, cookie: str) -> Session:
        """The session of a cookie. Raises NotAllowedError (code SESSION_ENDED), also where its person was blocked."""
        now = self._clock()
        query = _select().where(table.c.hash == hashed(cookie), sa.not_(over(now)), user_account.c.state == ACTIVE)
        with self._database.read() as transaction:
            row = transaction.execute(query).mappings().one_or_none()
        if row is None:
            raise _ended()
        if now - row["session_last_seen_at"] >= _TOUCH_EVERY:
            with self._database.write() as transaction:
                transaction.execute(sa.update(table).where(table.c.id == row["session_id"]).values(last_seen_at=now))
        return _session(row)

    def prove(self, session: Session) -> None:
        """Note that the person just gave their password, and their code, again."""
        with self._database.write() as transaction:
            transaction.execute(sa.update(table).where(table.c.id == session.id).values(proved_at=self._clock()))

    def is_fresh(self, session: Session) -> bool:
        """Whether the person gave their password within the last 15 minutes."""
        return self._clock() - session.proved_at < FRESH

    def end(self, session_id: str, person: Person) -> bool:
        """End one of the person's sessions. False where they have none of this id, whoever has."""
        if not session_id.isprintable():
            return False
        mine = sa.delete(table).where(table.c.id == session_id, table.c.user_id == person.id)
        with self._database.write() as transaction:
            return transaction.execute(mine).rowcount > 0

    def end_all(self, person: Person, except_id: str | None = None) -> None:
        """End all of the person's sessions, but for one."""
        with self._database.write() as transaction:
            end_sessions(transaction, person.id, except_id)

    def list(self, person: Person) -> list[Session]:
        """The person's sessions that go on, the one seen last first."""
        query = _select().where(table.c.user_id == person.id, sa.not_(over(self._clock())))
        with self._database.read() as transaction:
            rows = transaction.execute(query.order_by(table.c.last_seen_at.desc(), table.c.id)).mappings()
            return [_session(row) for row in rows]


def end_sessions(transaction: sa.Connection, person_id: str, except_id: str | None = None) -> None:
    """End all of a person's sessions, but for one, in the caller's transaction."""
    transaction.execute(sa.delete(table).where(table.c.user_id == person_id, table.c.id != (except_id or "")))


def csrf_token(cookie: str) -> str:
    """What a form of this session carries: nobody who does not have the cookie can make it."""
    return hmac.new(cookie.encode("utf-8", "surrogatepass"), b"nsquery form", hashlib.sha256).hexdigest()


def csrf_matches(cookie: str, text: str) -> bool:
    """Whether a form was made for the session of this cookie."""
    return hmac.compare_digest(csrf_token(cookie).encode(), text.encode("utf-8", "surrogatepass"))


def over(now: datetime) -> sa.ColumnElement[bool]:
    """The sessions that are idle or old enough to have ended."""
    return sa.or_(table.c.expires_at <= now, table.c.last_seen_at <= now - IDLE)


def _select() -> sa.Select[tuple[object, ...]]:
    columns = [column.label(f"session_{column.name}") for column in table.c]
    return sa.select(user_account, *columns).join(table, table.c.user_id == user_account.c.id)


def _session(row: sa.RowMapping) -> Session:
    own = {name: row[f"session_{name}"] for name in Session.__dataclass_fields__ if name != "person"}
    return Session(person=person_of(row), **own)


def _ended() -> NotAllowedError:
    return NotAllowedError("The session has ended.", code="SESSION_ENDED", remedy="Sign in again.")
