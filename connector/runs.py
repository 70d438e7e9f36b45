"""Runs: questions that take longer than their caller waits go on, and are fetched by their id.

A run belongs to whoever began it, where that was a token to this token alone; to anybody else it does not exist. An answer
is kept until it was delivered, a little longer for a caller who asks twice, and never longer than ten minutes or than
there is room. What nobody asks for any more asks NetSuite nothing more.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field

from connector.core.frame import Frame
from connector.core.options import Options
from connector.errors import BusyError, CallerError

_WORKERS = 16
_KEPT_SECONDS = 600.0
_DELIVERED_SECONDS = 60.0
_UNASKED_SECONDS = 120.0
_MOST_WAITING = 1_000
"""Unfinished runs of one user: two batches of the largest size."""
_ROOM = 512 * 1024 * 1024
"""Bytes of answers kept in this process."""


class Interest:
    """Whether somebody still waits for an answer: who asked no more for two minutes, or said so, does not."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._shown = clock()
        self._is_over = False

    def show(self) -> None:
        """Somebody asks for the answer."""
        self._shown = self._clock()

    def stop(self) -> None:
        """Nobody wants it any more."""
        self._is_over = True

    def is_set(self) -> bool:
        """Whether to stop."""
        return self._is_over or self._clock() - self._shown > _UNASKED_SECONDS


@dataclass(slots=True)
class Run:
    """One run, whose it is and how its caller wants the answer; `begun` orders them."""

    id: str
    user: str
    begun: float
    options: Options
    answer: Future[Frame] = field(repr=False)
    interest: Interest = field(repr=False)
    delivered: float | None = None

    @property
    def size(self) -> int:
        """Bytes that its answer takes."""
        if not self.answer.done() or self.answer.cancelled() or self.answer.exception() is not None:
            return 0
        return int(self.answer.result().table.memory_usage(index=False).sum())


@dataclass(frozen=True, slots=True)
class Pending:
    """A run that is not done: ask again after so many seconds; `place` is how many stand before it, itself counted."""

    run: str
    retry_after: float
    place: int


class Runs:
    """The runs of this process. Threads share one."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, room: int = _ROOM) -> None:
        self._clock = clock
        self._room = room
        self._pool = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="run")
        self._lock = threading.Lock()
        self._runs: dict[str, Run] = {}

    def begin(self, user: str, ask: Callable[[Interest], Frame], options: Options) -> Run:
        """Start a run; `ask` is told whether its answer is still wanted.

        Raises BusyError (code TOO_MANY_RUNS) where this user has too many that are not done.
        """
        with self._lock:
            self._forget()
            if sum(run.user == user and not run.answer.done() for run in self._runs.values()) >= _MOST_WAITING:
                raise BusyError(
                    f"{_MOST_WAITING:,} of your questions wait for their answers.",
                    code="TOO_MANY_RUNS",
                    remedy="Fetch what is pending before asking more; one query that fills a range costs less than many.",
                    retry_after=5.0,
                )
            name = f"r_{secrets.token_urlsafe(12)}"
            interest = Interest(self._clock)
            answer = self._pool.submit(ask, interest)
            run = self._runs[name] = Run(name, user, self._clock(), options, answer, interest)
            return run

    def find(self, user: str, run_id: str) -> Run:
        """A run of this user. Raises CallerError (code UNKNOWN_RUN)."""
        with self._lock:
            run = self._runs.get(run_id)
        if run is None or run.user != user:
            raise CallerError(
                "There is no such run; an answer is kept for ten minutes, and for one after it was fetched.",
                code="UNKNOWN_RUN",
                remedy="Ask the question again.",
            )
        run.interest.show()
        return run

    def stop(self, run: Run) -> None:
        """Ask NetSuite nothing more for a run, and forget it."""
        run.interest.stop()
        run.answer.cancel()
        self.discard([run])

    def wait(self, runs: Sequence[Run], seconds: float) -> None:
        """Wait until all are done or the time is over."""
        wait_for([run.answer for run in runs], timeout=seconds)

    def pending(self, run: Run) -> Pending | None:
        """How a run stands; None when its answer is there, which then counts as delivered."""
        with self._lock:
            if run.answer.done():
                run.delivered = run.delivered or self._clock()
                return None
            before = sum(not other.answer.done() and other.begun < run.begun for other in self._runs.values())
        return Pending(run.id, round(min(1.5 + 0.5 * before, 10.0), 1), before + 1)

    def discard(self, runs: Sequence[Run]) -> None:
        """Forget runs whose ids were told to nobody."""
        with self._lock:
            for run in runs:
                self._runs.pop(run.id, None)

    def close(self) -> None:
        """Start no more; what runs is asked to stop."""
        with self._lock:
            for run in self._runs.values():
                run.interest.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def join(self, seconds: float) -> None:
        """After `close`: wait so long for what still runs, whose end is to be written down."""
        with self._lock:
            answers = [run.answer for run in self._runs.values()]
        wait_for(answers, timeout=seconds)

    def _forget(self) -> None:
        """Let go of what is old, then of the oldest answers until the rest has room."""
        now = self._clock()
        done = sorted(
            (run for run in self._runs.values() if run.answer.done()), key=lambda run: run.begun, reverse=True
        )
        taken = 0
        for run in done:
            taken += run.size
            fetched = run.delivered is not None and now - run.delivered > _DELIVERED_SECONDS
            if fetched or now - run.begun > _KEPT_SECONDS or taken > self._room:
                del self._runs[run.id]
