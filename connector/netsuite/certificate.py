"""The key pair and certificate with which an integration signs in by client credentials.

NetSuite takes EC P-256/384/521 or RSA of 3072 or 4096 bits and shortens what is valid for more than two years
(Oracle section_162755359851). The private key is made here and never leaves the vault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from connector.errors import SettingError

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_VALID = timedelta(days=729)  # under two years, so that NetSuite does not shorten it


@dataclass(frozen=True, slots=True, repr=False)
class KeyAndCertificate:
    """Both as PEM; the certificate is what is uploaded."""

    private_key: str
    certificate: str

    def __repr__(self) -> str:
        return "KeyAndCertificate(…)"


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
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return KeyAndCertificate(pem.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode())


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
    try:
        key = serialization.load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise _bad_key("The private key cannot be read.") from error
    if isinstance(key, ec.EllipticCurvePrivateKey):
        algorithm = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}.get(key.curve.name)
        if algorithm:
            return algorithm
    elif isinstance(key, rsa.RSAPrivateKey) and key.key_size in (3072, 4096):
        return "PS256"
    raise _bad_key("The private key is of a kind that NetSuite does not take.")


def _bad_key(message: str) -> SettingError:
    return SettingError(
        message,
        code="BAD_PRIVATE_KEY",
        remedy="Use a PEM file without a password: EC P-256, P-384 or P-521, or RSA of 3072 or 4096 bits.",
    )
