"""Answers kept for their next pages, so that a page does not run its query again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import pyarrow as pa

from connector.sandbox.suiteql.value import Type


@dataclass(frozen=True, slots=True)
class Answer:
    """All rows of a query. `names` maps each key of an item to the column that it prints, in alphabetical order."""

    rows: pa.Table
    names: tuple[tuple[str, int], ...]
    types: tuple[Type, ...]
    reads_clock: bool


class Answers:
    """The answers used last, up to `most_bytes`. Thread-safe; who asks for one in the making waits for it."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Answer], *, is_first_page: bool) -> Answer:
        """A first page asks the clock anew, where the query reads it; later pages belong to the answer before."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            try:
                return self._known(key, is_first_page=is_first_page) or self._keep(key, make())
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def _known(self, key: Hashable, *, is_first_page: bool) -> Answer | None:
        with self._lock:
            answer = self._kept.get(key)
            if answer is None or (is_first_page and answer.reads_clock):
                return None
            self._kept.move_to_end(key)
            return answer

    def _keep(self, key: Hashable, answer: Answer) -> Answer:
        with self._lock:
            self._kept[key] = answer
            self._kept.move_to_end(key)
            size = sum(kept.rows.nbytes for kept in self._kept.values())
            while size > self._most_bytes and self._kept:
                _, oldest = self._kept.popitem(last=False)
                size -= oldest.rows.nbytes
        return answer
