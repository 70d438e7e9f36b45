"""SuiteQL over REST: every page of an answer, some of them at once, and the proof that they are all there.

The first page tells how many rows there are; the rest are asked for in parallel within the slots we may take. Pages are
addressed by our own URLs: a link in an answer never chooses a host.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from connector.egress import LONGEST_SECONDS
from connector.errors import CallerError, ConnectorError, LoginRefusedError, QueryRefusedError, UnreadableError
from connector.netsuite.faults import fault_of
from connector.netsuite.session import Session
from connector.netsuite.suiteql_page import Row, SuiteQLPage, read_page, request_body

MAX_RESULTS = 100_000  # Oracle section_156414087576, without SuiteAnalytics Connect
PAGE_SIZE = 1_000
PATIENCE = LONGEST_SECONDS
_ATTEMPTS = 4
_NOT_AT_ONCE = {"TIMEOUT", "CLOSED"}  # the query may still be running there, or we are leaving
_LONGEST_PAUSE = 10.0  # seconds

Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a query in order.

    `total` is what NetSuite announced, `all_pages` whether as many rows are held, `consistent` whether the rows are one
    moment's: a single page is, of several nothing but their equal totals was measured (None). `as_of` is when the first
    page was asked for, `milliseconds` the time it all took, `requests` how often NetSuite was asked.
    """

    rows: list[Row]
    total: int
    all_pages: bool
    consistent: bool | None
    as_of: datetime
    milliseconds: int
    requests: int


class SuiteQL:
    """Questions to one account over one session, at most `slots` at a time for one question."""

    def __init__(
        self, session: Session, *, slots: int = 2, page_size: int = PAGE_SIZE, pause: Pause = time.sleep
    ) -> None:
        self._session = session
        self._slots = slots
        self._page_size = page_size
        self._pause = pause

    def read(
        self,
        text: str,
        params: Sequence[str] = (),
        *,
        limit: int | None = None,
        max_rows: int = MAX_RESULTS,
        patience: float | None = None,
    ) -> Answer:
        """Read all rows, or the first `limit` (at least 1). Never fewer than announced: a short answer is an error.

        `patience` is how many seconds NetSuite may be silent over a page, where that is longer than usual.

        Raises CallerError (code OVER_LIMIT) past `max_rows`, QueryRefusedError (code RESULT_TOO_LARGE) past what
        NetSuite gives, and whatever RemoteError NetSuite's answers stand for.
        """
        started, as_of = time.monotonic(), datetime.now(UTC)
        size = min(self._page_size, limit or self._page_size)
        reading = _Reading(
            self._session, text, request_body(text, params), size=size, pause=self._pause, patience=patience
        )
        first = reading.page(0)
        wanted = min(first.total, limit or first.total)
        _check_size(wanted, max_rows)
        pages = [first, *self._rest(reading, range(size, wanted, size))]
        rows = [row for page in pages for row in page.rows][:wanted]
        moved = [page.total for page in pages if page.total != first.total]
        if moved or len(rows) != wanted:
            raise UnreadableError(
                f"The rows changed while they were read: NetSuite announced {first.total} and then {moved or len(rows)}.",
                code="ROWS_MOVED",
                remedy="Ask again; if it stays so, add ORDER BY a unique column.",
                retryable=True,
            )
        return Answer(
            rows=rows,
            total=first.total,
            all_pages=len(rows) == first.total,
            consistent=True if len(pages) == 1 else None,
            as_of=as_of,
            milliseconds=round((time.monotonic() - started) * 1000),
            requests=reading.requests,
        )

    def _rest(self, reading: _Reading, offsets: range) -> list[SuiteQLPage]:
        if not offsets:
            return []
        with ThreadPoolExecutor(max_workers=self._slots, thread_name_prefix="suiteql-page") as pool:
            futures = [pool.submit(reading.page, offset) for offset in offsets]
            try:
                wait(futures, return_when=FIRST_EXCEPTION)
                return [future.result() for future in sorted(futures, key=_failed_first)]
            finally:
                reading.stop()
                pool.shutdown(cancel_futures=True)


class _Reading:
    """One question under way: its pages in any order, each asked for again where that can help."""

    def __init__(
        self, session: Session, text: str, body: bytes, *, size: int, pause: Pause, patience: float | None
    ) -> None:
        self._session = session
        self._text = text
        self._body = body
        self._size = size
        self._pause = pause
        self._patience = patience
        self._lock = threading.Lock()
        self._stopped = False
        self.requests = 0

    def stop(self) -> None:
        """Send nothing more: another page has failed."""
        with self._lock:
            self._stopped = True

    def page(self, offset: int) -> SuiteQLPage:
        """The page that begins at row `offset`; each attempt is signed anew. Raises CancelledError after `stop`."""
        try:
            return self._tried(offset)
        except ConnectorError:
            self.stop()  # by the thread that failed, so that no other page is sent meanwhile
            raise

    def _tried(self, offset: int) -> SuiteQLPage:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._attempt(offset)
            except LoginRefusedError:
                raise  # five failures lock the user for 30 minutes
            except ConnectorError as error:
                hopeless = not error.retryable or error.code in _NOT_AT_ONCE
                if hopeless or attempt == _ATTEMPTS or (error.retry_after or 0) > _LONGEST_PAUSE:
                    raise
                self._pause(_backoff(attempt, error.retry_after))
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, offset: int) -> SuiteQLPage:
        with self._lock:
            if self._stopped:
                raise CancelledError
            self.requests += 1
        reply = self._session.suiteql(self._body, limit=self._size, offset=offset, timeout=self._patience)
        if reply.status != HTTPStatus.OK:
            raise fault_of(reply, self._session.origin, query=self._text)
        return read_page(reply, offset=offset, limit=self._size)


def _backoff(attempt: int, asked: float | None) -> float:
    """Seconds until the next attempt: what NetSuite asks for, else half a second, one, two; always with jitter."""
    if asked is not None:
        return asked + random.uniform(0, 0.5)  # noqa: S311 - jitter
    return float(0.25 * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - jitter


def _failed_first(future: Future[SuiteQLPage]) -> bool:
    """Sorts what failed on its own before what it cancelled; pages keep their order."""
    return not future.done() or future.exception() is None


def _check_size(wanted: int, max_rows: int) -> None:
    if wanted > MAX_RESULTS:
        raise QueryRefusedError(
            f"The answer has {wanted:,} rows, and NetSuite gives {MAX_RESULTS:,} at most.",
            code="RESULT_TOO_LARGE",
            remedy="Narrow the query (a period, a subsidiary), or sum up in SQL.",
        )
    if wanted > max_rows:
        raise CallerError(
            f"The answer has {wanted:,} rows; {max_rows:,} are the limit here.",
            code="OVER_LIMIT",
            remedy="Narrow the query or set the option limit=, for example limit=500.",
        )
