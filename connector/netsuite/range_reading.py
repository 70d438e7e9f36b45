"""Reading range by range of a unique key, and mending what moved meanwhile.

One question cuts the rows into ranges of a page each and counts them; the ranges are read at once; then the same question
shows where the books moved: a range whose count, sum of keys or latest change is another is read again, until nothing
differs. So rows that are entered, changed and deleted during a long reading end up as they are at its end, and there is
no bound of 100,000 rows.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from connector.core.paged_query import Keyset
from connector.errors import QueryRefusedError, UnreadableError
from connector.netsuite.page_reading import PageReading
from connector.netsuite.suiteql_page import Row

_ROUNDS = 6
_RANGES_AT_ONCE = 1_000
_MOST_RANGES = 100_000
_WHOLE = re.compile(r"-?[0-9]{1,38}")

Key = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """The rows, how many NetSuite announced, and whether they are one moment's."""

    rows: list[Row]
    total: int
    consistent: bool | None


@dataclass(frozen=True, slots=True)
class _Range:
    """Rows with a first key above `low` and up to `high`: how many, the sums of their keys, the latest change."""

    low: int | None
    high: int
    count: int
    sums: Key
    latest: tuple[str | None, ...]


def read_ranges(reading: PageReading, keyset: Keyset, params: Sequence[str], *, is_large: bool) -> Held | None:
    """All rows in the author's order; None where NetSuite does not take the texts, and offsets may do (not `is_large`).

    `consistent` is false where rows still moved after some rounds, and all those announced last are there nevertheless.
    Raises UnreadableError (code ROWS_MOVED) where they are not.
    """
    ranges = _Ranges(reading, keyset, params)
    try:
        found = ranges.cut()
    except QueryRefusedError:
        if is_large:
            raise
        return None
    return ranges.read(found)


class _Ranges:
    def __init__(self, reading: PageReading, keyset: Keyset, params: Sequence[str]) -> None:
        self._reading, self._keyset, self._params = reading, keyset, list(params)
        self._lock = threading.Lock()
        self._rows: dict[Key, Row] = {}
        self._places: dict[Key, int] = {}

    def read(self, found: list[_Range]) -> Held:
        differing = found
        for _ in range(_ROUNDS):
            self._fetch(differing, found)
            before, found = found, self.cut()
            differing = self._differing(found, before)
            if not differing:
                return Held(self._in_order(), len(self._rows), consistent=True)
            if self._keyset.place:
                differing = found  # where rows stand in their author's order has moved for all behind
        announced = sum(one.count for one in found)
        if announced != len(self._rows) or self._keyset.place:
            raise UnreadableError(
                f"The rows changed while they were read, {_ROUNDS} times over: {len(self._rows):,} are held and "
                f"{announced:,} announced.",
                code="ROWS_MOVED",
                remedy="Ask again; if it stays so, ask for a shorter period, or at a time when nobody enters transactions.",
                retryable=True,
            )
        return Held(self._in_order(), announced, consistent=False)

    def cut(self) -> list[_Range]:
        """The ranges as they are now."""
        text = self._keyset.ranges(self._reading.manner.size)
        rows, total = list[Row](), 1
        while len(rows) < min(total, _MOST_RANGES):
            page = self._reading.page(text, self._params, offset=len(rows), size=_RANGES_AT_ONCE)
            rows, total = rows + page.rows, page.total
            if not page.rows:
                break
        highs = [_number(row, "nsqhigh") for row in rows]
        if highs != sorted(set(highs)):
            raise UnreadableError("NetSuite cut the rows into ranges that do not follow each other.", retryable=True)
        parts = range(1, len(self._keyset.names) + 1)
        stamps = range(1, len(self._keyset.changed) + 1)
        return [
            _Range(
                low,
                high,
                _number(row, "nsqcount"),
                tuple(_number(row, f"nsqsum{part}") for part in parts),
                tuple(row.get(f"nsqlast{stamp}") for stamp in stamps),
            )
            for low, high, row in zip([None, *highs], highs, rows, strict=False)
        ]

    def _fetch(self, wanted: Sequence[_Range], found: Sequence[_Range]) -> None:
        """Read ranges anew, the last one to the end; what is held of them goes."""
        last = found[-1] if found else None

        def fetch(one: _Range) -> None:
            self._keep(one.low, None if one is last else one.high)

        self._reading.all(fetch, wanted)

    def _keep(self, low: int | None, high: int | None) -> None:
        text, bound = self._keyset.between(low, high)
        rows, total = list[Row](), 1
        while len(rows) < total:
            page = self._reading.page(text, [*self._params, *bound], offset=len(rows))
            rows, total = rows + page.rows, page.total
            if not page.rows:
                break
        keyed = {self._key(row): row for row in rows}
        with self._lock:
            for key in [key for key in self._rows if _lies(key[0], low, high)]:
                del self._rows[key]
            self._rows |= {key: self._bare(key, row) for key, row in keyed.items()}

    def _key(self, row: Row) -> Key:
        return tuple(_number(row, name) for name in self._keyset.names)

    def _bare(self, key: Key, row: Row) -> Row:
        """The row without what was added to it."""
        if self._keyset.place:
            self._places[key] = _number(row, self._keyset.place)
        for name in self._keyset.added:
            row.pop(name, None)
        return row

    def _differing(self, found: Sequence[_Range], before: Sequence[_Range]) -> list[_Range]:
        """The ranges that are not as they are held; rows behind the last one are gone."""
        last = found[-1].high if found else None
        keys = sorted(self._rows)
        for key in reversed(keys):
            if last is not None and key[0] <= last:
                break
            del self._rows[key]
            keys.pop()
        firsts = [key[0] for key in keys]
        sums = [[0, *accumulate(key[part] for key in keys)] for part in range(len(self._keyset.names))]
        newest = [_newest(before, stamp) for stamp in range(len(self._keyset.changed))]
        differing, start = [], 0
        for one in found:
            end = bisect_right(firsts, one.high, lo=start)
            held = (end - start, tuple(total[end] - total[start] for total in sums))
            if held != (one.count, one.sums) or _was_changed(one, before, newest):
                differing.append(one)
            start = end
        return differing

    def _in_order(self) -> list[Row]:
        if self._keyset.place:
            return [self._rows[key] for key in sorted(self._rows, key=self._places.__getitem__)]
        return [self._rows[key] for key in sorted(self._rows)]


def _newest(ranges: Sequence[_Range], stamp: int) -> str:
    return max((one.latest[stamp] or "" for one in ranges), default="")


def _was_changed(one: _Range, before: Sequence[_Range], newest: Sequence[str]) -> bool:
    """Whether a row of a range was changed since: its latest change is later than all that were known then.

    In the same second as the latest of those, it counts as one unless the same rows had it.
    """
    for stamp, known in enumerate(newest):
        latest = one.latest[stamp] or ""
        if latest > known:
            return True
        if latest == known and latest:
            overlapping = (other for other in before if _overlap(one, other))
            if not any(other.latest[stamp] == known for other in overlapping):
                return True
    return False


def _overlap(one: _Range, other: _Range) -> bool:
    return (one.low is None or other.high > one.low) and (other.low is None or one.high > other.low)


def _lies(first: int, low: int | None, high: int | None) -> bool:
    return (low is None or first > low) and (high is None or first <= high)


def _number(row: Row, name: str) -> int:
    """A whole number of a row. Raises UnreadableError where there is none: then the key is not what it was taken for."""
    text = row.get(name, "")
    if _WHOLE.fullmatch(text) is None:
        raise UnreadableError(f"NetSuite's answer has no whole number in {name}, by which its rows are told apart.")
    return int(text)
