"""Watching over connections: what stopped working, what ends soon, certificates that are not ours, those to be changed.

What asks NetSuite is background work: it keeps pauses and quiet hours, and asks over one connection after the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime

from connector.audit.log import AuditLog
from connector.connections import Connections
from connector.db.engine import Database
from connector.db.utc_time import utc_now
from connector.errors import ConnectorError
from connector.netsuite.certificate_rotation import MappedCertificate
from connector.notices.letter import Words
from connector.notices.outbox import Outbox
from connector.notices.wording import Wording
from connector.people.audience import administrators, owners
from connector.vault.connections import Connection, Vault
from connector.vault.credential_fields import CLIENT_CREDENTIALS
from connector.vault.troubles import claim_untold, has_untold
from connector.ways_in import WaysIn
from connector.ways_in.certificates import Expiring

EndWording = Callable[[str, str, str, datetime, int], Words]
"""Name, account and id of a connection, when it ends, days left."""
HOUSEKEEPER = "housekeeping"
"""Who acts, in the audit log."""
_ROTATES_BEFORE = 30
_WARNINGS = (60, 30, 14)
_SHORT_WARNINGS = (*_WARNINGS, 1)
"""In days. A consent of seven days is told a day before its end: the longer warnings would come with the consent itself."""


class Watch:
    """Looks after every connection."""

    def __init__(
        self,
        database: Database,
        *,
        vault: Vault,
        connections: Connections,
        ways_in: WaysIn,
        audit: AuditLog,
        outbox: Outbox,
        wording: Wording,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._vault = vault
        self._connections = connections
        self._ways_in = ways_in
        self._audit = audit
        self._outbox = outbox
        self._wording = wording
        self._clock = clock

    def tell_troubles(self) -> None:
        """Tell each trouble to the connection's owner, once."""
        with self._database.read() as transaction:
            if not self._outbox.is_open or not has_untold(transaction):
                return
        connections = {one.id: one for one in self._vault.everyones()}
        with self._database.write() as transaction:
            for connection_id in claim_untold(transaction, self._clock(), among=set(connections)):
                one = connections[connection_id]
                said = self._wording.connection_paused(one.name, one.account_id, one.id)
                for person in sorted(owners(transaction, one.id)):
                    self._outbox.put(transaction, person, said)

    def tell_ends(self) -> None:
        """Tell what ends within 60, 30 and 14 days, each once for each end."""
        for one in self._ways_in.expiring(_WARNINGS):
            self._tell_end("certificate", one, self._wording.certificate_ends)
        for one in self._ways_in.ending_grants(_SHORT_WARNINGS):
            self._tell_end("consent", one, self._wording.grant_ends)

    def _tell_end(self, kind: str, ending: Expiring, wording: EndWording) -> None:
        one = ending.connection
        said = wording(one.name, one.account_id, one.id, ending.expires_at, ending.days_left)
        self._tell_owner(one, f"{kind}-end:{one.id}:{ending.expires_at:%Y%m%d}:{ending.threshold}", said)

    def look_for_unknown_certificates(self) -> None:
        """Ask NetSuite for the certificates of each application, and tell those that are not ours."""
        for one in self._askable():
            try:
                unknown = self._ways_in.unknown_certificates(one)
            except ConnectorError as error:
                # Without the permission there is nothing to be seen; a refused login is told by whoever asks for rows.
                if error.code != "NO_ROTATION":
                    self._note("certificates_checked", one, error.code.lower())
                continue
            self._note("certificates_checked", one, "unknown certificate" if unknown else "ok", unknown=len(unknown))
            for certificate in unknown:
                self._alarm(one, certificate)

    def change_certificates(self) -> None:
        """Change each certificate that ends within 30 days and is to be changed by itself; tell a failure once."""
        near = {one.connection.id for one in self._ways_in.expiring((_ROTATES_BEFORE,))}
        for one in self._askable():
            if one.id not in near or not one.rotates_certificate:
                continue
            try:
                self._ways_in.rotate_certificate(one)
            except ConnectorError as error:
                if error.code == "ROTATION_BUSY":
                    continue
                self._note("certificate_changed", one, error.code.lower())
                said = self._wording.rotation_failed(one.name, one.account_id, one.id, error.code)
                self._tell_owner(one, f"rotation:{one.id}:{one.version}", said)
            else:
                self._note("certificate_changed", one, "ok")

    def _askable(self) -> Iterator[Connection]:
        """The connections with a certificate over which background work may ask NetSuite now."""
        for one in self._vault.everyones():
            if one.method != CLIENT_CREDENTIALS or one.state != "enabled":
                continue
            try:
                yield self._connections.allowed(one, background=True)
            except ConnectorError:
                continue  # paused, quiet, or gone meanwhile

    def _alarm(self, one: Connection, certificate: MappedCertificate) -> None:
        hashed = hashlib.sha256(certificate.certificate_id.encode()).hexdigest()[:40]
        said = self._wording.unknown_certificate(one.name, one.account_id, one.id, certificate.role)
        with self._database.write() as transaction:
            if not self._outbox.is_news(transaction, f"certificate:{one.integration_record_id}:{hashed}"):
                return
            for person in sorted(owners(transaction, one.id) | administrators(transaction)):
                self._outbox.put(transaction, person, said)

    def _tell_owner(self, one: Connection, subject: str, said: Words) -> None:
        with self._database.read() as transaction:
            if self._outbox.was_told(transaction, subject):
                return
        with self._database.write() as transaction:
            if self._outbox.is_news(transaction, subject):
                for person in sorted(owners(transaction, one.id)):
                    self._outbox.put(transaction, person, said)

    def _note(self, action: str, one: Connection, outcome: str, **detail: int) -> None:
        self._audit.add(
            actor=HOUSEKEEPER,
            action=action,
            subject=one.name,
            connection_id=one.id,
            account_id=one.account_id,
            outcome=outcome,
            detail=detail,
        )
