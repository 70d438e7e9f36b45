"""SuiteQL over REST: every page of an answer, some of them at once, and the proof that they are all there.

The first page tells how many rows there are; the rest are asked for in parallel within the slots we may take. Pages are
addressed by our own URLs: a link in an answer never chooses a host.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connector.core.cancelled import Cancelled
from connector.core.paged_query import PagedQuery
from connector.egress import LONGEST_SECONDS
from connector.errors import CallerError, QueryRefusedError, UnreadableError
from connector.netsuite.asker import Asker
from connector.netsuite.page_reading import Manner, PageReading, Pause
from connector.netsuite.range_reading import Held, read_ranges
from connector.netsuite.session import Session
from connector.netsuite.suiteql_page import Row, SuiteQLPage

MAX_RESULTS = 100_000  # Oracle section_156414087576, without SuiteAnalytics Connect
MOST_ROWS = 1_000_000
"""Rows that are read range by range: past them SuiteAnalytics Connect is the channel."""
PAGE_SIZE = 1_000
PATIENCE = LONGEST_SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a query in order.

    `total` is what NetSuite announced, `all_pages` whether as many rows are held. `consistent` tells whether the rows
    are one moment's: a single page is; of several it was measured by counts, sums of keys and the latest change before
    and after, or it was not measured (None). `as_of` is when the first page was asked for, `milliseconds` the time it
    all took, `requests` how often NetSuite was asked.
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
        query: PagedQuery | str,
        params: Sequence[str] = (),
        *,
        limit: int | None = None,
        max_rows: int = MOST_ROWS,
        patience: float | None = None,
        cancelled: Cancelled | None = None,
        asker: Asker | None = None,
    ) -> Answer:
        """Read all rows, or the first `limit` (at least 1). Never fewer than announced: a short answer is an error.

        A text is read as it stands. `patience` is how many seconds NetSuite may be silent over a page, where that is
        longer than usual; once `cancelled` is set nothing more is asked. `asker` says whom it is for.

        Raises CallerError (code OVER_LIMIT) past `max_rows`, QueryRefusedError (code RESULT_TOO_LARGE) past what
        NetSuite gives, UnreadableError (code ROWS_MOVED) where the rows would not stand still, StoppedError, and
        whatever RemoteError NetSuite's answers stand for.
        """
        started, as_of = time.monotonic(), datetime.now(UTC)
        asked = PagedQuery(query, query, None, "it is read as it is written") if isinstance(query, str) else query
        size = min(self._page_size, limit or self._page_size)
        manner = Manner(size, self._slots, self._pause, patience, cancelled, asker or Asker())
        reading = PageReading(self._session, manner)
        held = _Reading(reading, asked, params, limit=limit, max_rows=max_rows).read()
        return Answer(
            rows=held.rows,
            total=held.total,
            all_pages=len(held.rows) == held.total,
            consistent=held.consistent,
            as_of=as_of,
            milliseconds=round((time.monotonic() - started) * 1000),
            requests=reading.requests,
        )


class _Reading:
    """One question: its first page as a probe, then the way of reading that suits its size and its key."""

    def __init__(
        self, reading: PageReading, query: PagedQuery, params: Sequence[str], *, limit: int | None, max_rows: int
    ) -> None:
        self._reading = reading
        self._query = query
        self._params = params
        self._limit = limit
        self._max_rows = max_rows
        self._text = query.alone

    def read(self) -> Held:
        first = self._first()
        wanted = min(first.total, self._limit or first.total)
        _check_size(wanted, self._max_rows)
        if wanted <= len(first.rows):
            return Held(first.rows[:wanted], first.total, consistent=True)
        if self._text != self._query.text and self._query.by_all_columns:
            self._text = self._query.text
            first = self._first()  # again, now that its order matters
        keyset = self._query.keyset
        is_ordered = self._text == self._query.text
        if keyset is not None and is_ordered and wanted == first.total:
            held = read_ranges(self._reading, keyset, self._params, is_large=first.total > MAX_RESULTS)
            if held is not None:
                _check_size(held.total, self._max_rows)
                return held
        if wanted > MAX_RESULTS:
            raise _too_large(wanted, self._query.reason)
        return self._by_offset(first, wanted)

    def _first(self) -> SuiteQLPage:
        """The first page in a unique order; where NetSuite does not take that, as its author wrote it."""
        try:
            return self._reading.page(self._text, self._params)
        except QueryRefusedError:
            if self._text == self._query.written:
                raise
            self._text = self._query.written
            return self._reading.page(self._text, self._params)

    def _by_offset(self, first: SuiteQLPage, wanted: int) -> Held:
        pages = {0: first}

        def fetch(offset: int) -> None:
            pages[offset] = self._reading.page(self._text, self._params, offset=offset)

        size = self._reading.manner.size
        self._reading.all(fetch, range(size, wanted, size))
        rows = [row for _, page in sorted(pages.items()) for row in page.rows][:wanted]
        moved = [page.total for page in pages.values() if page.total != first.total]
        if moved or len(rows) != wanted:
            raise rows_moved(first.total, moved[0] if moved else len(rows))
        return Held(rows, first.total, consistent=None)


def rows_moved(before: int, after: int) -> UnreadableError:
    """What is raised where rows came and went between pages, and no key tells which."""
    return UnreadableError(
        f"The rows changed while they were read: NetSuite announced {before:,} and then {after:,}.",
        code="ROWS_MOVED",
        remedy="Ask again; if it stays so, ask for a shorter period, or at a time when nobody enters transactions.",
        retryable=True,
    )


def _too_large(wanted: int, reason: str) -> QueryRefusedError:
    because = f" Past that it cannot go on behind a row, since {reason}." if reason else ""
    return QueryRefusedError(
        f"The answer has {wanted:,} rows, and NetSuite gives {MAX_RESULTS:,} at most.{because}",
        code="RESULT_TOO_LARGE",
        remedy="Narrow the query (a period, a subsidiary), sum up in SQL, or read tables with an id without DISTINCT, "
        "UNION and outer joins of many rows.",
    )


def _check_size(wanted: int, max_rows: int) -> None:
    if wanted > max_rows:
        raise CallerError(
            f"The answer has {wanted:,} rows; {max_rows:,} are the limit here.",
            code="OVER_LIMIT",
            remedy="Narrow the query or set the option limit=, for example limit=500.",
        )
