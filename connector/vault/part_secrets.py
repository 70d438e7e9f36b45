"""Secrets of the service's own parts, each by its name: the password of the mail server, the key of a webhook.

They are sealed like credentials, for the one address they are sent to; given once (`connector vault set NAME`) and never
shown again.
"""

from __future__ import annotations

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import part_secret as table
from connector.db.utc_time import utc_now
from connector.errors import SettingError
from connector.settings import Settings
from connector.vault.envelope import Envelope
from connector.vault.key_provider import KeyProvider
from connector.vault.sealed_rows import drop_secrets, get_secrets, put_secrets

SMTP, AUDIT_WEBHOOK, OIDC = "smtp", "audit-webhook", "oidc"
_VARIABLES = {SMTP: "CONNECTOR_SMTP_URL", AUDIT_WEBHOOK: "CONNECTOR_AUDIT_WEBHOOK", OIDC: "CONNECTOR_OIDC_ISSUER"}
_FIELD = "value"
_LONGEST = 8_000
_LONGEST_NAME = 32


def part_origin(settings: Settings, name: str) -> str:
    """The address that the secret of this part is for, as the settings have it.

    Raises SettingError (code UNKNOWN_PART where there is no such part, or the settings do not name its address).
    """
    server, hook = settings.smtp_url, settings.audit_webhook
    origins = {SMTP: server.origin if server else None, AUDIT_WEBHOOK: hook.origin if hook else None}
    origins[OIDC] = settings.oidc_issuer
    if name not in origins:
        raise SettingError(
            f"{name[:40]!a} has no secret of its own.",
            code="UNKNOWN_PART",
            remedy=f"Give one of {', '.join(sorted(origins))}.",
        )
    origin = origins[name]
    if origin is None:
        raise SettingError(
            f"It is not known which address the secret {name} is for.",
            code="UNKNOWN_PART",
            remedy=f"Set {_VARIABLES[name]} first: the secret is sealed for that address alone.",
        )
    return origin


class PartSecrets:
    """Keeps and opens them. Threads and processes meet at the database."""

    def __init__(self, database: Database, keys: KeyProvider) -> None:
        self._database = database
        self._envelope = Envelope(keys)

    def put(self, name: str, value: str, *, origin: str) -> None:
        """Seal it for `origin`, in place of the one before. `origin` is empty for what is never sent.

        Raises SettingError (code BAD_PART_SECRET).
        """
        if not 1 <= len(name) <= _LONGEST_NAME or not value or len(value) > _LONGEST or not value.isprintable():
            raise SettingError(
                f"The secret is empty, longer than {_LONGEST:,} characters, or more than one line.",
                code="BAD_PART_SECRET",
                remedy="Give it on standard input, as one line.",
            )
        with self._database.write() as transaction:
            self._drop(transaction, name)
            transaction.execute(sa.insert(table).values(id=name, origin=origin, created_at=utc_now()))
            put_secrets(transaction, self._envelope, table=table.name, row=name, origin=origin, values={_FIELD: value})

    def get(self, name: str, *, origin: str) -> str | None:
        """The secret, to be sent to `origin` alone; None where none was given.

        Raises SettingError (code MOVED_ORIGIN where it was given for another address, VAULT_UNREADABLE).
        """
        with self._database.read() as transaction:
            known = transaction.scalar(sa.select(table.c.origin).where(table.c.id == name))
            if known is None:
                return None
            if known != origin:
                raise SettingError(
                    f"The secret {name} was given for another address than the one it would go to now.",
                    code="MOVED_ORIGIN",
                    remedy=f"A secret stays with its address: give it again with `connector vault set {name}`.",
                )
            return get_secrets(transaction, self._envelope, table=table.name, row=name, origin=origin).get(_FIELD)

    def drop(self, name: str) -> None:
        """Forget it. Dropping twice does nothing."""
        with self._database.write() as transaction:
            self._drop(transaction, name)

    @staticmethod
    def _drop(transaction: sa.Connection, name: str) -> None:
        drop_secrets(transaction, table=table.name, row=name)
        transaction.execute(sa.delete(table).where(table.c.id == name))
