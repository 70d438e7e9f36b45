"""Text that is shown once and good once: 256 random bits, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """43 characters that stand in a link or a cookie as they are."""
    return secrets.token_urlsafe(32)


def hashed(text: str) -> bytes:
    """What is kept of it. There is nothing to guess in 256 bits, so no slow hash is needed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
