"""Envelope encryption: AES-256-GCM, a data key for each connection, wrapped by the primary key of the ring.

A ciphertext is bound to its place and to the origin it may be sent to: moved to another row or field, set back to an
earlier version, or given another address, it does not open. NIST SP 800-38D; 96-bit random nonces, and a data key
seals a handful of values, far from the bound of 2**32.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import astuple, dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from connector.errors import SettingError
from connector.settings import KEY_BYTES
from connector.vault.key_ring import KeyRing

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret belongs. `origin` is scheme://host:port, empty for what is never sent."""

    table: str
    row: str
    field: str
    version: int
    origin: str

    def associated_data(self) -> bytes:
        """All of it, so that no two places share it (JSON keeps the parts apart)."""
        return json.dumps(["nsquery secret", *astuple(self)]).encode()


@dataclass(frozen=True, slots=True)
class DataKey:
    """A random key, open and as it is stored."""

    key_id: str
    wrapped: bytes
    material: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret as it is stored: nonce and ciphertext, and the wrapped data key with the id of the key around it."""

    key_id: str
    wrapped_key: bytes
    ciphertext: bytes


class Envelope:
    """Seals and opens text with the keys of a ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def new_data_key(self) -> DataKey:
        """A data key under the primary key."""
        material = secrets.token_bytes(KEY_BYTES)
        key = self._ring.primary
        return DataKey(key.key_id, _encrypt(key.material, material, _wrapping(key.key_id)), material)

    def seal(self, data_key: DataKey, place: Place, text: str) -> Sealed:
        """Encrypt `text` for one place."""
        ciphertext = _encrypt(data_key.material, text.encode(), place.associated_data())
        return Sealed(data_key.key_id, data_key.wrapped, ciphertext)

    def open(self, place: Place, sealed: Sealed) -> str:
        """Decrypt what was sealed for this place. Raises SettingError (code VAULT_UNREADABLE)."""
        key = self._ring.key(sealed.key_id)
        if key is None:
            raise _unreadable(
                f"the key {sealed.key_id[:40]!a} that sealed it is not in the key ring",
                "Put that key back into CONNECTOR_KEYS, or the key file keys.txt back into CONNECTOR_DATA.",
            )
        try:
            material = _decrypt(key.material, sealed.wrapped_key, _wrapping(key.key_id))
        except InvalidTag:
            raise _unreadable(
                f"the key {key.key_id} of the key ring is not the one that sealed it, or the record was altered",
                "Restore the key ring and the database from copies of one time.",
            ) from None
        try:
            return _decrypt(material, sealed.ciphertext, place.associated_data()).decode()
        except (InvalidTag, ValueError):
            raise _unreadable(
                f"its record (table {place.table}, field {place.field}) was altered, moved, or given another address",
                "Remove the connection and add it again, or restore the database from a copy.",
            ) from None


def _wrapping(key_id: str) -> bytes:
    return json.dumps(["nsquery data key", key_id]).encode()


def _encrypt(key: bytes, plain: bytes, associated: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, associated)


def _decrypt(key: bytes, stored: bytes, associated: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], associated)
    except ValueError:  # too short to hold a nonce, or a key of another size
        raise InvalidTag from None


def _unreadable(cause: str, remedy: str) -> SettingError:
    return SettingError(f"A stored credential cannot be read: {cause}.", code="VAULT_UNREADABLE", remedy=remedy)
