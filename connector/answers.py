"""Answers shared: equal questions of one moment are asked once, and an older answer serves whoever is content with it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from datetime import timedelta

from connector.accounts import Grant
from connector.core.cancelled import Cancelled
from connector.core.frame import Frame
from connector.core.single_flight import SingleFlight
from connector.core.wire import from_arrow, to_arrow
from connector.db.leases import Leases
from connector.errors import StoppedError
from connector.vault.cached_answers import AnswerKey, CachedAnswers

_LEASE = timedelta(minutes=2)
_LOOK_EVERY = 0.1

Ask = Callable[[Cancelled], Frame]


class Answers:
    """Of this process in flight, and of all processes kept in the database. Threads share one."""

    def __init__(self, kept: CachedAnswers, leases: Leases, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._kept = kept
        self._leases = leases
        self._flights = SingleFlight[Frame]()
        self._pause = pause

    def frame(
        self, key: AnswerKey, ask: Ask, *, max_age: timedelta | None = None, cancelled: Cancelled | None = None
    ) -> Frame:
        """An answer that is no older than `max_age`, kept or asked for; without `max_age` none is looked for or kept.

        Raises what `ask` raises, to everybody who waits; no error is kept.
        """
        if max_age is None:
            return self._flights.ask(key, ask, cancelled=cancelled)
        found = self._found(key, max_age)
        if found is not None:
            return found
        return self._flights.ask(
            (key, "kept"),
            lambda everybody: self._beside_other_processes(key, ask, max_age, everybody),
            cancelled=cancelled,
            max_age=max_age.total_seconds(),
        )

    def _beside_other_processes(self, key: AnswerKey, ask: Ask, max_age: timedelta, cancelled: Cancelled) -> Frame:
        name = f"answer {hashlib.sha256(repr(key).encode()).hexdigest()}"
        while True:
            with self._leases.held(name, _LEASE) as is_ours:
                # Another process may have ended its own between our look and our lease.
                found = self._found(key, max_age)
                if found is not None:
                    return found
                if is_ours:
                    frame = ask(cancelled)
                    self._kept.put(key, to_arrow(frame, compression="zstd"), frame.as_of)
                    return frame
            if cancelled.is_set():
                raise StoppedError
            self._pause(_LOOK_EVERY)

    def _found(self, key: AnswerKey, max_age: timedelta) -> Frame | None:
        stored = self._kept.get(key, max_age)
        return None if stored is None else from_arrow(stored)


def answer_key(grant: Grant, *, limit: int | None) -> AnswerKey:
    """What an answer depends on: the rights of the connection, the text, each bound value with its type, the limit.

    Of the values only a hash is kept.
    """
    connection, query = grant.connection, grant.query
    values = [[type(value).__name__, None if value is None else str(value)] for value in query.params]
    asked = json.dumps([connection.role, connection.entity, query.text, values, limit])
    return AnswerKey(connection.id, connection.version, hashlib.sha256(asked.encode()).hexdigest())
