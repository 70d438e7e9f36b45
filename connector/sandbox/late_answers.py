"""Answers that go out no sooner than the account's latency allows, without a thread that waits for each.

A refused request takes as long as any other, and hundreds may come at once. Would each keep a worker for the latency,
the requests behind them were looked at late, when a slot is free again, instead of being refused on arrival.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from cheroot.makefile import MakeFile
from cheroot.server import HTTPConnection
from cheroot.wsgi import Server

from connector.sandbox.http_request import SandboxRequest

_INTERIM = b"HTTP/1.1 100 "  # asks for the body, so it cannot wait


class Alarm:
    """Calls back at the time asked for, from a thread of its own. Threads may share it."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._order = count()
        self._changed = threading.Condition()
        self._stopped = False
        threading.Thread(target=self._run, name="sandbox-alarm", daemon=True).start()

    def at(self, moment: float, call: Callable[[], object]) -> None:
        """Call at that moment of the monotonic clock, at once after `stop`. What is called must not block."""
        with self._changed:
            heapq.heappush(self._waiting, (moment, next(self._order), call))
            if self._stopped:
                self._call_due(float("inf"))
            self._changed.notify()

    def stop(self) -> None:
        """Call whatever waits now."""
        with self._changed:
            self._stopped = True
            self._call_due(float("inf"))
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._stopped:
                self._call_due(time.monotonic())
                self._changed.wait(self._waiting[0][0] - time.monotonic() if self._waiting else None)

    def _call_due(self, now: float) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            heapq.heappop(self._waiting)[2]()


class Outbox:
    """What a connection has to say, held until it is due."""

    def __init__(self, stream: Any, stopping: threading.Event) -> None:
        self.due = 0.0
        self._stream = stream
        self._stopping = stopping
        self._held = bytearray()

    @property
    def holds(self) -> bool:
        return bool(self._held)

    @property
    def is_due(self) -> bool:
        return self._stopping.is_set() or time.monotonic() >= self.due

    def write(self, data: bytes) -> int:
        if data.startswith(_INTERIM):
            self._stream.write(data)
            return len(data)
        self._held += data
        if self.is_due:
            self.send()
        return len(data)

    def send(self) -> None:
        """Let everything out."""
        held, self._held = bytes(self._held), bytearray()
        self._stream.write(held)


class LateConnection(HTTPConnection):
    """A connection of a LateServer."""

    RequestHandlerClass = SandboxRequest

    def __init__(self, server: LateServer, sock: Any, makefile: Any = MakeFile) -> None:
        super().__init__(server, sock, makefile)
        self.wfile = Outbox(self.wfile, server.stopping)
        self._stays = False

    def communicate(self) -> bool:
        """Answer one request, or let out an answer that is due; whether the connection is kept."""
        if not self.wfile.holds:
            self.wfile.due = time.monotonic() + self.server.latency()
            self._stays = super().communicate()  # type: ignore[no-untyped-call] # cheroot's stubs leave it bare
            if self.wfile.holds and not self.wfile.is_due:
                return True
        return self._let_out() and self._stays

    def _let_out(self) -> bool:
        """Whether the client is still there."""
        try:
            if self.wfile.holds:
                self.wfile.send()
        except OSError:
            return False
        return True


class LateServer(Server):
    """A server whose every answer takes `latency()` seconds or longer, until `stopping` is set.

    No thread waits for a connection that does not speak either.
    """

    ConnectionClass = LateConnection

    def __init__(self, *args: Any, latency: Callable[[], float], stopping: threading.Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.latency = latency
        self.stopping = stopping
        self._alarm = Alarm()

    def process_conn(self, conn: LateConnection) -> None:
        if conn.last_used is None:  # it is new, and its first byte may be long in coming
            self.put_conn(conn)
        else:
            super().process_conn(conn)

    def put_conn(self, conn: LateConnection) -> None:
        """Keep a connection until it has something to read, or until its answer is due."""
        if conn.wfile.holds:
            self._alarm.at(conn.wfile.due, partial(self.requests.put, conn))
        else:
            super().put_conn(conn)

    def stop(self) -> None:
        """Let out every answer that waits, then stop."""
        self.stopping.set()
        self._alarm.stop()
        super().stop()
