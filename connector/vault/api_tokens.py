"""API tokens: shown once, kept as a hash. A token of 256 random bits needs no slow hash; there is nothing to guess.

The text is `nsq_`, twelve characters that find the row, `_`, and 32 random bytes in base64url. The prefix lets secret
scanners and people recognise one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import api_token as table
from connector.db.tables import new_id, user_account
from connector.db.utc_time import utc_now
from connector.errors import NotAllowedError, SettingError
from connector.vault.names import checked_name
from connector.vault.user_accounts import ensure_user

Kind = Literal["cli", "api"]

_FORM = re.compile(r"(nsq_[0-9a-f]{12})_[A-Za-z0-9_-]{43}", re.ASCII)
_USED_EVERY = timedelta(minutes=1)
_NO_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a user through one token."""

    user: str
    token_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it is listed; `prefix` is the part that is no secret."""

    id: str
    owner: str
    prefix: str
    kind: str
    label: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class ApiTokens:
    """Makes, checks, lists and revokes tokens. Threads may share it."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def create(self, user: str, kind: Kind = "api", label: str = "", expires: datetime | None = None) -> str:
        """Make a token and answer its text, which is never shown again.

        `expires` is an aware time; without it the token holds until it is revoked. Raises SettingError (codes
        BAD_NAME, BAD_TOKEN_KIND, BAD_EXPIRY).
        """
        now = self._clock()
        if kind not in get_args(Kind):
            raise SettingError(
                f"{str(kind)[:60]!a} is not a kind of token.",
                code="BAD_TOKEN_KIND",
                remedy=f"Give one of {', '.join(get_args(Kind))}.",
            )
        if expires is not None and (expires.utcoffset() is None or expires <= now):
            raise SettingError(
                "The time the token expires is past, or has no time zone.",
                code="BAD_EXPIRY",
                remedy="Give a later time with its zone.",
            )
        prefix = f"nsq_{secrets.token_hex(6)}"
        text = f"{prefix}_{secrets.token_urlsafe(32)}"
        with self._database.write() as transaction:
            transaction.execute(
                sa.insert(table).values(
                    id=new_id(),
                    owner_id=ensure_user(transaction, user),
                    prefix=prefix,
                    hash=_hash(text),
                    kind=kind,
                    label=checked_name(label, "The token's label") if label.strip() else "",
                    created_at=now,
                    expires_at=expires,
                )
            )
        return text

    def principal(self, token: str) -> Principal:
        """Who holds this token. Raises NotAllowedError (codes BAD_TOKEN, TOKEN_EXPIRED, TOKEN_REVOKED)."""
        form = _FORM.fullmatch(token)
        if form is None:
            raise _refused("This is not a token of NSQuery", code="BAD_TOKEN")
        with self._database.read() as transaction:
            row = transaction.execute(_select().where(table.c.prefix == form[1])).mappings().one_or_none()
        # An unknown prefix takes the same comparison as a known one, so time tells nothing of the part behind it.
        right = hmac.compare_digest(_hash(token), _NO_HASH if row is None else row["hash"])
        if row is None or not right:
            raise _refused("The token is not known", code="BAD_TOKEN")
        found, now = _token(row), self._clock()
        if found.revoked_at is not None:
            raise _refused("The token was revoked", code="TOKEN_REVOKED")
        if found.expires_at is not None and found.expires_at <= now:
            raise _refused("The token has expired", code="TOKEN_EXPIRED")
        if found.last_used_at is None or now - found.last_used_at >= _USED_EVERY:
            with self._database.write() as transaction:
                transaction.execute(sa.update(table).where(table.c.id == found.id).values(last_used_at=now))
        return Principal(found.owner, found.id, found.kind)

    def list(self, user: str) -> list[ApiToken]:
        """A user's tokens, the newest first, the revoked among them."""
        query = _select().where(user_account.c.name == user.strip()).order_by(table.c.created_at.desc(), table.c.id)
        with self._database.read() as transaction:
            return [_token(row) for row in transaction.execute(query).mappings()]

    def revoke(self, user: str, token_id: str) -> None:
        """End a token at once. Raises SettingError (code NO_TOKEN), also for another user's."""
        with self._database.write() as transaction:
            row = (
                transaction.execute(_select().where(table.c.id == token_id, user_account.c.name == user.strip()))
                .mappings()
                .one_or_none()
            )
            if row is None:
                raise SettingError("You have no such token.", code="NO_TOKEN", remedy="List yours to find its id.")
            if _token(row).revoked_at is None:
                transaction.execute(sa.update(table).where(table.c.id == token_id).values(revoked_at=self._clock()))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _select() -> sa.Select[tuple[object, ...]]:
    return sa.select(table, user_account.c.name.label("owner")).join(user_account)


def _token(line: sa.RowMapping) -> ApiToken:
    return ApiToken(
        id=line["id"],
        owner=line["owner"],
        prefix=line["prefix"],
        kind=line["kind"],
        label=line["label"],
        created_at=line["created_at"],
        expires_at=line["expires_at"],
        last_used_at=line["last_used_at"],
        revoked_at=line["revoked_at"],
    )


def _refused(cause: str, *, code: str) -> NotAllowedError:
    return NotAllowedError(
        f"{cause}.",
        code=code,
        remedy="Use another token; `connector token create --user USER` makes one on the server.",
    )
