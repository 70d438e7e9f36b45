"""Who signs in and how, what a record has ticked, grants that are refreshed, devices, shares, and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connector.db.utc_time import UtcTime

revision = "0002"
down_revision = "0001"

_ID = sa.String(32)


def upgrade() -> None:
    """Make the tables and columns."""
    _people()
    _tokens_and_devices()
    _records_and_connections()
    _ways_in()
    _certificates()
    _audit()
    _housekeeping()
    _notices()
    _passkeys()


def _people() -> None:
    op.create_table(
        "attempt",
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", UtcTime, nullable=False),
        sa.Column("closed_until", UtcTime),
        sa.PrimaryKeyConstraint("subject", name="pk_attempt"),
    )
    op.create_table(
        "browser_session",
        sa.Column("id", _ID, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("last_seen_at", UtcTime, nullable=False),
        sa.Column("proved_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_browser_session_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_browser_session"),
        sa.UniqueConstraint("hash", name="uq_browser_session_hash"),
    )
    op.create_index("ix_browser_session_user_id", "browser_session", ["user_id"])
    op.create_table(
        "invitation",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("user_id", _ID),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.Column("used_at", UtcTime),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_invitation_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name="pk_invitation"),
    )
    op.create_table(
        "sign_in_identity",
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_sign_in_identity_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_sign_in_identity"),
    )
    op.create_index("ix_sign_in_identity_user_id", "sign_in_identity", ["user_id"])
    op.add_column("user_account", sa.Column("email", sa.String(254)))
    op.add_column("user_account", sa.Column("role", sa.String(20), server_default="author", nullable=False))
    op.add_column("user_account", sa.Column("state", sa.String(20), server_default="active", nullable=False))
    op.add_column("user_account", sa.Column("password_hash", sa.String(200)))
    op.add_column("user_account", sa.Column("totp_step", sa.BigInteger))
    op.add_column("user_account", sa.Column("signed_in_at", UtcTime))


def _tokens_and_devices() -> None:
    op.create_table(
        "device_code",
        sa.Column("id", _ID, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("user_code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.Column("polled_at", UtcTime),
        sa.Column("interval", sa.Integer, nullable=False),
        sa.Column("user_id", _ID),
        sa.Column("connection_ids", sa.Text),
        sa.Column("decided_at", UtcTime),
        sa.Column("denied", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_device_code_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_device_code"),
        sa.UniqueConstraint("hash", name="uq_device_code_hash"),
        sa.UniqueConstraint("user_code_hash", name="uq_device_code_user_code_hash"),
    )
    op.add_column("api_token", sa.Column("connection_ids", sa.Text))
    op.add_column("api_token", sa.Column("library_only", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column("api_token", sa.Column("address", sa.String(64)))


def _records_and_connections() -> None:
    op.create_table(
        "connection_share",
        sa.Column("connection_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("shared_by", _ID, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_connection_share_connection_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["shared_by"], ["user_account.id"], name="fk_connection_share_shared_by"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_connection_share_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("connection_id", "user_id", name="pk_connection_share"),
    )
    op.add_column("connection", sa.Column("created_by", sa.String(100)))
    op.add_column("connection", sa.Column("certificate_expires_at", UtcTime))
    op.add_column("connection", sa.Column("version", sa.Integer, server_default="1", nullable=False))
    op.add_column("connection", sa.Column("trouble", sa.String(60)))
    op.add_column("connection", sa.Column("trouble_told_at", UtcTime))
    op.add_column("connection", sa.Column("rotates_certificate", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column("integration_record", sa.Column("origin", sa.String(300)))
    op.add_column("integration_record", sa.Column("version", sa.Integer, server_default="1", nullable=False))
    op.add_column("integration_record", sa.Column("token_based", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column(
        "integration_record", sa.Column("authorization_flow", sa.Boolean, server_default=sa.false(), nullable=False)
    )
    op.add_column("integration_record", sa.Column("issue_token", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column("integration_record", sa.Column("callback_url", sa.String(500)))
    op.add_column(
        "integration_record", sa.Column("authorization_code", sa.Boolean, server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "integration_record", sa.Column("client_credentials", sa.Boolean, server_default=sa.false(), nullable=False)
    )
    op.add_column("integration_record", sa.Column("redirect_uri", sa.String(500)))
    op.add_column(
        "integration_record", sa.Column("public_client", sa.Boolean, server_default=sa.false(), nullable=False)
    )
    op.add_column("integration_record", sa.Column("refresh_token_hours", sa.Integer))
    op.add_column("integration_record", sa.Column("rotation_hours", sa.Integer))
    op.add_column("integration_record", sa.Column("scopes", sa.String(100), server_default="", nullable=False))
    op.add_column(
        "integration_record", sa.Column("consent_policy", sa.String(20), server_default="always_ask", nullable=False)
    )


def _ways_in() -> None:
    op.create_table(
        "hand_off",
        sa.Column("id", _ID, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("account_id", sa.String(50), nullable=False),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("connection_id", _ID),
        sa.Column("connection_name", sa.String(100), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("connection_version", sa.Integer),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("certificate_expires_at", UtcTime, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.Column("used_at", UtcTime),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_hand_off_connection_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_hand_off_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_hand_off"),
        sa.UniqueConstraint("hash", name="uq_hand_off_hash"),
    )
    op.create_index("ix_hand_off_user_id", "hand_off", ["user_id"])
    op.create_table(
        "authorization_flow",
        sa.Column("id", _ID, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("session_id", _ID, nullable=False),
        sa.Column("integration_record_id", _ID, nullable=False),
        sa.Column("connection_id", _ID),
        sa.Column("connection_name", sa.String(100), nullable=False),
        sa.Column("scope", sa.String(100), nullable=False),
        sa.Column("redirect_uri", sa.String(500), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_authorization_flow_connection_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["integration_record_id"],
            ["integration_record.id"],
            name="fk_authorization_flow_integration_record_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_authorization_flow_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_authorization_flow"),
        sa.UniqueConstraint("hash", name="uq_authorization_flow_hash"),
    )
    op.create_table(
        "oauth_grant",
        sa.Column("connection_id", _ID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("access_expires_at", UtcTime, nullable=False),
        sa.Column("refresh_expires_at", UtcTime),
        sa.Column("ends_at", UtcTime),
        sa.Column("rotates", sa.Boolean, nullable=False),
        sa.Column("scope", sa.String(100), nullable=False),
        sa.Column("lease", _ID),
        sa.Column("lease_until", UtcTime),
        sa.Column("asked_at", UtcTime),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("refreshed_at", UtcTime),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_oauth_grant_connection_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("connection_id", name="pk_oauth_grant"),
    )


def _certificates() -> None:
    op.create_table(
        "known_certificate",
        sa.Column("integration_record_id", _ID, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_record_id"],
            ["integration_record.id"],
            name="fk_known_certificate_integration_record_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("integration_record_id", "hash", name="pk_known_certificate"),
    )


def _audit() -> None:
    op.create_table(
        "account_pause",
        sa.Column("account_id", sa.String(50), nullable=False),
        sa.Column("paused_by", sa.String(100), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_pause"),
    )
    op.create_table(
        "audit_chain",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("last_sequence", sa.BigInteger, nullable=False),
        sa.Column("last_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("cut_sequence", sa.BigInteger, nullable=False),
        sa.Column("cut_hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_chain"),
    )
    op.create_table(
        "audit_event",
        sa.Column(
            "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("connection_id", _ID),
        sa.Column("account_id", sa.String(50)),
        sa.Column("outcome", sa.String(60), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_event"),
    )
    op.create_index("ix_audit_event_action", "audit_event", ["action"])
    op.create_index("ix_audit_event_actor", "audit_event", ["actor"])
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    op.create_index("ix_audit_event_connection_id", "audit_event", ["connection_id"])


def _housekeeping() -> None:
    op.create_table(
        "account_quiet_hours",
        sa.Column("account_id", sa.String(50), nullable=False),
        sa.Column("spans", sa.String(200), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("set_by", sa.String(100), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_quiet_hours"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("holder", _ID),
        sa.Column("until", UtcTime),
        sa.Column("ran_at", UtcTime),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "audit_bookmark",
        sa.Column("reader", sa.String(40), nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("reader", name="pk_audit_bookmark"),
    )


def _passkeys() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("last_used_at", UtcTime),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_passkey_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    op.create_table(
        "passkey_challenge",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_passkey_challenge"),
    )


def _notices() -> None:
    op.create_table(
        "part_secret",
        sa.Column("id", _ID, nullable=False),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_part_secret"),
    )
    op.create_table(
        "outgoing_mail",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("revokes", _ID),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("due_at", UtcTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease", _ID),
        sa.ForeignKeyConstraint(["revokes"], ["api_token.id"], name="fk_outgoing_mail_revokes", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_outgoing_mail_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing_mail"),
    )
    op.create_index("ix_outgoing_mail_due_at", "outgoing_mail", ["due_at"])
    op.create_index("ix_outgoing_mail_user_id", "outgoing_mail", ["user_id"])
    op.create_table(
        "told_notice",
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("told_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_told_notice"),
    )
    op.create_table(
        "revoke_link",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("token_id", _ID, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name="fk_revoke_link_token_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name="pk_revoke_link"),
    )
    op.create_index("ix_revoke_link_token_id", "revoke_link", ["token_id"])
