"""Pages of SuiteQL, some at once: each is asked for again where that can help, and none once one has failed."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

from connector.core.cancelled import Cancelled
from connector.errors import ConnectorError, LoginRefusedError, StoppedError
from connector.netsuite.asker import Asker
from connector.netsuite.faults import fault_of
from connector.netsuite.session import Session
from connector.netsuite.suiteql_page import SuiteQLPage, read_page, request_body

_ATTEMPTS = 8
_SILENT_ATTEMPTS = 4  # the query may still be running there
_LONGEST_OWN_PAUSE = 4.0  # seconds
_LONGEST_PAUSE = 10.0  # seconds

Pause = Callable[[float], None]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Manner:
    """How pages are asked for.

    `slots` at once, of `size` rows; `patience` is how many seconds NetSuite may be silent over one, where that is longer
    than usual; `pause` waits between attempts. Nothing more is asked once `cancelled` is set, or past the asker's deadline.
    """

    size: int
    slots: int
    pause: Pause
    patience: float | None = None
    cancelled: Cancelled | None = None
    asker: Asker = field(default_factory=Asker)


class PageReading:
    """One question under way, in one or several texts. Counts its requests."""

    def __init__(self, session: Session, manner: Manner) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._stopped = False
        self.manner = manner
        self.requests = 0

    def stop(self) -> None:
        """Send nothing more: another page has failed."""
        with self._lock:
            self._stopped = True

    def page(self, text: str, params: Sequence[str] = (), *, offset: int = 0, size: int | None = None) -> SuiteQLPage:
        """The page of a text that begins at row `offset`; each attempt is signed anew.

        Raises the RemoteError that NetSuite's answer stands for, StoppedError once the reader does not wait any more, and
        CancelledError after `stop`.
        """
        return self._tried(text, request_body(text, params), offset, size or self.manner.size)

    def all(self, made: Callable[[Made], object], given: Iterable[Made]) -> None:
        """Do something for each, as many at once as there are slots. Raises what failed on its own first."""

        def do(one: Made) -> None:
            try:
                made(one)
            except BaseException:
                self.stop()  # by the thread that failed, so that no other page is sent meanwhile
                raise

        with ThreadPoolExecutor(max_workers=self.manner.slots, thread_name_prefix="suiteql-page") as pool:
            futures = [pool.submit(do, one) for one in given]
            try:
                wait(futures, return_when=FIRST_EXCEPTION)
                for future in sorted(futures, key=_failed_first):
                    future.result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _tried(self, text: str, body: bytes, offset: int, size: int) -> SuiteQLPage:
        silent = 0
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._attempt(text, body, offset, size)
            except (LoginRefusedError, StoppedError):
                raise  # five failures lock the user for 30 minutes
            except ConnectorError as error:
                silent += error.code == "TIMEOUT"
                hopeless = not error.retryable or error.code == "CLOSED" or silent == _SILENT_ATTEMPTS
                if hopeless or attempt == _ATTEMPTS or (error.retry_after or 0) > _LONGEST_PAUSE:
                    raise
                self.manner.pause(_backoff(attempt, error.retry_after))
        raise AssertionError("the last attempt returns or raises")

    def _silence(self) -> float | None:
        """How long NetSuite may be silent: not past the asker's deadline. Raises StoppedError where that is over."""
        deadline = self.manner.asker.deadline
        if deadline is None:
            return self.manner.patience
        left = deadline - time.monotonic()
        if left <= 0:
            raise StoppedError("The answer was not whole by the time it was of use.")
        return min(left, self.manner.patience or left)

    def _attempt(self, text: str, body: bytes, offset: int, size: int) -> SuiteQLPage:
        with self._lock:
            if self._stopped:
                raise CancelledError
            if self.manner.cancelled is not None and self.manner.cancelled.is_set():
                raise StoppedError
            self.requests += 1
        silence, asker = self._silence(), self.manner.asker
        reply = self._session.suiteql(body, limit=size, offset=offset, timeout=silence, asker=asker)
        if reply.status != HTTPStatus.OK:
            raise fault_of(reply, self._session.origin, query=text)
        return read_page(reply, offset=offset, limit=size)


def _backoff(attempt: int, asked: float | None) -> float:
    """Seconds until the next attempt: what NetSuite asks for, else half a second, one, two, four; always with jitter."""
    if asked is not None:
        return asked + random.uniform(0, 0.5)  # noqa: S311 - jitter
    return float(min(0.25 * 2**attempt, _LONGEST_OWN_PAUSE) * random.uniform(0.5, 1.5))  # noqa: S311 - jitter


def _failed_first(future: Future[None]) -> bool:
    """Sorts what failed on its own before what it cancelled."""
    return not future.done() or future.exception() is None
