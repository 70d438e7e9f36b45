"""The secrets of one row of one table, as they are stored."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from connector.db.tables import secret
from connector.db.utc_time import utc_now
from connector.egress import Origin
from connector.vault.envelope import Envelope, Place, Sealed
from connector.vault.key_provider import unreadable

FIRST_VERSION = 1


def put_secrets(
    transaction: sa.Connection,
    envelope: Envelope,
    *,
    table: str,
    row: str,
    origin: str,
    values: Mapping[str, str],
    version: int = FIRST_VERSION,
) -> None:
    """Seal the values of a row that has none under one data key of their own."""
    data_key = envelope.new_data_key()
    for field, value in values.items():
        place = Place(table, row, field, version, origin)
        sealed = envelope.seal(data_key, place, value)
        transaction.execute(
            sa.insert(secret).values(
                table_name=table,
                row_id=row,
                field=field,
                version=place.version,
                key_id=sealed.key_id,
                wrapped_key=sealed.wrapped_key,
                ciphertext=sealed.ciphertext,
                created_at=utc_now(),
            )
        )


def get_secrets(
    transaction: sa.Connection,
    envelope: Envelope,
    *,
    table: str,
    row: str,
    origin: str,
    version: int = FIRST_VERSION,
) -> dict[str, str]:
    """Open all secrets of a row; empty where it has none. Raises SettingError (code VAULT_UNREADABLE)."""
    stored = transaction.execute(sa.select(secret).filter_by(table_name=table, row_id=row)).all()
    if any(line.version != version for line in stored):
        raise unreadable(
            f"its record (table {table}) was altered, or set back to an earlier version",
            "Restore the database from a copy, or connect again.",
        )
    return {
        line.field: envelope.open(
            Place(table, row, line.field, version, origin), Sealed(line.key_id, line.wrapped_key, line.ciphertext)
        )
        for line in stored
    }


def drop_secrets(transaction: sa.Connection, *, table: str, row: str) -> None:
    """Remove all secrets of a row."""
    transaction.execute(sa.delete(secret).filter_by(table_name=table, row_id=row))


def full_origin(origin: str) -> str:
    """The origin with its port, as it stands in the associated data. Raises SettingError (code BAD_ADDRESS)."""
    parsed = Origin.parse(origin, configured=True)
    return f"{parsed.scheme}://{parsed.host}:{parsed.port}"
