"""The audit log's anchors, sent where whoever writes to this database cannot: syslog, a webhook, or both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from connector.audit.log import AuditLog
from connector.db.utc_time import utc_now
from connector.errors import ConnectorError

MESSAGE_ID = "audit-anchor"


class LineSink(Protocol):
    """What takes a line: `Syslog`."""

    def send(self, message_id: str, text: str, at: datetime) -> None:
        """Raises ConnectorError."""


class BodySink(Protocol):
    """What takes a body: `SignedWebhook`."""

    def send(self, body: Mapping[str, object], at: datetime) -> None:
        """Raises ConnectorError."""


class Anchors:
    """Sends the newest event's `SEQUENCE:HASH`. What was sent is later given to `connector audit verify --anchor`."""

    def __init__(
        self,
        audit: AuditLog,
        *,
        syslog: LineSink | None = None,
        webhook: BodySink | None = None,
        service: str = "nsquery",
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """`service` tells the receiver which installation it is of."""
        self._audit = audit
        self._syslog = syslog
        self._webhook = webhook
        self._service = service
        self._clock = clock

    def __bool__(self) -> bool:
        """Whether there is somewhere to send them."""
        return self._syslog is not None or self._webhook is not None

    def send(self) -> str:
        """Send it everywhere and answer it. Raises the first ConnectorError after all were tried."""
        anchor, now, failed = self._audit.anchor(), self._clock(), None
        if self._syslog is not None:
            try:
                self._syslog.send(MESSAGE_ID, f"service={self._service} anchor={anchor}", now)
            except ConnectorError as error:
                failed = error
        if self._webhook is not None:
            body = {"event": MESSAGE_ID, "service": self._service, "anchor": anchor, "at": now.isoformat()}
            try:
                self._webhook.send(body, now)
            except ConnectorError as error:
                failed = failed or error
        if failed is not None:
            raise failed
        return anchor
