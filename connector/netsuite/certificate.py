"""The key pair and certificate with which an integration signs in by client credentials.

NetSuite takes EC P-256/384/521 or RSA of 3072 or 4096 bits and shortens what is valid for more than two years
(Oracle section_162755359851). The private key is made here and never leaves the vault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from connector.errors import SettingError

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_VALID = timedelta(days=729)  # under two years, so that NetSuite does not shorten it
_LONGEST_PEM = 16_384  # characters; an RSA key of 4096 bits has some 3,300
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----")


@dataclass(frozen=True, slots=True, repr=False)
class KeyAndCertificate:
    """Both as PEM; the certificate is what is uploaded."""

    private_key: str
    certificate: str

    def __repr__(self) -> str:
        return "KeyAndCertificate(…)"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """SHA-256 fingerprint in hexadecimal, and from when until when it is good (aware, UTC)."""

    fingerprint: str
    valid_from: datetime
    expires_at: datetime


def make_certificate(name: str, now: datetime, *, kind: str = "ec-p256") -> KeyAndCertificate:
    """Make a key pair and a self-signed certificate. `kind` is ec-p256, rsa-3072 or rsa-4096.

    `now` is an aware datetime. Raises SettingError (code BAD_KEY_KIND).
    """
    key = _new_key(kind)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64] or "NSQuery")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALID)
        .sign(key, hashes.SHA256())
    )
    return KeyAndCertificate(_pem_of(key), certificate.public_bytes(serialization.Encoding.PEM).decode())


def _new_key(kind: str) -> PrivateKey:
    match kind:
        case "ec-p256":
            return ec.generate_private_key(ec.SECP256R1())
        case "rsa-3072":
            return rsa.generate_private_key(65537, 3072)
        case "rsa-4096":
            return rsa.generate_private_key(65537, 4096)
        case _:
            raise SettingError(
                f"There is no kind of key named {kind[:20]}.",
                code="BAD_KEY_KIND",
                remedy="Choose ec-p256, rsa-3072 or rsa-4096.",
            )


def signing_algorithm(private_key: str) -> str:
    """The JWS algorithm for a private key in PEM. Raises SettingError (code BAD_PRIVATE_KEY)."""
    return _algorithm_of(_read_key(private_key))


def read_certificate(certificate_pem: str) -> CertificateFacts:
    """What an X.509 certificate in PEM says of itself. Raises SettingError (code BAD_CERTIFICATE_FILE)."""
    _only_block(certificate_pem, "CERTIFICATE", _bad_certificate)
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
        return CertificateFacts(
            fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
            valid_from=certificate.not_valid_before_utc,
            expires_at=certificate.not_valid_after_utc,
        )
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _bad_certificate("The certificate cannot be read.") from error


def checked_pair(private_key: str, certificate_pem: str, now: datetime) -> KeyAndCertificate:
    """A key pair that somebody brings: of a kind NetSuite takes, one belonging to the other, and not expired.

    Both are written anew, so that nothing else that stood in the files goes any further. Raises SettingError
    (codes BAD_PRIVATE_KEY, BAD_CERTIFICATE_FILE).
    """
    key = _read_key(private_key)
    _algorithm_of(key)
    facts = read_certificate(certificate_pem)
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    if not facts.valid_from <= now < facts.expires_at:
        raise _bad_certificate("The certificate is not valid now.")
    try:
        belongs = certificate.public_key() == key.public_key()
    except (ValueError, UnsupportedAlgorithm):
        belongs = False
    if not belongs:
        raise _bad_certificate("The certificate belongs to another private key.")
    return KeyAndCertificate(_pem_of(key), certificate.public_bytes(serialization.Encoding.PEM).decode())


def _algorithm_of(key: object) -> str:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        algorithm = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}.get(key.curve.name)
        if algorithm:
            return algorithm
    elif isinstance(key, rsa.RSAPrivateKey) and key.key_size in (3072, 4096):
        return "PS256"
    raise _bad_key("The private key is of a kind that NetSuite does not take.")


def _read_key(private_key: str) -> PrivateKey:
    _only_block(private_key, "PRIVATE KEY", _bad_key)
    try:
        key = serialization.load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _bad_key("The private key cannot be read.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise _bad_key("The private key is of a kind that NetSuite does not take.")
    return key


def _only_block(pem: str, kind: str, refusal: Callable[[str], SettingError]) -> None:
    """Refuse what is too long to be one, and what holds another block besides: a key beside a certificate gets uploaded."""
    if len(pem) > _LONGEST_PEM:
        raise refusal("The file is longer than any key or certificate.")
    labels = [label for label in _BLOCK.findall(pem) if label != "EC PARAMETERS"]
    if len(labels) != 1 or not labels[0].endswith(kind):
        raise refusal(f"The file does not hold one {kind.lower()} in PEM and nothing else.")


def _pem_of(key: PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _bad_key(message: str) -> SettingError:
    return SettingError(
        message,
        code="BAD_PRIVATE_KEY",
        remedy="Use a PEM file without a password: EC P-256, P-384 or P-521, or RSA of 3072 or 4096 bits.",
    )


def _bad_certificate(message: str) -> SettingError:
    return SettingError(
        message,
        code="BAD_CERTIFICATE_FILE",
        remedy="Use the X.509 certificate in PEM that was made for this private key, or let this service make both.",
    )
