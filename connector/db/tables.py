"""The tables as they are now. How a database came to have them stands in `migrations`; a test compares the two.

Ids are random text: they name a row in logs, cache keys and sealed secrets, so none is ever used twice.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from connector.db.utc_time import UtcTime

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

_ID = sa.String(32)

user_account = sa.Table(
    "user_account",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False, unique=True),
    sa.Column("created_at", UtcTime, nullable=False),
)

integration_record = sa.Table(
    "integration_record",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("account_id", sa.String(50), nullable=False),
    # Key id and keyed hash of the consumer key or client id: tells that two are the same application, and nothing else.
    sa.Column("application", sa.String(110), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("state", sa.String(30), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("created_by", sa.ForeignKey("user_account.id"), nullable=False),
    sa.Column("last_used_at", UtcTime),
    sa.UniqueConstraint("account_id", "application"),
)

connection = sa.Table(
    "connection",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("owner_id", sa.ForeignKey("user_account.id"), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("integration_record_id", sa.ForeignKey("integration_record.id"), nullable=False, index=True),
    sa.Column("method", sa.String(40), nullable=False),
    sa.Column("origin", sa.String(300), nullable=False),
    sa.Column("role", sa.String(100)),
    sa.Column("entity", sa.String(100)),
    sa.Column("state", sa.String(30), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("last_used_at", UtcTime),
    sa.UniqueConstraint("owner_id", "name"),
)

secret = sa.Table(
    "secret",
    metadata,
    sa.Column("table_name", sa.String(40), primary_key=True),
    sa.Column("row_id", _ID, primary_key=True),
    sa.Column("field", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("key_id", sa.String(40), nullable=False, index=True),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)

api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("owner_id", sa.ForeignKey("user_account.id"), nullable=False, index=True),
    sa.Column("prefix", sa.String(40), nullable=False, unique=True),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime),
    sa.Column("last_used_at", UtcTime),
    sa.Column("revoked_at", UtcTime),
)

column_shape = sa.Table(
    "column_shape",
    metadata,
    sa.Column("connection_id", sa.ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("query_fingerprint", sa.String(128), primary_key=True),
    sa.Column("columns", sa.Text, nullable=False),  # a JSON array of [name, type]
    sa.Column("updated_at", UtcTime, nullable=False),
)


def new_id() -> str:
    """An id that no other row has had or will have."""
    return secrets.token_hex(16)
