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
    sa.Column("email", sa.String(254)),
    sa.Column("role", sa.String(20), nullable=False, server_default="author"),
    sa.Column("state", sa.String(20), nullable=False, server_default="active"),
    sa.Column("password_hash", sa.String(200)),
    # The step of the last one-time password that was taken: none is taken twice.
    sa.Column("totp_step", sa.BigInteger),
    sa.Column("signed_in_at", UtcTime),
)

sign_in_identity = sa.Table(
    "sign_in_identity",
    metadata,
    sa.Column("issuer", sa.String(300), primary_key=True),
    sa.Column("subject", sa.String(255), primary_key=True),
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("created_at", UtcTime, nullable=False),
)

browser_session = sa.Table(
    "browser_session",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("agent", sa.String(200), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("last_seen_at", UtcTime, nullable=False),
    sa.Column("proved_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
)

invitation = sa.Table(
    "invitation",
    metadata,
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    # setup: the first administrator; invite: a new person or a new password for one.
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE")),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("used_at", UtcTime),
)

attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("subject", sa.String(200), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", UtcTime, nullable=False),
    sa.Column("closed_until", UtcTime),
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
    # The origin that the record's own secrets (client id and client secret) belong to; null while it has none.
    sa.Column("origin", sa.String(300)),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    # What is ticked on NetSuite's Authentication subtab.
    sa.Column("token_based", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("authorization_flow", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("issue_token", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("callback_url", sa.String(500)),
    sa.Column("authorization_code", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("client_credentials", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("redirect_uri", sa.String(500)),
    sa.Column("public_client", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("refresh_token_hours", sa.Integer),
    sa.Column("rotation_hours", sa.Integer),
    sa.Column("scopes", sa.String(100), nullable=False, server_default=""),
    sa.Column("consent_policy", sa.String(20), nullable=False, server_default="always_ask"),
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
    sa.Column("created_by", sa.String(100)),
    sa.Column("certificate_expires_at", UtcTime),
    # Counts the credentials it has had; the version of those that are sealed now.
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    # Why it does not work at the moment, and when that was told to its owner; null while it does.
    sa.Column("trouble", sa.String(60)),
    sa.Column("trouble_told_at", UtcTime),
    sa.UniqueConstraint("owner_id", "name"),
)

connection_share = sa.Table(
    "connection_share",
    metadata,
    sa.Column("connection_id", sa.ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("shared_by", sa.ForeignKey("user_account.id"), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)

oauth_grant = sa.Table(
    "oauth_grant",
    metadata,
    sa.Column("connection_id", sa.ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True),
    # The version of the sealed tokens; who writes compares it.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("access_expires_at", UtcTime, nullable=False),
    sa.Column("refresh_expires_at", UtcTime),
    sa.Column("ends_at", UtcTime),
    sa.Column("rotates", sa.Boolean, nullable=False),
    sa.Column("scope", sa.String(100), nullable=False),
    # Who refreshes now and until when; `asked_at` is set before NetSuite is asked and cleared with the new token.
    sa.Column("lease", sa.String(32)),
    sa.Column("lease_until", UtcTime),
    sa.Column("asked_at", UtcTime),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("refreshed_at", UtcTime),
)

authorization_flow = sa.Table(
    "authorization_flow",
    metadata,
    # Keyed by a hash of `state` (OAuth 2.0) or of the request token (TBA); verifier and token secret are sealed.
    sa.Column("id", _ID, primary_key=True),
    sa.Column("hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("method", sa.String(40), nullable=False),
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False),
    # The browser session that began it: another one cannot end it.
    sa.Column("session_id", _ID, nullable=False),
    sa.Column("integration_record_id", sa.ForeignKey("integration_record.id", ondelete="CASCADE"), nullable=False),
    # The connection that is renewed; null where a new one of `connection_name` is made.
    sa.Column("connection_id", sa.ForeignKey("connection.id", ondelete="CASCADE")),
    sa.Column("connection_name", sa.String(100), nullable=False),
    sa.Column("scope", sa.String(100), nullable=False),
    sa.Column("redirect_uri", sa.String(500), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
)

hand_off = sa.Table(
    "hand_off",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("account_id", sa.String(50), nullable=False),
    sa.Column("origin", sa.String(300), nullable=False),
    # The connection that changes its way in; null where a new one of `connection_name` is made.
    sa.Column("connection_id", sa.ForeignKey("connection.id", ondelete="CASCADE")),
    sa.Column("connection_name", sa.String(100), nullable=False),
    sa.Column("certificate", sa.Text, nullable=False),
    sa.Column("certificate_expires_at", UtcTime, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("used_at", UtcTime),
)

known_certificate = sa.Table(
    "known_certificate",
    metadata,
    # The certificates that we made or were given, by a hash of their id: any other one at NetSuite is an alarm.
    sa.Column("integration_record_id", sa.ForeignKey("integration_record.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("created_at", UtcTime, nullable=False),
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
    # Ids of connections as a JSON array; null stands for all that its owner may use.
    sa.Column("connection_ids", sa.Text),
    sa.Column("library_only", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("address", sa.String(64)),
)

device_code = sa.Table(
    "device_code",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("user_code_hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("polled_at", UtcTime),
    sa.Column("interval", sa.Integer, nullable=False),
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE")),
    sa.Column("connection_ids", sa.Text),
    sa.Column("decided_at", UtcTime),
    sa.Column("denied", sa.Boolean, nullable=False, server_default=sa.false()),
)

audit_event = sa.Table(
    "audit_event",
    metadata,
    sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("actor", sa.String(100), nullable=False, index=True),
    sa.Column("action", sa.String(60), nullable=False, index=True),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("connection_id", _ID, index=True),
    sa.Column("account_id", sa.String(50)),
    sa.Column("outcome", sa.String(60), nullable=False),
    # A JSON object: rows, milliseconds, NetSuite's own id; `claimed` holds what the client said of itself.
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
)

audit_chain = sa.Table(
    "audit_chain",
    metadata,
    # One row: the last event, and the last one that a retention cut removed.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last_sequence", sa.BigInteger, nullable=False),
    sa.Column("last_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("cut_sequence", sa.BigInteger, nullable=False),
    sa.Column("cut_hash", sa.LargeBinary(32), nullable=False),
)

account_pause = sa.Table(
    "account_pause",
    metadata,
    sa.Column("account_id", sa.String(50), primary_key=True),
    sa.Column("paused_by", sa.String(100), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
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
