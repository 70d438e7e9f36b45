"""The gate before one NetSuite account: no more of our requests at once than our share of its slots.

The account's limit is shared with everyone else's integrations (Oracle bridgehead_1500275603), so we take a part of it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

import httpx2

from connector.egress import Egress, Reply
from connector.errors import BusyError, LoginRefusedError
from connector.netsuite.faults import fault_of
from connector.netsuite.login_breaker import LoginBreaker
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
    """A connection's session: every request passes the account's gate and the connection's breaker."""

    def __init__(self, egress: Egress, auth: httpx2.Auth | None, gate: Gate, breaker: LoginBreaker) -> None:
        super().__init__(egress, auth)
        self._gate = gate
        self._breaker = breaker

    def send(
        self,
        purpose: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout: float | None = None,
    ) -> Reply:
        """As Session.send, once a slot is free. Raises BusyError, and LoginRefusedError for a refused login."""
        with self._gate, self._breaker.attempt():
            reply = super().send(
                purpose, method, path, params=params, headers=headers, content=content, timeout=timeout
            )
            if reply.status >= 400 and isinstance(error := fault_of(reply, self.origin), LoginRefusedError):  # noqa: PLR2004
                raise error
            return reply
