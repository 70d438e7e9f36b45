"""Which certificates of an integration record we made or were given: any other one at NetSuite is an alarm.

Kept as a hash of record and certificate id. Ids are hashes of 256 bits themselves, so none can be tried out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa

from connector.db.tables import known_certificate
from connector.db.utc_time import utc_now


def know_certificate(transaction: sa.Connection, record_id: str, certificate_id: str) -> None:
    """From now on this certificate is one of ours."""
    hashed = _hash(record_id, certificate_id)
    if transaction.scalar(sa.select(known_certificate.c.hash).filter_by(**_key(record_id, hashed))) is None:
        transaction.execute(sa.insert(known_certificate).values(**_key(record_id, hashed), created_at=utc_now()))


def unknown_among(transaction: sa.Connection, record_id: str, certificate_ids: Iterable[str]) -> set[str]:
    """Those of the ids that are not ours."""
    known = {
        bytes(hashed)
        for hashed in transaction.scalars(
            sa.select(known_certificate.c.hash).filter_by(integration_record_id=record_id)
        )
    }
    return {one for one in certificate_ids if _hash(record_id, one) not in known}


def _key(record_id: str, hashed: bytes) -> dict[str, object]:
    return {"integration_record_id": record_id, "hash": hashed}


def _hash(record_id: str, certificate_id: str) -> bytes:
    return hashlib.sha256(f"nsquery certificate\0{record_id}\0{certificate_id}".encode()).digest()
