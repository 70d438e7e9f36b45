"""Envelope encryption: AES-256-GCM, a data key for each connection, wrapped by the primary key.

A ciphertext is bound to its place and to the origin it may be sent to: moved to another row or field, set back to an
earlier version, or given another address, it does not open. NIST SP 800-38D; 96-bit random nonces, and a data key
seals a handful of values, far from the bound of 2**32.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import astuple, dataclass, field

from cryptography.exceptions import InvalidTag

from connector.settings import KEY_BYTES
from connector.vault.aes_gcm import decrypt, encrypt
from connector.vault.key_provider import KeyProvider, unreadable


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
    """Seals and opens text with data keys that a provider wraps."""

    def __init__(self, keys: KeyProvider) -> None:
        self.keys = keys

    def new_data_key(self) -> DataKey:
        """A data key under the primary key."""
        material = secrets.token_bytes(KEY_BYTES)
        return DataKey(self.keys.primary_id, self.keys.wrap(material), material)

    def seal(self, data_key: DataKey, place: Place, text: str) -> Sealed:
        """Encrypt `text` for one place."""
        return self.seal_bytes(data_key, place, text.encode())

    def seal_bytes(self, data_key: DataKey, place: Place, plain: bytes) -> Sealed:
        """Encrypt bytes for one place."""
        ciphertext = encrypt(data_key.material, plain, place.associated_data())
        return Sealed(data_key.key_id, data_key.wrapped, ciphertext)

    def open(self, place: Place, sealed: Sealed) -> str:
        """Decrypt the text that was sealed for this place. Raises SettingError (code VAULT_UNREADABLE)."""
        return self.open_bytes(place, sealed).decode()

    def open_bytes(self, place: Place, sealed: Sealed) -> bytes:
        """Decrypt what was sealed for this place. Raises SettingError (code VAULT_UNREADABLE)."""
        material = self.keys.unwrap(sealed.key_id, sealed.wrapped_key)
        try:
            return decrypt(material, sealed.ciphertext, place.associated_data())
        except (InvalidTag, ValueError):
            raise unreadable(
                f"its record (table {place.table}, field {place.field}) was altered, moved, or given another address",
                "Remove the connection and add it again, or restore the database from a copy.",
            ) from None
