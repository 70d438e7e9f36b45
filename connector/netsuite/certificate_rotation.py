"""The certificates mapped to an integration record, and a new one uploaded by the machine itself.

Needs the permission Manage own OAuth 2.0 Client Credentials certificates, on the RESTlets' host, with an access token of
the scope rest_webservices. Sources: Oracle article_92130837826, article_11111634165, article_0209112025, article_0209112818.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from connector.egress import Reply
from connector.errors import ConnectorError, RemoteError, SettingError, UnreadableError
from connector.netsuite.certificate import read_certificate
from connector.netsuite.faults import INTEGRATIONS, M2M_SETUP, fault_of
from connector.netsuite.session import Session, certificates_path

_CERTIFICATE_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_MOST = 1_000  # NetSuite keeps revoked ones in the list


@dataclass(frozen=True, slots=True)
class MappedCertificate:
    """A certificate that NetSuite takes, or took, for an entity in a role.

    `fingerprint` is the SHA-256 in hexadecimal where NetSuite sent the certificate itself; times are in UTC.
    """

    certificate_id: str
    entity: str
    role: str
    valid_from: datetime | None
    valid_until: datetime | None
    revoked: bool
    algorithm: str | None
    fingerprint: str | None


def mapped(session: Session, client_id: str) -> list[MappedCertificate]:
    """Every certificate of the integration record, the revoked ones too. Raises RemoteError (NO_ROTATION), SettingError."""
    reply = session.send("certificates", "GET", certificates_path(client_id))
    body = _body(reply, session)
    if not isinstance(body, list) or len(body) > _MOST:
        raise _unreadable()
    return [_listed(entry) for entry in body]


def upload(session: Session, client_id: str, *, certificate_pem: str, role: str, entity: str) -> MappedCertificate:
    """Map a certificate for an entity in a role (internal ids). Raises RemoteError (NO_ROTATION), SettingError.

    What NetSuite says it mapped is checked against what was sent.
    """
    sent = read_certificate(certificate_pem)
    content = json.dumps({"fileContent": certificate_pem, "role": role, "entity": entity}).encode()
    headers = {"Content-Type": "application/json"}
    reply = session.send("upload certificate", "POST", certificates_path(client_id), headers=headers, content=content)
    made = _uploaded(_body(reply, session))
    if (made.role, made.entity) != (role, entity) or made.fingerprint not in (None, sent.fingerprint):
        raise UnreadableError(
            "NetSuite says that it mapped another certificate, role or user than was sent.",
            code="OTHER_CERTIFICATE",
            remedy=f"Look at {M2M_SETUP}, and revoke there what nobody knows.",
        )
    return made


def revoke_certificate(session: Session, client_id: str, certificate_id: str) -> None:
    """End a mapped certificate. Raises RemoteError (NO_ROTATION), SettingError."""
    if _CERTIFICATE_ID.fullmatch(certificate_id) is None:
        raise SettingError(
            "The certificate id has a sign in it that none has.",
            code="BAD_CREDENTIAL",
            remedy=f"Copy it from {M2M_SETUP}.",
        )
    path = f"{certificates_path(client_id)}/{certificate_id}/revoke"
    reply = session.send("revoke certificate", "POST", path)
    if not HTTPStatus(200) <= reply.status < HTTPStatus(300):
        raise _fault(reply, session)


def _body(reply: Reply, session: Session) -> object:
    if not HTTPStatus(200) <= reply.status < HTTPStatus(300):
        raise _fault(reply, session)
    try:
        return reply.json()
    except ValueError:
        raise _unreadable() from None


def _fault(reply: Reply, session: Session) -> ConnectorError:
    fault = fault_of(reply, session.origin)
    if fault.code in {"INSUFFICIENT_PERMISSION", "NO_SERVICE"}:
        return RemoteError(
            "The role may not manage its own certificates.",
            code="NO_ROTATION",
            remedy="Setup > Users/Roles > Manage Roles, the role, Permissions > Setup: Manage own OAuth 2.0 Client "
            f"Credentials certificates. Without it, upload the certificate in {M2M_SETUP}; the record stands in {INTEGRATIONS}.",
        )
    return fault


def _listed(entry: object) -> MappedCertificate:
    given = _mapping(entry)
    return _certificate(
        given, role=_id(given.get("role")), entity=_id(given.get("entity")), revoked=given.get("revoked")
    )


def _uploaded(entry: object) -> MappedCertificate:
    given = _mapping(entry)
    ids = _mapping(given.get("entity_role_id"))
    return _certificate(given, role=_id(ids.get("rol")), entity=_id(ids.get("ent")), revoked=given.get("invalidated"))


def _certificate(given: Mapping[str, object], *, role: str, entity: str, revoked: object) -> MappedCertificate:
    certificate_id, algorithm = given.get("certificate_id"), given.get("algorithm")
    if not isinstance(certificate_id, str) or _CERTIFICATE_ID.fullmatch(certificate_id) is None:
        raise _unreadable()
    return MappedCertificate(
        certificate_id=certificate_id,
        entity=entity,
        role=role,
        valid_from=_time(given.get("valid_from")),
        valid_until=_time(given.get("valid_until")),
        revoked=_truth(revoked),
        algorithm=algorithm[:40] if isinstance(algorithm, str) else None,
        fingerprint=_fingerprint(given.get("certificate") or given.get("fileContent")),
    )


def _id(value: object) -> str:
    """An internal id, plain or as `{"id": …}`."""
    found = value.get("id") if isinstance(value, dict) else value
    if not isinstance(found, str) or re.fullmatch(r"-?[0-9]{1,18}", found) is None:
        raise _unreadable()
    return found


def _time(value: object) -> datetime | None:
    """ISO 8601 or milliseconds since 1970: which one NetSuite sends is not documented."""
    if not isinstance(value, str):
        return None
    try:
        if re.fullmatch(r"[0-9]{9,14}", value):
            seconds = int(value) / (1000 if len(value) > 11 else 1)  # noqa: PLR2004 - seconds have ten digits until 2286
            return datetime.fromtimestamp(seconds, UTC)
        told = datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def _truth(value: object) -> bool:
    """A certificate whose state cannot be told counts as good: it is the one to raise an alarm about."""
    return value is True or (isinstance(value, str) and value.lower() in ("true", "t", "yes"))


def _fingerprint(pem: object) -> str | None:
    if not isinstance(pem, str):
        return None
    try:
        return read_certificate(pem).fingerprint
    except SettingError:
        return None


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _unreadable()
    return value


def _unreadable() -> UnreadableError:
    return UnreadableError("NetSuite sent a list of certificates that cannot be read.")
