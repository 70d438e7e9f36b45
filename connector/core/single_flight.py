"""One question asked once: equal questions of one moment wait for one answer, in this process and beside others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from connector.core.cancelled import Cancelled
from connector.errors import StoppedError

_LOOK_EVERY = 0.05
_ALIKE_SECONDS = 1.0
"""A question joins one that is this much older: to its author both are of one moment."""

Answer = TypeVar("Answer")


class _Everybody:
    """Stops once nobody of those who wait is interested any more."""

    def __init__(self) -> None:
        self._waiting: list[Cancelled | None] = []

    def add(self, one: Cancelled | None) -> None:
        self._waiting.append(one)

    def is_set(self) -> bool:
        return all(one is not None and one.is_set() for one in self._waiting)


@dataclass(slots=True)
class _Flight(Generic[Answer]):
    begun: float
    answer: Future[Answer] = field(default_factory=Future)
    interest: _Everybody = field(default_factory=_Everybody)


class SingleFlight(Generic[Answer]):
    """The questions that are under way in this process. Threads share one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._flights: dict[object, _Flight[Answer]] = {}

    def ask(
        self,
        key: object,
        ask: Callable[[Cancelled], Answer],
        *,
        cancelled: Cancelled | None = None,
        max_age: float = _ALIKE_SECONDS,
    ) -> Answer:
        """Ask, or wait for the answer of an equal question that is under way for at most `max_age` seconds.

        Each caller has its own right to the answer before it comes here. An error is everybody's who waits. Raises
        StoppedError for a caller who waits no more.
        """
        with self._lock:
            flight = self._flights.get(key)
            is_mine = flight is None or self._clock() - flight.begun > max(max_age, _ALIKE_SECONDS)
            if flight is None or is_mine:
                flight = self._flights[key] = _Flight(self._clock())
            flight.interest.add(cancelled)
        if is_mine:
            self._lead(key, flight, ask)
        return self._followed(flight, cancelled)

    def _lead(self, key: object, flight: _Flight[Answer], ask: Callable[[Cancelled], Answer]) -> None:
        try:
            flight.answer.set_result(ask(flight.interest))
        except BaseException as error:  # noqa: BLE001 - it is raised by everybody who waits, this caller too
            flight.answer.set_exception(error)
        finally:
            with self._lock:
                if self._flights.get(key) is flight:
                    del self._flights[key]

    @staticmethod
    def _followed(flight: _Flight[Answer], cancelled: Cancelled | None) -> Answer:
        while cancelled is not None and not flight.answer.done():
            if cancelled.is_set():
                raise StoppedError
            try:
                return flight.answer.result(_LOOK_EVERY)
            except TimeoutError:
                if flight.answer.done():
                    break
        return flight.answer.result()
