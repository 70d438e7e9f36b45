"""An event of the audit log, the text that is hashed, and what may stand in it.

Each hash covers the one before: SHA-256 over the 32 bytes of the previous hash and the event as canonical JSON (sorted
keys, no spaces, ASCII alone). Who has an exported log can compute it again without us.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST_TEXT = 200
"""Characters of a text in an event. Whole statements, rows and keys are longer, and none belongs here."""
GENESIS = bytes(32)
"""What stands for the hash before the first event."""
TIME_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"
"""Times as they are hashed, which is as they are stored."""
_MOST_CLAIMS = 20

Detail = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what to what, when, and how it ended.

    `detail` holds numbers, booleans and short text; what the client merely says of itself is under `claimed`.
    """

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    connection_id: str | None
    account_id: str | None
    outcome: str
    detail: Detail

    def canonical(self) -> str:
        """The text that is hashed, and a line of the export but for its hash."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return canonical_json(fields | {"at": self.at.astimezone(UTC).strftime(TIME_FORM)})


def chained(canonical: str, previous: bytes) -> bytes:
    """The hash of an event after the one before."""
    return hashlib.sha256(previous + canonical.encode("ascii")).digest()


def canonical_json(value: Mapping[str, object]) -> str:
    """Sorted keys, no spaces, ASCII alone."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def short_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """One printable line of so many characters at most, whatever was given."""
    kept = text[: longest + 1]
    clean = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in kept)
    return clean if len(clean) <= longest else f"{clean[: longest - 1]}…"


def checked_detail(detail: Mapping[str, object] | None, claimed: Mapping[str, object] | None) -> dict[str, object]:
    """Both as they are kept; what is None is left out.

    Raises TypeError or ValueError for anything but a number, a boolean and text: rows and statements do not get in.
    """
    if "claimed" in (detail or {}):
        raise ValueError("what a client claims is given apart")
    kept = _plain(detail or {})
    says = _plain(dict(list((claimed or {}).items())[:_MOST_CLAIMS]))
    return kept | ({"claimed": says} if says else {})


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {short_text(name, 40): _allowed(value) for name, value in values.items() if value is not None}


def _allowed(value: object) -> object:
    match value:
        case bool() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case float():
            raise ValueError("a number that is none does not belong in the audit log")
        case str():
            return short_text(value)
    raise TypeError(f"{type(value).__name__} does not belong in the audit log")
