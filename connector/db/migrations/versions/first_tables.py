"""Users, integration records, connections, their sealed secrets, API tokens, and the columns of known queries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connector.db.utc_time import UtcTime

revision = "0001"
down_revision = None

_ID = sa.String(32)


def upgrade() -> None:
    """Make the tables."""
    _people_and_connections()
    _secrets_and_tokens()


def _people_and_connections() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("name", name="uq_user_account_name"),
    )
    op.create_table(
        "integration_record",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", sa.String(50), nullable=False),
        sa.Column("application", sa.String(110), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("created_by", _ID, nullable=False),
        sa.Column("last_used_at", UtcTime),
        sa.PrimaryKeyConstraint("id", name="pk_integration_record"),
        sa.UniqueConstraint("account_id", "application", name="uq_integration_record_account_id"),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name="fk_integration_record_created_by"),
    )
    op.create_table(
        "connection",
        sa.Column("id", _ID, nullable=False),
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("integration_record_id", _ID, nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("role", sa.String(100)),
        sa.Column("entity", sa.String(100)),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("last_used_at", UtcTime),
        sa.PrimaryKeyConstraint("id", name="pk_connection"),
        sa.UniqueConstraint("owner_id", "name", name="uq_connection_owner_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name="fk_connection_owner_id"),
        sa.ForeignKeyConstraint(
            ["integration_record_id"], ["integration_record.id"], name="fk_connection_integration_record_id"
        ),
    )
    op.create_index("ix_connection_integration_record_id", "connection", ["integration_record_id"])
    op.create_table(
        "column_shape",
        sa.Column("connection_id", _ID, nullable=False),
        sa.Column("query_fingerprint", sa.String(128), nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("updated_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "query_fingerprint", name="pk_column_shape"),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_column_shape_connection_id", ondelete="CASCADE"
        ),
    )


def _secrets_and_tokens() -> None:
    op.create_table(
        "secret",
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("row_id", _ID, nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("table_name", "row_id", "field", name="pk_secret"),
    )
    op.create_index("ix_secret_key_id", "secret", ["key_id"])
    op.create_table(
        "api_token",
        sa.Column("id", _ID, nullable=False),
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("prefix", sa.String(40), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime),
        sa.Column("last_used_at", UtcTime),
        sa.Column("revoked_at", UtcTime),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("prefix", name="uq_api_token_prefix"),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name="fk_api_token_owner_id"),
    )
    op.create_index("ix_api_token_owner_id", "api_token", ["owner_id"])
