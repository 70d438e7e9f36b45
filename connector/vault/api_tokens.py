"""API tokens: shown once, kept as a hash. A token of 256 random bits needs no slow hash; there is nothing to guess.

A token may be narrower than its owner: some connections, library queries alone, an end. It is never wider: what its owner
loses, it loses too, and a blocked owner's tokens are refused at once.

The text is `nsq_`, twelve characters that find the row, `_`, and 32 random bytes in base64url. The prefix lets secret
scanners and people recognise one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Sequence
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
from connector.vault.user_accounts import ensure_user, named

Kind = Literal["excel", "sheets", "cli", "api"]

_FORM = re.compile(r"(nsq_[0-9a-f]{12})_[A-Za-z0-9_-]{43}", re.ASCII)
_CONNECTION_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_USED_EVERY = timedelta(minutes=1)
_NO_HASH = bytes(32)
_MOST_CONNECTIONS = 100
_BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a user through one token.

    `connection_ids` are those it is narrowed to, None where it is not; `role` is the user's.
    """

    user: str
    token_id: str
    kind: str
    connection_ids: tuple[str, ...] | None = None
    library_only: bool = False
    role: str = "author"


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
    connection_ids: tuple[str, ...] | None = None
    library_only: bool = False
    address: str | None = None


class ApiTokens:
    """Makes, checks, lists and revokes tokens. Threads may share it."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def create(
        self,
        user: str,
        kind: Kind = "api",
        label: str = "",
        expires: datetime | None = None,
        *,
        connection_ids: Sequence[str] | None = None,
        library_only: bool = False,
        address: str | None = None,
    ) -> str:
        """Make a token and answer its text, which is never shown again.

        `expires` is an aware time; without it the token holds until it is revoked. Raises SettingError (codes
        BAD_NAME, BAD_TOKEN_KIND, BAD_EXPIRY, BAD_TOKEN_SCOPE), NotAllowedError (PERSON_BLOCKED).
        """
        with self._database.write() as transaction:
            _, text = self.issue_with_id(
                transaction,
                ensure_user(transaction, user),
                kind=kind,
                label=label,
                expires=expires,
                connection_ids=connection_ids,
                library_only=library_only,
                address=address,
            )
        return text

    def issue_with_id(
        self,
        transaction: sa.Connection,
        owner_id: str,
        *,
        kind: str,
        label: str,
        expires: datetime | None,
        connection_ids: Sequence[str] | None,
        library_only: bool,
        address: str | None,
    ) -> tuple[str, str]:
        """As `create`, in the caller's transaction: the token's id and its text."""
        now, token_id = self._clock(), new_id()
        prefix = f"nsq_{secrets.token_hex(6)}"
        text = f"{prefix}_{secrets.token_urlsafe(32)}"
        if transaction.scalar(sa.select(user_account.c.state).where(user_account.c.id == owner_id)) == _BLOCKED:
            raise _blocked()
        transaction.execute(
            sa.insert(table).values(
                id=token_id,
                owner_id=owner_id,
                prefix=prefix,
                hash=_hash(text),
                kind=_checked_kind(kind),
                label=checked_name(label, "The token's label") if label.strip() else "",
                created_at=now,
                expires_at=_checked_expiry(expires, now),
                connection_ids=scope_text(connection_ids),
                library_only=library_only,
                address=address,
            )
        )
        return token_id, text

    def principal(self, token: str) -> Principal:
        """Who holds this token. Raises NotAllowedError (BAD_TOKEN, TOKEN_EXPIRED, TOKEN_REVOKED, PERSON_BLOCKED)."""
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
        if row["owner_state"] == _BLOCKED:
            raise _blocked()
        if found.last_used_at is None or now - found.last_used_at >= _USED_EVERY:
            with self._database.write() as transaction:
                transaction.execute(sa.update(table).where(table.c.id == found.id).values(last_used_at=now))
        return Principal(found.owner, found.id, found.kind, found.connection_ids, found.library_only, row["owner_role"])

    def revoke(self, user: str, token_id: str) -> None:
        """End a token at once. Raises SettingError (code NO_TOKEN), also for another user's."""
        this = table.c.id == token_id if token_id.isprintable() else sa.false()
        with self._database.write() as transaction:
            row = transaction.execute(_select().where(this, named(user))).mappings().one_or_none()
            if row is None:
                raise SettingError("You have no such token.", code="NO_TOKEN", remedy="List yours to find its id.")
            if _token(row).revoked_at is None:
                transaction.execute(sa.update(table).where(table.c.id == token_id).values(revoked_at=self._clock()))

    def revoke_all(self, user: str) -> int:
        """End all of a user's tokens at once. Answers how many held until now."""
        owner = sa.select(user_account.c.id).where(named(user)).scalar_subquery()
        holding = sa.update(table).where(table.c.owner_id == owner, table.c.revoked_at.is_(None))
        with self._database.write() as transaction:
            return transaction.execute(holding.values(revoked_at=self._clock())).rowcount

    def list(self, user: str) -> list[ApiToken]:
        """A user's tokens, the newest first, the revoked among them."""
        query = _select().where(named(user)).order_by(table.c.created_at.desc(), table.c.id)
        with self._database.read() as transaction:
            return [_token(row) for row in transaction.execute(query).mappings()]


def scope_text(connection_ids: Sequence[str] | None) -> str | None:
    """The connections a token is narrowed to, as they are stored. Raises SettingError (code BAD_TOKEN_SCOPE)."""
    if connection_ids is None:
        return None
    ids = list(dict.fromkeys(connection_ids))
    if not 1 <= len(ids) <= _MOST_CONNECTIONS or not all(_CONNECTION_ID.fullmatch(one) for one in ids):
        raise SettingError(
            "The token's connections are none, too many, or no ids.",
            code="BAD_TOKEN_SCOPE",
            remedy=f"Choose 1 to {_MOST_CONNECTIONS} connections, or none for all that its owner may use.",
        )
    return json.dumps(ids)


def scope_of(text: str | None) -> tuple[str, ...] | None:
    """What `scope_text` made."""
    return None if text is None else tuple(json.loads(text))


def _checked_kind(kind: str) -> str:
    if kind not in get_args(Kind):
        raise SettingError(
            f"{str(kind)[:60]!a} is not a kind of token.",
            code="BAD_TOKEN_KIND",
            remedy=f"Give one of {', '.join(get_args(Kind))}.",
        )
    return kind


def _checked_expiry(expires: datetime | None, now: datetime) -> datetime | None:
    if expires is not None and (expires.utcoffset() is None or expires <= now):
        raise SettingError(
            "The time the token expires is past, or has no time zone.",
            code="BAD_EXPIRY",
            remedy="Give a later time with its zone.",
        )
    return expires


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _select() -> sa.Select[tuple[object, ...]]:
    return sa.select(
        table,
        user_account.c.name.label("owner"),
        user_account.c.state.label("owner_state"),
        user_account.c.role.label("owner_role"),
    ).join(user_account)


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
        connection_ids=scope_of(line["connection_ids"]),
        library_only=line["library_only"],
        address=line["address"],
    )


def _blocked() -> NotAllowedError:
    return NotAllowedError(
        "The person this token belongs to is blocked.",
        code="PERSON_BLOCKED",
        remedy="An administrator of this service can unblock them: People > Unblock.",
    )


def _refused(cause: str, *, code: str) -> NotAllowedError:
    return NotAllowedError(
        f"{cause}.",
        code=code,
        remedy="Use another token; `connector token create --user USER` makes one on the server.",
    )
