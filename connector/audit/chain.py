"""The chain as it is stored, and whether it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa

from connector.audit.event import AuditEvent, canonical_json, chained
from connector.db.tables import audit_event

_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Ends:
    """The last event, and the last one that a retention cut removed: sequence number and hash of each."""

    last_sequence: int
    last_hash: bytes
    cut_sequence: int
    cut_hash: bytes

    def anchor(self) -> str:
        """`SEQUENCE:HASH` of the last event."""
        return f"{self.last_sequence}:{self.last_hash.hex()}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain is whole; else the number of the first event that is altered, missing or too many.

    `events` counts those that are right; `head` is the anchor of the last of them.
    """

    ok: bool
    events: int
    first_broken: int | None
    head: str


class ChainReader:
    """Walks along a chain once."""

    def __init__(self, anchors: tuple[str, ...] = ()) -> None:
        self._anchors = dict(_parsed(anchor) for anchor in anchors)
        self._told_cut = (0, "")

    def verdict(self, rows: Iterable[sa.RowMapping], ends: Ends, cut_action: str) -> Verdict:
        """Compute every hash again, from the cut to the end."""
        sequence, previous, right = ends.cut_sequence, ends.cut_hash, 0
        if self._contradicts(sequence, previous):
            return Verdict(ok=False, events=0, first_broken=sequence, head=_head(sequence, previous))
        for row in rows:
            sequence += 1
            hashed = _right(row, sequence, previous)
            if hashed is None or self._contradicts(sequence, hashed):
                return Verdict(ok=False, events=right, first_broken=sequence, head=_head(sequence - 1, previous))
            if row["action"] == cut_action:
                self._note_cut(row)
            previous, right = hashed, right + 1
        broken = self._broken_ends(ends, sequence, previous)
        return Verdict(ok=broken is None, events=right, first_broken=broken, head=_head(sequence, previous))

    def _broken_ends(self, ends: Ends, sequence: int, previous: bytes) -> int | None:
        if (sequence, previous) != (ends.last_sequence, ends.last_hash):
            return min(sequence, ends.last_sequence) + 1
        if ends.cut_sequence and self._told_cut != (ends.cut_sequence, ends.cut_hash.hex()):
            return 1
        beyond = [number for number in self._anchors if number > sequence]
        return min(beyond, default=None)

    def _contradicts(self, sequence: int, hashed: bytes) -> bool:
        return self._anchors.get(sequence, hashed) != hashed

    def _note_cut(self, row: sa.RowMapping) -> None:
        detail = json.loads(row["detail"])
        self._told_cut = (detail.get("through", 0), detail.get("hash", ""))


def select_stored() -> sa.Select[tuple[object, ...]]:
    """The events as they are stored, in order: times as text, since somebody may have made them none."""
    columns = [column for column in audit_event.c if column.name != "at"]
    at = sa.type_coerce(audit_event.c.at, sa.String).label("at")
    return sa.select(*columns, at).order_by(audit_event.c.sequence)


def line_of(row: sa.RowMapping) -> str:
    """A row of `select_stored` as a line of the export."""
    return canonical_json(_fields(row) | {"hash": row["hash"].hex()})


def _fields(row: sa.RowMapping) -> dict[str, object]:
    """What is hashed of a row; a detail that is no JSON stays text."""
    fields: dict[str, object] = {name: row[name] for name in AuditEvent.__dataclass_fields__}
    with suppress(ValueError, RecursionError):
        fields["detail"] = json.loads(row["detail"])
    return fields


def _right(row: sa.RowMapping, sequence: int, previous: bytes) -> bytes | None:
    """The row's hash where it is the event of this number after the one before; None where it is not."""
    fields = _fields(row)
    detail = fields["detail"]
    if not isinstance(detail, dict) or row["sequence"] != sequence:
        return None
    try:
        plain = canonical_json(detail) == row["detail"]
        hashed = chained(canonical_json(fields), previous)
    except ValueError:  # a number that is none
        return None
    return hashed if plain and hashed == row["hash"] else None


def _parsed(anchor: str) -> tuple[int, bytes]:
    """Raises ValueError for what no anchor looks like."""
    number, _, digits = anchor.strip().partition(":")
    if not number.isdecimal() or len(digits) != _DIGITS:
        raise ValueError("an anchor is SEQUENCE:HASH")
    return int(number), bytes.fromhex(digits)


def _head(sequence: int, hashed: bytes) -> str:
    return f"{sequence}:{hashed.hex()}"
