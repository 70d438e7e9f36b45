"""What the sandbox received, for tests that compare it with what they sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.sandbox.wire import Request

_KEPT = 500
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
    """The last 500 requests, oldest first."""

    def __init__(self) -> None:
        self._requests: deque[Received] = deque(maxlen=_KEPT)

    def add(self, request: Request) -> None:
        """Keep a request."""
        headers = {
            name: value.partition(" ")[0] if name in _SECRET_HEADERS - {"cookie"} else value
            for name, value in request.headers.items()
            if name != "cookie"
        }
        self._requests.append(Received(request.method, request.path, request.query, headers, request.body))

    def all(self) -> list[Received]:
        """A copy of the list, newest last."""
        return list(self._requests)
