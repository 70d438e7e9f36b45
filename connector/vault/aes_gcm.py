"""AES-256-GCM with a nonce of its own before each ciphertext (NIST SP 800-38D; 96-bit random nonces)."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


def encrypt(key: bytes, plain: bytes, associated: bytes) -> bytes:
    """Nonce and ciphertext."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, associated)


def decrypt(key: bytes, stored: bytes, associated: bytes) -> bytes:
    """What `encrypt` took. Raises cryptography's InvalidTag for anything else."""
    try:
        return AESGCM(key).decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], associated)
    except ValueError:  # too short to hold a nonce, or a key of another size
        raise InvalidTag from None
