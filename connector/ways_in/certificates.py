"""Client credentials: a certificate made here, uploaded by an administrator, watched, and changed before it ends.

The private key never leaves the vault. A certificate at NetSuite that we did not make is an alarm: whoever holds its key
signs in as this application.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector.errors import ConnectorError, LoginRefusedError, RemoteError, SettingError
from connector.netsuite.account import AccountId
from connector.netsuite.certificate import make_certificate, read_certificate
from connector.netsuite.certificate_rotation import MappedCertificate, mapped, revoke_certificate, upload
from connector.netsuite.session import Session
from connector.vault.connections import Connection, Credentials
from connector.vault.credential_fields import CLIENT_CREDENTIALS
from connector.vault.hand_offs import HandOff, NewHandOff
from connector.vault.pending_certificates import PendingCertificate
from connector.ways_in.administrator_steps import M2M_SETUP, upload_steps
from connector.ways_in.parts import Parts

_WARNINGS = (60, 30, 14)
_ROTATION_LASTS = timedelta(minutes=10)
_rotating = threading.Lock()


@dataclass(frozen=True, slots=True)
class HandOffPage:
    """What the administrator sees: the certificate in PEM and the exact steps; `token` of the link only when it is made."""

    user: str
    account_id: str
    connection_name: str
    certificate: str
    certificate_expires_at: datetime
    expires_at: datetime
    steps: tuple[str, ...]
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Expiring:
    """A connection whose certificate ends: in `days_left` days, which is within `threshold` of them."""

    connection: Connection
    expires_at: datetime
    days_left: int
    threshold: int


class Certificates(Parts):
    """Makes, hands over, takes back, rotates, watches."""

    def new_certificate(
        self,
        user: str,
        account: str,
        connection_name: str,
        kind: str = "ec-p256",
        *,
        connection_id: str | None = None,
        owner: str | None = None,
    ) -> HandOffPage:
        """Make a key pair and a page for whoever administers NetSuite. `kind` is ec-p256, rsa-3072 or rsa-4096.

        `token` of the answer goes into its link and is shown this once. `connection_id` names a connection that
        changes its way in and keeps its name; `owner` is whose connection it becomes. Raises SettingError (codes
        BAD_ACCOUNT_ID, BAD_KEY_KIND, BAD_NAME, DUPLICATE_CONNECTION, NO_CONNECTION, WRONG_ACCOUNT).
        """
        account_id = AccountId.parse(account)
        whose, version = owner or user, None
        if connection_id is None:
            self._refuse_taken(whose, connection_name)
        else:
            renewed = self._owned(connection_id, user)
            connection_name, whose, version = renewed.name, renewed.owner, renewed.version
            _check_same_account(renewed, account_id)
        made = make_certificate(f"NSQuery {connection_name}", self._clock(), kind=kind)
        hand_off, token = self._vault.hand_offs.begin(
            NewHandOff(
                user=whose,
                account_id=account_id.realm,
                origin=str(self._connections.hosts(account_id).suitetalk),
                connection_name=connection_name,
                certificate=made.certificate,
                certificate_expires_at=read_certificate(made.certificate).expires_at,
                private_key=made.private_key,
                connection_id=connection_id,
                connection_version=version,
                made_by=user,
            )
        )
        return _page(hand_off, token)

    def hand_off(self, token: str) -> HandOffPage:
        """What the page of this link shows. Raises NotAllowedError (code HAND_OFF_OVER)."""
        return _page(self._vault.hand_offs.view(token))

    def take_back(
        self,
        token: str,
        client_id: str,
        certificate_id: str,
        role: str | None = None,
        entity: str | None = None,
    ) -> Connection:
        """Try what the administrator brings back, once, and keep it if it works; then the link has served.

        Raises NotAllowedError (code HAND_OFF_OVER), SettingError (BAD_CREDENTIAL, DUPLICATE_CONNECTION, MOVED_ORIGIN),
        LoginRefusedError and RemoteError with the cause; the link stays good after those.
        """
        with self._vault.hand_offs.taking(token) as (hand_off, private_key):
            account = AccountId.parse(hand_off.account_id)
            if str(self._connections.hosts(account).suitetalk) != hand_off.origin:
                raise SettingError(
                    "The service now speaks to another address than when this was handed over.",
                    code="MOVED_ORIGIN",
                    remedy="Ask for a new hand-off.",
                )
            if hand_off.connection_id is None:
                self._refuse_taken(hand_off.user, hand_off.connection_name)
            secrets = {"client_id": client_id, "certificate_id": certificate_id, "private_key": private_key}
            self._connections.try_out(account, CLIENT_CREDENTIALS, secrets)
            return self._kept(
                hand_off.connection_id,
                Credentials(
                    CLIENT_CREDENTIALS,
                    secrets,
                    role=role or None,
                    entity=entity or None,
                    certificate_expires_at=hand_off.certificate_expires_at,
                ),
                owner=hand_off.user,
                name=hand_off.connection_name,
                account_id=account.realm,
                origin=hand_off.origin,
                user=hand_off.made_by,
                version=hand_off.connection_version,
            )

    def rotate_certificate(self, connection: Connection, kind: str = "ec-p256") -> Connection:
        """Upload a new certificate, sign in with it, and only then go over to it and revoke the old one.

        A process that dies in between goes on where it was: the new key is sealed before its certificate is uploaded.
        Of many processes one does it at a time. Raises SettingError (NOT_A_CERTIFICATE, CONNECTION_CHANGED), ConnectorError
        (ROTATION_BUSY), RemoteError (NO_ROTATION, CERTIFICATE_NOT_MAPPED), LoginRefusedError where the new one does not
        sign in; the old one stays in use.
        """
        _check_method(connection)
        with _rotating, self._vault.leases.held(f"rotation:{connection.id}", _ROTATION_LASTS) as mine:
            if not mine:
                raise _rotation_busy(connection)
            connection = self._vault.current(connection)
            secrets = self._vault.secrets(connection)
            pending = self._vault.pending_certificates.get(connection)
            if pending is None or pending.certificate_id is None:
                pending = self._uploaded(connection, secrets, kind)
            new = {
                "client_id": secrets["client_id"],
                "certificate_id": pending.certificate_id or "",
                "private_key": pending.private_key,
            }
            try:
                self._connections.try_out(AccountId.parse(connection.account_id), CLIENT_CREDENTIALS, new)
            except LoginRefusedError:
                self._vault.pending_certificates.forget(connection)  # the next attempt begins with a new one
                raise
            credentials = Credentials(
                CLIENT_CREDENTIALS,
                new,
                role=connection.role,
                entity=connection.entity,
                certificate_expires_at=pending.expires_at,
            )
            changed = self._vault.replace_credentials(connection, credentials)
        self._give_up(changed, secrets["certificate_id"])
        return changed

    def unknown_certificates(self, connection: Connection) -> list[MappedCertificate]:
        """The certificates of this application that work at NetSuite and are not ours. Raises RemoteError (NO_ROTATION)."""
        _check_method(connection)
        secrets = self._vault.secrets(connection)
        session = self._connections.certificates_session(connection)
        try:
            working = [one for one in mapped(session, secrets["client_id"]) if self._works(one)]
        finally:
            session.close()
        unknown = self._vault.unknown_certificates(connection, [one.certificate_id for one in working])
        return [one for one in working if one.certificate_id in unknown]

    def expiring(self, days: Sequence[int] = _WARNINGS, owner: str | None = None) -> list[Expiring]:
        """Connections whose certificate ends within the longest of these spans, the nearest end first.

        `threshold` is the shortest span it is within: a warning is due when that changes. Of all owners, or of one.
        """
        now = self._clock()
        found = []
        for one in self._vault.everyones() if owner is None else self._vault.connections(owner):
            if one.certificate_expires_at is None or one.state != "enabled":
                continue
            left = (one.certificate_expires_at - now).days
            within = [span for span in days if left < span]
            if within:
                found.append(Expiring(one, one.certificate_expires_at, left, min(within)))
        return sorted(found, key=lambda each: each.expires_at)

    def _uploaded(self, connection: Connection, secrets: Mapping[str, str], kind: str) -> PendingCertificate:
        """A new certificate, mapped for the user and role of the one in use."""
        session = self._connections.certificates_session(connection)
        try:
            present = self._in_use(session, secrets)
            made = make_certificate(f"NSQuery {connection.name}", self._clock(), kind=kind)
            expires_at = read_certificate(made.certificate).expires_at
            pending = PendingCertificate(made.private_key, made.certificate, expires_at)
            self._vault.pending_certificates.keep(connection, pending)
            given = upload(
                session,
                secrets["client_id"],
                certificate_pem=made.certificate,
                role=present.role,
                entity=present.entity,
            )
        finally:
            session.close()
        self._vault.know_certificate(connection, given.certificate_id)
        pending = PendingCertificate(
            made.private_key, made.certificate, given.valid_until or expires_at, given.certificate_id
        )
        self._vault.pending_certificates.keep(connection, pending)
        return pending

    def _give_up(self, connection: Connection, certificate_id: str) -> None:
        """Revoke the certificate before: a user and role have two at most, and the next change needs the place.

        Where NetSuite does not do it, the certificate stays one that we know, and ends by itself.
        """
        session = self._connections.certificates_session(connection)
        try:
            with suppress(ConnectorError):
                revoke_certificate(session, self._vault.secrets(connection)["client_id"], certificate_id)
        finally:
            session.close()

    def _in_use(self, session: Session, secrets: Mapping[str, str]) -> MappedCertificate:
        for one in mapped(session, secrets["client_id"]):
            if one.certificate_id == secrets["certificate_id"]:
                return one
        raise RemoteError(
            "NetSuite does not list the certificate that is in use.",
            code="CERTIFICATE_NOT_MAPPED",
            remedy=f"Look at {M2M_SETUP}; a certificate made here can be uploaded there by hand.",
        )

    def _works(self, certificate: MappedCertificate) -> bool:
        ended = certificate.valid_until is not None and certificate.valid_until <= self._clock()
        return not certificate.revoked and not ended


def _check_method(connection: Connection) -> None:
    if connection.method != CLIENT_CREDENTIALS:
        raise SettingError(
            f"The connection {connection.name} signs in without a certificate.",
            code="NOT_A_CERTIFICATE",
            remedy="Move it to client credentials first; it keeps its name.",
        )


def _rotation_busy(connection: Connection) -> ConnectorError:
    return ConnectorError(
        f"The certificate of {connection.name} is being changed by another process.",
        code="ROTATION_BUSY",
        remedy="Look at the connection's page in a few minutes.",
        retryable=True,
    )


def _check_same_account(connection: Connection, account: AccountId) -> None:
    if connection.account_id != account.realm:
        raise SettingError(
            f"The connection {connection.name} is of account {connection.account_id}, not {account.realm}.",
            code="WRONG_ACCOUNT",
            remedy="Make a new connection for the other account.",
        )


def _page(hand_off: HandOff, token: str | None = None) -> HandOffPage:
    return HandOffPage(
        user=hand_off.user,
        account_id=hand_off.account_id,
        connection_name=hand_off.connection_name,
        certificate=hand_off.certificate,
        certificate_expires_at=hand_off.certificate_expires_at,
        expires_at=hand_off.expires_at,
        steps=upload_steps(hand_off.account_id),
        token=token,
    )
