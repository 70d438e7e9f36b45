"""What the sandbox received, for tests that compare it with what they sent."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.sandbox.wire import Request

_KEPT = 500
_KEPT_BYTES = 16 * 1024 * 1024
_SECRET_HEADERS = {"authorization", "cookie", "proxy-authorization"}


@dataclass(frozen=True, slots=True)
class Received:
    """One request. Secret headers are cut down to their first word, the scheme."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class ReceivedRequests:
    """The last 500 requests or 16 MiB of bodies, whichever is less, oldest first. Threads may share it."""

    def __init__(self) -> None:
        self._requests: deque[Received] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    def add(self, request: Request) -> None:
        """Keep a request."""
        headers = {
            name: value.partition(" ")[0] if name in _SECRET_HEADERS - {"cookie"} else value
            for name, value in request.headers.items()
            if name != "cookie"
        }
        received = Received(request.method, request.path, request.query, headers, request.body)
        with self._lock:
            self._requests.append(received)
            self._bytes += len(received.body)
            while len(self._requests) > _KEPT or self._bytes > _KEPT_BYTES:
                self._bytes -= len(self._requests.popleft().body)

    def all(self) -> list[Received]:
        """A copy of the list, newest last."""
        with self._lock:
            return list(self._requests)
