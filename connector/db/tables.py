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

passkey = sa.Table(
    "passkey",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("credential_id", sa.LargeBinary(1023), nullable=False, unique=True),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("last_used_at", UtcTime),
)

passkey_challenge = sa.Table(
    "passkey_challenge",
    metadata,
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("expires_at", UtcTime, nullable=False),
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
    # Whether its certificate is changed by the service itself before it ends.
    sa.Column("rotates_certificate", sa.Boolean, nullable=False, server_default=sa.false()),
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
    # By whose right it was made, and on which version of the connection: it ends with either.
    sa.Column("made_by", sa.String(100), nullable=False),
    sa.Column("connection_version", sa.Integer),
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

part_secret = sa.Table(
    "part_secret",
    metadata,
    # A secret of a part of the service, by the part's name; sealed in `secret` for the one address it is sent to.
    sa.Column("id", _ID, primary_key=True),
    sa.Column("origin", sa.String(300), nullable=False),
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

account_quiet_hours = sa.Table(
    "account_quiet_hours",
    metadata,
    sa.Column("account_id", sa.String(50), primary_key=True),
    # `22:00-06:00` with commas: times of day in the zone.
    sa.Column("spans", sa.String(200), nullable=False),
    sa.Column("time_zone", sa.String(60), nullable=False),
    sa.Column("set_by", sa.String(100), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)

lease = sa.Table(
    "lease",
    metadata,
    # Work that one process does at a time: who does it now and until when, and when it was last done.
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("holder", _ID),
    sa.Column("until", UtcTime),
    sa.Column("ran_at", UtcTime),
)

outgoing_mail = sa.Table(
    "outgoing_mail",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    # The address is looked up when it is sent: what is erased is not written to.
    sa.Column("user_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    # The token whose link to revoke it is made when the mail is sent, so that no secret waits here.
    sa.Column("revokes", sa.ForeignKey("api_token.id", ondelete="CASCADE")),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("lease", _ID),
)

told_notice = sa.Table(
    "told_notice",
    metadata,
    # What was told is not told again.
    sa.Column("subject", sa.String(200), primary_key=True),
    sa.Column("told_at", UtcTime, nullable=False),
)

audit_bookmark = sa.Table(
    "audit_bookmark",
    metadata,
    # Up to which event somebody has read the audit log.
    sa.Column("reader", sa.String(40), primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
)

revoke_link = sa.Table(
    "revoke_link",
    metadata,
    sa.Column("hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("token_id", sa.ForeignKey("api_token.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("expires_at", UtcTime, nullable=False),
)

column_shape = sa.Table(
    "column_shape",
    metadata,
    sa.Column("connection_id", sa.ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("query_fingerprint", sa.String(128), primary_key=True),
    sa.Column("columns", sa.Text, nullable=False),  # a JSON array of [name, type]
    sa.Column("updated_at", UtcTime, nullable=False),
)

netsuite_request = sa.Table(
    "netsuite_request",
    metadata,
    # What is on its way to NetSuite or waits for that, of every process: `held_at` says since when it may.
    sa.Column("id", _ID, primary_key=True),
    sa.Column("account_id", sa.String(30), nullable=False, index=True),
    sa.Column("process", _ID, nullable=False, index=True),
    sa.Column("lane", sa.Integer, nullable=False),
    sa.Column("asker", sa.String(100), nullable=False),
    sa.Column("login", sa.String(64), nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.Column("held_at", UtcTime),
    sa.Column("until", UtcTime, nullable=False),
)

account_pace = sa.Table(
    "account_pace",
    metadata,
    sa.Column("account_id", sa.String(30), primary_key=True),
    # How many requests at once NetSuite bears at the moment, and the account's own limit as it was last read.
    sa.Column("at_once", sa.Integer),
    sa.Column("changed_at", UtcTime),
    sa.Column("base", sa.Integer),
    sa.Column("read_at", UtcTime),
)

refused_login = sa.Table(
    "refused_login",
    metadata,
    sa.Column("login", sa.String(64), primary_key=True),
    sa.Column("refusals", sa.Integer, nullable=False),
    sa.Column("first_at", UtcTime, nullable=False),
    sa.Column("shut_until", UtcTime, nullable=False),
    # Who tries again, and until when nobody else does.
    sa.Column("trial", _ID),
    sa.Column("trial_until", UtcTime),
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("remedy", sa.Text, nullable=False),
)

cached_answer = sa.Table(
    "cached_answer",
    metadata,
    sa.Column("connection_id", sa.ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("key_id", sa.String(40), nullable=False),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("read_at", UtcTime, nullable=False),
    sa.Column("used_at", UtcTime, nullable=False, index=True),
)

library_query = sa.Table(
    "library_query",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("owner_id", sa.ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("name", sa.String(63), nullable=False, unique=True),
    sa.Column("is_shared", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)

library_version = sa.Table(
    "library_version",
    metadata,
    sa.Column("query_id", sa.ForeignKey("library_query.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("defaults", sa.Text, nullable=False),  # a JSON object of parameter → text
    sa.Column("made_by", sa.String(100), nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
)


def new_id() -> str:
    """An id that no other row has had or will have."""
    return secrets.token_hex(16)
