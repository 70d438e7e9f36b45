"""Runs: questions that take longer than their caller waits go on, and are fetched by their id.

A run belongs to the user who began it; to anybody else it does not exist.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass

from connector.core.frame import Frame
from connector.core.options import Options
from connector.errors import BusyError, CallerError

_WORKERS = 16
_KEPT_SECONDS = 600.0
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Run:
    """One run, whose it is and how its caller wants the answer; `begun` orders them."""

    id: str
    user: str
    begun: float
    answer: Future[Frame]
    options: Options


@dataclass(frozen=True, slots=True)
class Pending:
    """A run that is not done: ask again after so many seconds; `place` is how many stand before it, itself counted."""

    run: str
    retry_after: float
    place: int


class Runs:
    """The runs of this process. Threads share one."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pool = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="run")
        self._lock = threading.Lock()
        self._runs: dict[str, Run] = {}

    def begin(self, user: str, ask: Callable[[], Frame], options: Options) -> Run:
        """Start a run. Raises BusyError where too many are kept already."""
        with self._lock:
            self._forget_old()
            if len(self._runs) >= _MOST:
                raise BusyError("The service has too many questions to answer at once.", retry_after=5.0)
            run = Run(f"r_{secrets.token_urlsafe(12)}", user, self._clock(), self._pool.submit(ask), options)
            self._runs[run.id] = run
            return run

    def find(self, user: str, run_id: str) -> Run:
        """A run of this user. Raises CallerError (code UNKNOWN_RUN)."""
        with self._lock:
            run = self._runs.get(run_id)
        if run is None or run.user != user:
            raise CallerError(
                "There is no such run; an answer is kept for ten minutes.",
                code="UNKNOWN_RUN",
                remedy="Ask the question again.",
            )
        return run

    def wait(self, runs: list[Run], seconds: float) -> None:
        """Wait until all are done or the time is over."""
        wait_for([run.answer for run in runs], timeout=seconds)

    def pending(self, run: Run) -> Pending | None:
        """How a run stands; None when its answer is there."""
        if run.answer.done():
            return None
        with self._lock:
            before = sum(not other.answer.done() and other.begun < run.begun for other in self._runs.values())
        return Pending(run.id, round(min(1.5 + 0.5 * before, 10.0), 1), before + 1)

    def close(self) -> None:
        """Let running questions end and start no more."""
        self._pool.shutdown(cancel_futures=True)

    def _forget_old(self) -> None:
        oldest = self._clock() - _KEPT_SECONDS
        for run_id in [r.id for r in self._runs.values() if r.answer.done() and r.begun < oldest]:
            del self._runs[run_id]
