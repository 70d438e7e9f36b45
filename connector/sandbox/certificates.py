"""Certificates mapped to an integration record, a user and a role (Oracle section_162755359851).

RSA of 3072 or 4096 bits or EC P-256, P-384, P-521; at most five active ones an integration record; one for a
combination of record, user and role; validity beyond two years is shortened without a word.
"""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from connector.sandbox.directory import Entity, Integration, Role

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

MOST_ACTIVE = 5
_LONGEST = timedelta(days=730)
_RSA_BITS = (3072, 4096)
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_RSA_ALGORITHMS = frozenset({"PS256", "PS384", "PS512"})


class CertificateRefused(Exception):  # noqa: N818 - the page's answer, not a fault of ours
    """The page does not take this certificate; the message says why."""


@dataclass(slots=True)
class Mapping:
    """A certificate and whom it stands for. `certificate_id` is the `kid` of an assertion."""

    certificate_id: str
    integration: Integration
    entity: Entity
    role: Role
    public_key: PublicKey
    valid_from: datetime
    valid_until: datetime
    created: datetime
    pem: str
    revoked: bool = False

    @property
    def key_type(self) -> str:
        """RSA or EC."""
        return "RSA" if isinstance(self.public_key, rsa.RSAPublicKey) else "EC"

    @property
    def algorithms(self) -> frozenset[str]:
        """The JWS algorithms that an assertion with this key may name."""
        if isinstance(self.public_key, rsa.RSAPublicKey):
            return _RSA_ALGORITHMS
        return frozenset({_CURVES[self.public_key.curve.name]})

    def is_active(self, now: datetime) -> bool:
        """Whether it is neither revoked nor over."""
        return not self.revoked and now < self.valid_until


class Certificates:
    """The mappings of one account. Threads may share it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._mappings: dict[str, Mapping] = {}
        self._lock = threading.Lock()

    def upload(
        self, integration: Integration, entity: Entity, role: Role, file: bytes, *, beside_another: bool = False
    ) -> Mapping:
        """Map a certificate (PEM or DER). Raises CertificateRefused.

        `beside_another` lets it stand beside one that the combination has, so that it can prove itself before the
        other is revoked; a third is refused.
        """
        certificate = _read(file)
        key = _usable_key(certificate)
        now = self._now()
        if now >= certificate.not_valid_after_utc:
            raise CertificateRefused("The certificate has expired.")
        until = min(certificate.not_valid_after_utc, max(now, certificate.not_valid_before_utc) + _LONGEST)
        with self._lock:
            active = [one for one in self._mappings.values() if one.integration is integration and one.is_active(now)]
            its_own = [one for one in active if one.entity is entity and one.role is role]
            if len(its_own) > (1 if beside_another else 0):
                raise CertificateRefused(
                    "This application, entity and role have a certificate already. Revoke it first."
                )
            if len(active) >= MOST_ACTIVE:
                raise CertificateRefused("This application has five active certificates. Revoke one first.")
            begins, pem = certificate.not_valid_before_utc, certificate.public_bytes(Encoding.PEM).decode()
            mapping = Mapping(_new_id(), integration, entity, role, key, begins, until, now, pem)
            self._mappings[mapping.certificate_id] = mapping
        return mapping

    def find(self, certificate_id: str) -> Mapping | None:
        """The mapping with this id."""
        return self._mappings.get(certificate_id)

    def revoke(self, certificate_id: str) -> bool:
        """Revoke for good; whether there was anything to revoke."""
        with self._lock:
            mapping = self._mappings.get(certificate_id)
            if mapping is None or mapping.revoked:
                return False
            mapping.revoked = True
            return True

    def mappings(self) -> list[Mapping]:
        """All, oldest first."""
        with self._lock:
            return list(self._mappings.values())

    def is_usable(self, mapping: Mapping) -> bool:
        """Whether assertions may be signed with it now."""
        now = self._now()
        return mapping.is_active(now) and now >= mapping.valid_from

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _new_id() -> str:
    """43 characters of base64url, as NetSuite's (32 bytes)."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def _read(file: bytes) -> x509.Certificate:
    try:
        if b"-----BEGIN" in file:
            return x509.load_pem_x509_certificate(file)
        return x509.load_der_x509_certificate(file)
    except (ValueError, TypeError) as error:
        raise CertificateRefused("The file is not an X.509 certificate in PEM or DER.") from error


def _usable_key(certificate: x509.Certificate) -> PublicKey:
    try:
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CertificateRefused("The certificate's key cannot be read.") from error
    if isinstance(key, rsa.RSAPublicKey) and key.key_size in _RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return key
    raise CertificateRefused("The key must be RSA of 3072 or 4096 bits, or EC P-256, P-384 or P-521.")
