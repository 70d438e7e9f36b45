"""The account's limit of concurrent requests: one pool for REST and RESTlets (Oracle bridgehead_1500275603)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class LimitExceeded(Exception):  # noqa: N818 - NetSuite's answer, not a fault of ours
    """All slots are taken; NetSuite blocks the request and does not queue it."""


class ConcurrencyGate:
    """Counts the requests that are being served; `most` were at once, and `refused` were too many."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.most = self.refused = self._running = 0
        self._lock = threading.Lock()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one slot. Raises LimitExceeded."""
        with self._lock:
            if self._running >= self.limit:
                self.refused += 1
                raise LimitExceeded
            self._running += 1
            self.most = max(self.most, self._running)
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1


@contextmanager
def at_least(seconds: float, stopping: threading.Event) -> Iterator[None]:
    """Let what is done inside take this long or longer, unless `stopping` is set."""
    ends = time.monotonic() + seconds
    try:
        yield
    finally:
        stopping.wait(max(0.0, ends - time.monotonic()))
