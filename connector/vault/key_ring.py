"""The keys that wrap data keys: from the settings, or from a key file made at first start.

The first key is the primary one and seals what is new; the others only open what they sealed earlier.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from connector.db.engine import Database
from connector.db.tables import secret
from connector.errors import SettingError
from connector.settings import KEY_BYTES, MasterKey, Settings, parse_keys
from connector.vault.aes_gcm import decrypt, encrypt
from connector.vault.key_provider import unreadable

KEY_FILE = "keys.txt"
DEMO = "demo-"
"""How the ids of a demo's keys begin. What they seal is shown to whoever looks at the demo's screen."""
_HEAD = (
    "# NSQuery's keys: without this file the stored credentials cannot be read, with it they can.\n"
    "# Keep a copy of it away from copies of the database. The first key seals what is new.\n"
)


class KeyRing:
    """Keys by their id: the local KeyProvider."""

    def __init__(self, keys: Sequence[MasterKey]) -> None:
        self.primary = keys[0]
        self._keys = {key.key_id: key for key in keys}

    def key(self, key_id: str) -> MasterKey | None:
        """The key of this id; None where it is not in the ring."""
        return self._keys.get(key_id)

    @property
    def primary_id(self) -> str:
        """The id of the key that seals what is new."""
        return self.primary.key_id

    def wrap(self, material: bytes) -> bytes:
        """Encrypt a data key under the primary key."""
        return encrypt(self.primary.material, material, _wrapping(self.primary.key_id))

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        """The data key again. Raises SettingError (code VAULT_UNREADABLE)."""
        key = self.key(key_id)
        if key is None:
            raise unreadable(
                f"the key {key_id[:40]!a} that sealed it is not in the key ring",
                "Put that key back into CONNECTOR_KEYS, or the key file keys.txt back into CONNECTOR_DATA.",
            )
        try:
            return decrypt(key.material, wrapped, _wrapping(key.key_id))
        except InvalidTag:
            raise unreadable(
                f"the key {key.key_id} of the key ring is not the one that sealed it, or the record was altered",
                "Restore the key ring and the database from copies of one time.",
            ) from None

    def fingerprints(self, text: str) -> list[str]:
        """Keyed hashes of a text, the primary key's first: the database alone cannot try texts out."""
        return [f"{key.key_id}:{_keyed_hash(key, text)}" for key in self]

    @property
    def has_demo_key(self) -> bool:
        """Whether a demo made one of the keys."""
        return any(key.key_id.startswith(DEMO) for key in self)

    def __iter__(self) -> Iterator[MasterKey]:
        """The keys, the primary one first."""
        return iter(self._keys.values())

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"


def _wrapping(key_id: str) -> bytes:
    return json.dumps(["nsquery data key", key_id]).encode()


def _keyed_hash(key: MasterKey, text: str) -> str:
    hash_key = hmac.digest(key.material, b"nsquery application hash", hashlib.sha256)
    return hmac.digest(hash_key, text.encode(), hashlib.sha256).hex()


def open_key_ring(settings: Settings, database: Database) -> KeyRing:
    """The keys of CONNECTOR_KEYS, else those of the key file, which is made where the database has no secret yet.

    Raises SettingError (codes KEY_MISSING, KEY_FILE_OPEN, KEY_FILE_UNREADABLE).
    """
    if settings.keys:
        return KeyRing(settings.keys)
    if not settings.database_url.startswith("sqlite"):
        raise SettingError(
            "There is no key to seal credentials with.",
            code="KEY_MISSING",
            remedy="Set CONNECTOR_KEYS to id:base64 on every process; `openssl rand -base64 32` makes a key.",
        )
    path = settings.data / KEY_FILE
    if not path.exists() and _sealed_by(database) and not path.exists():
        # Asked twice: another process may have made the file and sealed with it in between.
        raise SettingError(
            f"{path} is missing, and the database holds credentials that only its keys open.",
            code="KEY_MISSING",
            remedy=f"Put the file (it has the keys {', '.join(_sealed_by(database))}) back, or its keys into "
            "CONNECTOR_KEYS.",
        )
    try:
        if not path.exists():
            _make_key_file(path, f"k{secrets.token_hex(4)}")
        return KeyRing(_read_key_file(path))
    except OSError as error:
        raise SettingError(
            f"The key file {path} cannot be made or read: {error.strerror or error}.",
            code="KEY_FILE_UNREADABLE",
            remedy="Check CONNECTOR_DATA: a directory on a local disk where this server may write. Or set CONNECTOR_KEYS.",
        ) from error


def _sealed_by(database: Database) -> list[str]:
    with database.read() as transaction:
        return list(transaction.scalars(sa.select(secret.c.key_id).distinct().order_by(secret.c.key_id)))


def make_demo_key_file(directory: Path) -> None:
    """A key file for a demo's data directory: `connector serve` takes it on loopback alone."""
    _make_key_file(directory / KEY_FILE, f"{DEMO}{secrets.token_hex(4)}")


def _make_key_file(path: Path, key_id: str) -> None:
    """Write the file under another name, then link it: it appears whole, and of two processes one is first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = f"{_HEAD}{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n"
    unfinished = path.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return
        _sync_directory(path.parent)
    finally:
        unfinished.unlink()


def _sync_directory(directory: Path) -> None:
    """Make the new name survive a loss of power. Windows offers no such thing and writes names at once."""
    if os.name == "nt":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_key_file(path: Path) -> tuple[MasterKey, ...]:
    with path.open(encoding="ascii", errors="replace") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if os.name != "nt" and mode & 0o077:
            raise SettingError(
                f"Other users of this machine can reach the keys in {path} (its mode is {mode:04o}).",
                code="KEY_FILE_OPEN",
                remedy=f"Run `chmod 600 {path}`; if it was open for long, make new keys and connections.",
            )
        lines = [line.strip() for line in file]
    try:
        return parse_keys(",".join(line for line in lines if not line.startswith("#")))
    except ValueError as error:
        raise _unreadable(path, str(error)) from None


def _unreadable(path: Path, cause: str) -> SettingError:
    return SettingError(
        f"The key file {path} cannot be used: {cause}.",
        code="KEY_FILE_UNREADABLE",
        remedy="Restore it from its copy; each line is id:base64 with 32 bytes, the first one seals what is new.",
    )
