"""Key pairs and self-signed certificates for the tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

MAKERS = {
    "rsa-2048": lambda: rsa.generate_private_key(65537, 2048),
    "rsa-3072": lambda: rsa.generate_private_key(65537, 3072),
    "rsa-4096": lambda: rsa.generate_private_key(65537, 4096),
    "p-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p-521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "secp256k1": lambda: ec.generate_private_key(ec.SECP256K1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "dsa": lambda: dsa.generate_private_key(2048),
}


@cache
def key(kind: str):
    return MAKERS[kind]()


@dataclass(frozen=True)
class Certificate:
    kind: str
    pem: bytes
    der: bytes

    def assertion(self, claims: dict, *, algorithm: str, header: dict) -> str:
        """Signed as it stands: unlike PyJWT's encode this lets a claim hold anything."""
        return jwt.PyJWS().encode(json.dumps(claims).encode(), key(self.kind), algorithm=algorithm, headers=header)


def certificate(kind: str = "p-256", *, now: float, begins: int = -1, days: int = 365) -> Certificate:
    """Valid from `begins` days after `now` for `days` days."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "<b>test</b>")])
    start = datetime.fromtimestamp(now, UTC) + timedelta(days=begins)
    private = key(kind)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .sign(private, None if kind == "ed25519" else hashes.SHA256())
    )
    return Certificate(kind, made.public_bytes(Encoding.PEM), made.public_bytes(Encoding.DER))


def multipart(fields: dict[str, str], file: bytes | None, filename: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of a form with a file, as a browser sends it."""
    boundary = "----boundary7MA4YWxk"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    ]
    if file is not None:
        disposition = f'Content-Disposition: form-data; name="certificate"; filename="{filename}"'
        parts.append(f"--{boundary}\r\n{disposition}\r\n\r\n".encode() + file + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body
