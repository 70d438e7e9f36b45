"""What somebody owns, when they leave: handed over, or gone with its secrets. Functions on the caller's transaction."""

from __future__ import annotations

import sqlalchemy as sa

from connector.db.tables import (
    api_token,
    authorization_flow,
    connection,
    connection_share,
    hand_off,
    integration_record,
    library_query,
    secret,
    user_account,
)
from connector.vault.grants import Grants
from connector.vault.pending_certificates import PendingCertificates
from connector.vault.sealed_rows import drop_secrets

_LONGEST_NAME = 100


def hand_over(transaction: sa.Connection, from_id: str, to_id: str, from_name: str) -> int:
    """Give somebody's connections and integration records to somebody else. Answers how many connections.

    Ids, secrets and shares stay as they are. A connection whose name the new owner has already is called
    `NAME (FROM)`.
    """
    taken = set(transaction.scalars(sa.select(connection.c.name).where(connection.c.owner_id == to_id)))
    own = transaction.execute(
        sa.select(connection.c.id, connection.c.name).where(connection.c.owner_id == from_id)
    ).all()
    for row in own:
        name = _free_name(row.name, from_name, taken)
        taken.add(name)
        transaction.execute(sa.update(connection).where(connection.c.id == row.id).values(owner_id=to_id, name=name))
        transaction.execute(sa.delete(connection_share).filter_by(connection_id=row.id, user_id=to_id))
    _shared_by_the_owner(transaction, from_id)
    transaction.execute(sa.update(library_query).where(library_query.c.owner_id == from_id).values(owner_id=to_id))
    transaction.execute(
        sa.update(integration_record).where(integration_record.c.created_by == from_id).values(created_by=to_id)
    )
    return len(own)


def erase(transaction: sa.Connection, person_id: str, heir_id: str) -> int:
    """Remove a person and what they still own. Answers how many connections went.

    An integration record that others connect over goes to `heir_id`; one that nobody uses goes with its secrets.
    """
    own = list(transaction.scalars(sa.select(connection.c.id).where(connection.c.owner_id == person_id)))
    for connection_id in own:
        drop_secrets(transaction, table=connection.name, row=connection_id)
        PendingCertificates.drop(transaction, connection_id)
        Grants.drop(transaction, connection_id)
    transaction.execute(sa.delete(connection).where(connection.c.owner_id == person_id))
    _shared_by_the_owner(transaction, person_id)
    _leave_records(transaction, person_id, heir_id)
    shared = library_query.c.owner_id == person_id, library_query.c.is_shared
    transaction.execute(sa.update(library_query).where(*shared).values(owner_id=heir_id))  # workbooks go on asking them
    transaction.execute(sa.delete(api_token).where(api_token.c.owner_id == person_id))
    drop_secrets(transaction, table=user_account.name, row=person_id)
    # Sessions, devices, invitations, shares, flows and hand-offs go by the database's own rule.
    transaction.execute(sa.delete(user_account).where(user_account.c.id == person_id))
    for gone in (authorization_flow, hand_off):
        left = sa.select(gone.c.id)
        transaction.execute(sa.delete(secret).where(secret.c.table_name == gone.name, secret.c.row_id.not_in(left)))
    return len(own)


def _leave_records(transaction: sa.Connection, person_id: str, heir_id: str) -> None:
    mine = sa.select(integration_record.c.id).where(integration_record.c.created_by == person_id)
    used = set(transaction.scalars(sa.select(connection.c.integration_record_id)))
    for record_id in list(transaction.scalars(mine)):
        this = integration_record.c.id == record_id
        if record_id in used:
            transaction.execute(sa.update(integration_record).where(this).values(created_by=heir_id))
        else:
            drop_secrets(transaction, table=integration_record.name, row=record_id)
            transaction.execute(sa.delete(integration_record).where(this))


def _shared_by_the_owner(transaction: sa.Connection, person_id: str) -> None:
    """Shares that the person made on a connection that is not theirs (any more) are its owner's."""
    owner = (
        sa.select(connection.c.owner_id).where(connection.c.id == connection_share.c.connection_id).scalar_subquery()
    )
    transaction.execute(
        sa.update(connection_share).where(connection_share.c.shared_by == person_id).values(shared_by=owner)
    )


def _free_name(name: str, from_name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    for number in range(1, len(taken) + 2):
        ending = f" ({from_name[:40]})" if number == 1 else f" ({from_name[:40]} {number})"
        changed = name[: _LONGEST_NAME - len(ending)] + ending
        if changed not in taken:
            return changed
    raise AssertionError("more names are taken than there are")
