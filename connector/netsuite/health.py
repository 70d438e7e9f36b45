"""Whether a connection works: one request that needs no permission beyond signing in, and the clock it tells."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from connector.errors import UnreadableError
from connector.netsuite.faults import fault_of
from connector.netsuite.session import Session


@dataclass(frozen=True, slots=True)
class Health:
    """NetSuite's clock, and how many seconds this machine is ahead of it."""

    server_time: datetime
    clock_skew: float


def check(session: Session) -> Health:
    """Sign in and ask for the time (Oracle article_0528010158). Never retried: five failed logins lock the user."""
    asked = time.time()
    reply = session.server_time()
    answered = time.time()
    if reply.status != 200:  # noqa: PLR2004
        raise fault_of(reply, session.origin)
    try:
        body = reply.json()
        told = datetime.fromisoformat(body["serverTime"])  # type: ignore[index] # any failure is caught below
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableError("NetSuite did not tell its time.") from error
    if told.tzinfo is None:
        told = told.replace(tzinfo=UTC)
    return Health(told, (asked + answered) / 2 - told.timestamp())
