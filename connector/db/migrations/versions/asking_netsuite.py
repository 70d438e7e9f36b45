"""What processes share about asking NetSuite: requests at once to each account, refused logins, answers, saved queries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connector.db.utc_time import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.String(32)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "netsuite_request",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", sa.String(30), nullable=False),
        sa.Column("process", _ID, nullable=False),
        sa.Column("lane", sa.Integer, nullable=False),
        sa.Column("asker", sa.String(100), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("asked_at", UtcTime, nullable=False),
        sa.Column("held_at", UtcTime),
        sa.Column("until", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_netsuite_request"),
    )
    op.create_index("ix_netsuite_request_account_id", "netsuite_request", ["account_id"])
    op.create_index("ix_netsuite_request_process", "netsuite_request", ["process"])
    op.create_table(
        "account_pace",
        sa.Column("account_id", sa.String(30), nullable=False),
        sa.Column("at_once", sa.Integer),
        sa.Column("changed_at", UtcTime),
        sa.Column("base", sa.Integer),
        sa.Column("read_at", UtcTime),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_pace"),
    )
    op.create_table(
        "refused_login",
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("refusals", sa.Integer, nullable=False),
        sa.Column("first_at", UtcTime, nullable=False),
        sa.Column("shut_until", UtcTime, nullable=False),
        sa.Column("trial", _ID),
        sa.Column("trial_until", UtcTime),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("remedy", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("login", name="pk_refused_login"),
    )
    op.create_table(
        "cached_answer",
        sa.Column("connection_id", _ID, nullable=False),
        sa.Column("question", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("read_at", UtcTime, nullable=False),
        sa.Column("used_at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_cached_answer_connection_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("connection_id", "question", name="pk_cached_answer"),
    )
    op.create_index("ix_cached_answer_used_at", "cached_answer", ["used_at"])
    op.create_table(
        "library_query",
        sa.Column("id", _ID, nullable=False),
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("is_shared", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name="fk_library_query_owner_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_library_query"),
        sa.UniqueConstraint("name", name="uq_library_query_name"),
    )
    op.create_index("ix_library_query_owner_id", "library_query", ["owner_id"])
    op.create_table(
        "library_version",
        sa.Column("query_id", _ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("defaults", sa.Text, nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["query_id"], ["library_query.id"], name="fk_library_version_query_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("query_id", "number", name="pk_library_version"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "library_version",
        "library_query",
        "cached_answer",
        "refused_login",
        "account_pace",
        "netsuite_request",
    ):
        op.drop_table(table)
