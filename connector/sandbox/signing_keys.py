"""The keys that access and refresh tokens are signed with, and their public halves (Oracle section_158255317571).

A key lives 90 days, and its successor is there 30 days before that. Keys are made when they are first needed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from jwt.types import Options

ALGORITHM = "RS256"
_DAY = 86_400
_LIFE = 90 * _DAY
_SIGNS = 60 * _DAY
_BITS = 2048
_SIGNATURE_ONLY: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}


@dataclass(frozen=True, slots=True)
class _SigningKey:
    id: str
    made: float
    private: rsa.RSAPrivateKey


class SigningKeys:
    """The signing keys of one account. Threads may share it."""

    def __init__(self, account_id: str, clock: Callable[[], float]) -> None:
        self._account_id = account_id
        self._clock = clock
        self._keys: list[_SigningKey] = []
        self._lock = threading.Lock()

    def sign(self, claims: dict[str, Any]) -> str:
        """A JWT with these claims by the newest key."""
        key = self._current()
        return jwt.encode(claims, key.private, algorithm=ALGORITHM, headers={"kid": key.id})

    def fault_of(self, token: str) -> str | None:
        """The audit trail's word for a token that none of the keys signed; None for one that was signed here."""
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            return "TokenRejected"
        if not isinstance(key_id, str) or not key_id:
            return "MissingKeyId"
        key = next((one for one in self._live() if one.id == key_id), None)
        if key is None:
            return "MissingKey"
        try:
            jwt.decode(token, key.private.public_key(), algorithms=[ALGORITHM], options=_SIGNATURE_ONLY)
        except jwt.InvalidAlgorithmError:
            return "UnsupportedAlgo"
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            return "InvalidSignature"
        return None

    def published(self) -> dict[str, list[dict[str, Any]]]:
        """The public keys as a JWK Set (RFC 7517)."""
        self._current()
        keys = []
        for key in self._live():
            numbers = json.loads(RSAAlgorithm.to_jwk(key.private.public_key()))
            keys.append(
                {"kty": "RSA", "use": "sig", "alg": ALGORITHM, "kid": key.id, "n": numbers["n"], "e": numbers["e"]}
            )
        return {"keys": keys}

    def _current(self) -> _SigningKey:
        now = self._clock()
        with self._lock:
            if not self._keys or now >= self._keys[-1].made + _SIGNS:
                made = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d_%H-%M-%S")
                private = rsa.generate_private_key(65537, _BITS)
                self._keys.append(_SigningKey(f"c.{self._account_id}.{made}", now, private))
            return self._keys[-1]

    def _live(self) -> list[_SigningKey]:
        now = self._clock()
        with self._lock:
            self._keys = [key for key in self._keys if now < key.made + _LIFE]
            return list(self._keys)
