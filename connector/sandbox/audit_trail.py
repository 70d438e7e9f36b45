"""The Login Audit Trail: the only place where the true reason of a failed login stands."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from connector.sandbox.directory import Login, LoginRefused

_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """One line of the trail. `date` is ISO 8601 in UTC; what the attempt did not tell is None."""

    date: str
    type: str
    status: str
    detail: str
    user: str | None
    entity: str | None
    role: str | None
    ip: str
    integration: str | None
    token: str | None


class AuditTrail:
    """The last 10,000 attempts, oldest first. No secret enters."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._attempts: deque[LoginAttempt] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def add(self, kind: str, outcome: Login | LoginRefused, ip: str) -> None:
        """Write down one attempt; `kind` is Token-based Authentication, OAuth 2.0 or the like."""
        refused = isinstance(outcome, LoginRefused)
        entity, role, integration = outcome.entity, outcome.role, outcome.integration
        attempt = LoginAttempt(
            date=datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds"),
            type=kind,
            status="Failure" if refused else "Success",
            detail=outcome.detail if isinstance(outcome, LoginRefused) else "",
            user=entity.email if entity else None,
            entity=entity.id if entity else None,
            role=role.id if role else None,
            ip=ip,
            integration=integration.name if integration else None,
            token=outcome.token_name,
        )
        with self._lock:
            self._attempts.append(attempt)

    def attempts(self) -> list[LoginAttempt]:
        """What was attempted, newest last."""
        with self._lock:
            return list(self._attempts)

    def as_json(self) -> list[dict[str, str | None]]:
        """The same as plain values."""
        return [asdict(attempt) for attempt in self.attempts()]
