"""Events of threads that write at once go into one transaction: each waits for a commit, and all wait for the same one.

A workbook asks hundreds of questions at once; a commit each would keep them waiting for the disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Entry(Generic[T]):
    value: T
    done: bool = False
    error: BaseException | None = None


class Together(Generic[T]):
    """Calls `write` with what several threads brought, one call at a time. Threads share one."""

    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        """`write` keeps all it is given, or raises and keeps nothing."""
        self._write = write
        self._changed = threading.Condition()
        self._waiting: list[_Entry[T]] = []
        self._writing = False

    def add(self, value: T) -> None:
        """Return once the value is kept; raises what `write` raised."""
        entry = _Entry(value)
        with self._changed:
            self._waiting.append(entry)
            while self._writing and not entry.done:
                self._changed.wait()
            batch, self._waiting = ([], self._waiting) if entry.done else (self._waiting, [])
            self._writing = self._writing or bool(batch)
        if batch:
            self._write_all(batch)
        if entry.error is not None:
            raise entry.error

    def _write_all(self, batch: Sequence[_Entry[T]]) -> None:
        error: BaseException | None = None
        try:
            self._write([entry.value for entry in batch])
        except BaseException as caught:  # noqa: BLE001 - it is raised by each that waits
            error = caught
        with self._changed:
            for entry in batch:
                entry.done, entry.error = True, error
            self._writing = False
            self._changed.notify_all()
