"""What the vault asks of whoever holds the keys: this process's own key ring, or a key service.

The keys stay with the provider. It wraps and unwraps the data keys of the vault, and makes the fingerprints by which
two applications are known to be one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from connector.errors import SettingError


class KeyProvider(Protocol):
    """Keys by their id, one of them primary. `KeyRing` is the local one; threads share it."""

    @property
    def primary_id(self) -> str:
        """The id of the key that wraps what is new: 1 to 40 letters, digits and the signs `. _ -`."""

    def wrap(self, material: bytes) -> bytes:
        """Encrypt a data key of 32 bytes under the primary key."""

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        """The data key again. Raises SettingError (code VAULT_UNREADABLE) for an unknown key or another ciphertext."""

    def fingerprints(self, text: str) -> Sequence[str]:
        """Keyed hashes of a text, one under each key, the primary key's first; each begins with its key's id and `:`."""


def unreadable(cause: str, remedy: str) -> SettingError:
    """The error for a secret that does not open."""
    return SettingError(f"A stored credential cannot be read: {cause}.", code="VAULT_UNREADABLE", remedy=remedy)
