"""The gate before one NetSuite account: no more of our requests at once than our share of its slots.

The account's limit is shared with everyone else's integrations (Oracle bridgehead_1500275603), so we take a part of it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

import httpx2

from connector.egress import Egress, Reply
from connector.errors import BusyError
from connector.netsuite.session import Session

_LONGEST_WAIT = 600.0


class Gate:
    """So many requests of this process at once. Threads share one gate for each account."""

    def __init__(self, slots: int) -> None:
        self._slots = threading.BoundedSemaphore(slots)

    def __enter__(self) -> None:
        if not self._slots.acquire(timeout=_LONGEST_WAIT):
            raise BusyError("Our own requests to this account have waited ten minutes for a slot.")

    def __exit__(self, *_: object) -> None:
        self._slots.release()


class GatedSession(Session):
    """A session whose every request passes the account's gate."""

    def __init__(self, egress: Egress, auth: httpx2.Auth | None, gate: Gate) -> None:
        super().__init__(egress, auth)
        self._gate = gate

    def send(
        self,
        purpose: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Reply:
        """As Session.send, once a slot is free. Raises BusyError."""
        with self._gate:
            return super().send(purpose, method, path, params=params, headers=headers, content=content)
