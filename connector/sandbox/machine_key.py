"""The certificate that comes with the account, so that a program can use client credentials at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connector.sandbox.account import Account


@dataclass(frozen=True, slots=True)
class MachineKey:
    """The certificate's id and the file of its private key (PEM, readable by its owner)."""

    certificate_id: str
    private_key_file: str


def map_machine_key(account: Account, directory: Path) -> MachineKey:
    """Make a key pair (EC P-256) and map its certificate.

    It has a role of its own, because a combination of application, entity and role takes one certificate, and that
    of the announced role is left for the product's own.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "NSQuery sandbox")])
    now = datetime.fromtimestamp(account.clock(), UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    mapping = account.certificates.upload(
        account.integration, account.reader, account.machine_role, certificate.public_bytes(serialization.Encoding.PEM)
    )
    file = directory / "client-credentials.pem"
    file.touch(mode=0o600)
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return MachineKey(mapping.certificate_id, str(file))
