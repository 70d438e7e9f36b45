"""Saved queries: whose they are, who may ask them, and every version there was.

A name means one query to everybody: one that is not shared still keeps its name for its owner. What comes with the
product can be looked at and asked by all, and changed by saving it under another name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from connector.audit.log import AuditLog
from connector.core.library_query import LibraryQuery, checked
from connector.db.engine import Database
from connector.db.tables import library_query as table
from connector.db.tables import library_version as version_table
from connector.db.tables import new_id, user_account
from connector.db.utc_time import utc_now
from connector.errors import FormulaError, NotAllowedError
from connector.library.delivered import delivered
from connector.people.person import ADMINISTRATOR, READER
from connector.vault.user_accounts import WORKSPACE, ensure_user, named


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a query: its number from 1, who made it and when."""

    number: int
    made_by: str
    made_at: datetime
    query: LibraryQuery


class Library:
    """Reads and writes the queries. Threads and processes meet at the database."""

    def __init__(self, database: Database, audit: AuditLog, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def visible(self, user: str) -> list[LibraryQuery]:
        """What somebody may ask, by name: their own, what is shared, what comes with the product."""
        with self._database.read() as transaction:
            rows = transaction.execute(_latest()).all()
            saved = [_query(row) for row in rows if row.is_shared or _is(row.owner, user)]
        names = {query.name for query in saved}
        return sorted(
            [*saved, *(query for name, query in delivered().items() if name not in names)], key=lambda one: one.name
        )

    def find(self, user: str, name: str) -> LibraryQuery:
        """The query of a name as it is now. Raises FormulaError (code UNKNOWN_QUERY)."""
        wanted = name.strip().lower()
        with self._database.read() as transaction:
            row = transaction.execute(_latest().where(table.c.name == wanted)).one_or_none()
        if row is not None and (row.is_shared or _is(row.owner, user)):
            return _query(row)
        if row is None and wanted in delivered():
            return delivered()[wanted]
        raise FormulaError(
            f"There is no library query named {' '.join(name[:60].split())}.",
            code="UNKNOWN_QUERY",
            remedy="Library in the console and `connector library list` show their names; SuiteQL begins with SELECT or WITH.",
        )

    def save(self, user: str, query: LibraryQuery) -> LibraryQuery:
        """Keep a new query, or a new version of one's own; what is the same as before makes no version.

        Raises FormulaError (codes BAD_QUERY_NAME, BAD_QUERY, UNKNOWN_PARAMETER, QUERY_NAME_TAKEN), NotAllowedError
        (code ROLE_NEEDED).
        """
        query = checked(query)
        if query.name in delivered():
            raise _taken(query.name, "it comes with the product")
        with self._database.write() as transaction:
            self._may_write(transaction, user)
            row = transaction.execute(_latest().where(table.c.name == query.name)).one_or_none()
            if row is None:
                return self._added(transaction, user, query)
            self._own(transaction, user, row)
            before = _query(row)
            number = row.number
            if (before.text, before.description, dict(before.defaults)) != (
                query.text,
                query.description,
                dict(query.defaults),
            ):
                number += 1
                self._add_version(transaction, row.id, number, user, query)
            if before.is_shared != query.is_shared:
                transaction.execute(sa.update(table).where(table.c.id == row.id).values(is_shared=query.is_shared))
                action = "query_shared" if query.is_shared else "query_share_ended"
                self._note(transaction, user, action, query.name, number)
            return _query(transaction.execute(_latest().where(table.c.id == row.id)).one())

    def remove(self, user: str, name: str) -> None:
        """Remove a query with all its versions. Raises as `save`."""
        with self._database.write() as transaction:
            row = transaction.execute(_latest().where(table.c.name == name.strip().lower())).one_or_none()
            if row is None or not (row.is_shared or _is(row.owner, user)):
                raise FormulaError(
                    f"There is no saved query named {name[:60]}.",
                    code="UNKNOWN_QUERY",
                    remedy="What comes with the product cannot be removed; Library in the console lists yours.",
                )
            self._own(transaction, user, row)
            transaction.execute(sa.delete(version_table).where(version_table.c.query_id == row.id))
            transaction.execute(sa.delete(table).where(table.c.id == row.id))
            self._note(transaction, user, "query_removed", row.name, row.number)

    def versions(self, user: str, name: str) -> list[Version]:
        """All versions of a saved query, the latest first; of a delivered one none. Raises as `find`."""
        found = self.find(user, name)
        mine = (
            sa.select(version_table, table.c.name, table.c.is_shared, user_account.c.name.label("owner"))
            .join(table, table.c.id == version_table.c.query_id)
            .join(user_account, user_account.c.id == table.c.owner_id)
            .where(table.c.name == found.name)
            .order_by(version_table.c.number.desc())
        )
        with self._database.read() as transaction:
            return [Version(row.number, row.made_by, row.made_at, _query(row)) for row in transaction.execute(mine)]

    def _added(self, transaction: sa.Connection, user: str, query: LibraryQuery) -> LibraryQuery:
        query_id = new_id()
        transaction.execute(
            sa.insert(table).values(
                id=query_id,
                owner_id=ensure_user(transaction, user),
                name=query.name,
                is_shared=query.is_shared,
                created_at=self._clock(),
            )
        )
        self._add_version(transaction, query_id, 1, user, query)
        return _query(transaction.execute(_latest().where(table.c.id == query_id)).one())

    def _add_version(
        self, transaction: sa.Connection, query_id: str, number: int, user: str, query: LibraryQuery
    ) -> None:
        transaction.execute(
            sa.insert(version_table).values(
                query_id=query_id,
                number=number,
                description=query.description,
                text=query.text,
                defaults=json.dumps(dict(query.defaults)),
                made_by=user,
                made_at=self._clock(),
            )
        )
        self._note(transaction, user, "query_saved", query.name, number)

    def _may_write(self, transaction: sa.Connection, user: str) -> None:
        role = transaction.scalar(sa.select(user_account.c.role).where(named(user)))
        if role == READER:
            raise NotAllowedError(
                "Readers ask saved queries and save none.",
                code="ROLE_NEEDED",
                remedy="An administrator makes you an author, in People.",
            )

    def _own(self, transaction: sa.Connection, user: str, row: sa.Row[tuple[object, ...]]) -> None:
        self._may_write(transaction, user)
        role = transaction.scalar(sa.select(user_account.c.role).where(named(user)))
        if not (_is(row.owner, user) or (row.owner == WORKSPACE and role == ADMINISTRATOR)):
            raise _taken(str(row.name), "it is somebody else's" if not row.is_shared else f"{row.owner} owns it")

    def _note(self, transaction: sa.Connection, user: str, action: str, name: str, number: int) -> None:
        self._audit.add(actor=user, action=action, subject=name, detail={"version": number}, transaction=transaction)


def _latest() -> sa.Select[tuple[object, ...]]:
    newest = (
        sa.select(version_table.c.query_id, sa.func.max(version_table.c.number).label("number"))
        .group_by(version_table.c.query_id)
        .subquery()
    )
    return (
        sa.select(
            table.c.id,
            table.c.name,
            table.c.is_shared,
            user_account.c.name.label("owner"),
            version_table.c.number,
            version_table.c.description,
            version_table.c.text,
            version_table.c.defaults,
        )
        .join(newest, newest.c.query_id == table.c.id)
        .join(version_table, sa.and_(version_table.c.query_id == table.c.id, version_table.c.number == newest.c.number))
        .join(user_account, user_account.c.id == table.c.owner_id)
    )


def _query(row: sa.Row[tuple[object, ...]]) -> LibraryQuery:
    return LibraryQuery(
        name=row.name,
        description=row.description,
        text=row.text,
        defaults=json.loads(row.defaults),
        version=row.number,
        owner=row.owner,
        is_shared=row.is_shared,
    )


def _is(owner: object, user: str) -> bool:
    return str(owner).casefold() == user.casefold()


def _taken(name: str, why: str) -> FormulaError:
    return FormulaError(
        f"The name {name} is taken: {why}.",
        code="QUERY_NAME_TAKEN",
        remedy="Save it under another name.",
    )
