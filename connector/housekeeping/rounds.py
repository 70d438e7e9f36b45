"""The rounds: each task under a lease of its own, so that one process of many does it, and every so often.

The clock is passed in; the thread only wakes up and looks what is due. What fails is told in the log once and tried again
at its next turn.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from connector.db.leases import Leases
from connector.errors import ConnectorError

_LOOKS_EVERY = 5.0
_LEASE = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do every so often; without `every` at each look, for what the database lets only one do anyway.

    `at_end` is done once more, by every process, when the service stops. `waits` is done for the first time after that
    long, and not when the service is first started.
    """

    name: str
    run: Callable[[], object]
    every: timedelta | None = None
    at_end: bool = False
    waits: bool = False


class Housekeeping:
    """Looks every few seconds what is due, in one thread."""

    def __init__(self, leases: Leases, tasks: Sequence[Task], *, looks_every: float = _LOOKS_EVERY) -> None:
        """`looks_every` is in seconds."""
        self.tasks = tuple(tasks)
        self._leases = leases
        self._looks_every = looks_every
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._failing: dict[str, str] = {}

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._go_round, name="housekeeping", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Look no more; what is being done may take so long to end. Then the last words are said."""
        if self._thread is None:
            return
        self._stop.set()
        self._thread.join(seconds)
        self._thread = None
        for task in self.tasks:
            if task.at_end:
                self._done(task)

    def tick(self) -> list[str]:
        """Do what is due and answer the names of it."""
        done = []
        for task in self.tasks:
            if self._stop.is_set():
                break
            try:
                if self._is_done(task):
                    done.append(task.name)
            except ConnectorError as error:  # the database has no time for us
                self._tell(task, error.code, error)
        return done

    def _is_done(self, task: Task) -> bool:
        """Whether it was this process's turn, and it ended well."""
        if task.every is None:
            return self._done(task)
        name = f"task:{task.name}"
        if task.waits:
            self._leases.begin(name)
        with self._leases.held(name, _LEASE, every=task.every) as mine:
            return mine and self._done(task)

    def _done(self, task: Task) -> bool:
        try:
            task.run()
        except ConnectorError as error:
            self._tell(task, error.code, error)
            return False
        except Exception as error:  # noqa: BLE001 - one task must not end the others
            self._tell(task, type(error).__name__, error)
            return False
        if self._failing.pop(task.name, None) is not None:
            structlog.get_logger().info("housekeeping_works_again", task=task.name)
        return True

    def _tell(self, task: Task, code: str, error: Exception) -> None:
        """Once, until something else is wrong with it or it works again."""
        if self._failing.get(task.name) == code:
            return
        self._failing[task.name] = code
        if isinstance(error, ConnectorError):
            structlog.get_logger().error(
                "housekeeping_fails", task=task.name, code=code, message=error.message, remedy=error.remedy
            )
        else:
            structlog.get_logger().error("housekeeping_fails", task=task.name, code=code, exc_info=error)

    def _go_round(self) -> None:
        while not self._stop.is_set():
            self.tick()
            self._stop.wait(self._looks_every)
