"""The log: one line an event on standard error, without the values of variables, which may be secrets.

Lines are written by a thread of their own: where nobody reads standard error, lines are lost and no request waits.
"""

from __future__ import annotations

import atexit
import logging
import queue
import sys
import threading
from typing import TextIO

import structlog

_MOST_LINES = 10_000
_LAST_SECONDS = 2.0


def configure(level: str) -> None:
    """Write from `level` (DEBUG to CRITICAL) on: JSON for machines, plain text on a terminal."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    machine = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([plain] if sys.stderr is not None and sys.stderr.isatty() else machine),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=_factory,
        cache_logger_on_first_use=False,
    )


class Lines:
    """Writes lines to a stream and never waits for it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(_MOST_LINES)
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def msg(self, line: str) -> None:
        """Write a line, or lose it where too many wait."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            return

    debug = info = warning = error = critical = msg

    def close(self) -> None:
        """Write what waits, as far as that takes no longer than a moment."""
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(_LAST_SECONDS)

    def _write(self) -> None:
        try:
            while (line := self._lines.get()) is not None:
                self._stream.write(line + "\n")
                self._stream.flush()
        except (OSError, ValueError):
            return  # the reader has gone, or the stream was closed


_writers: dict[int, Lines] = {}


def _factory(*_: object) -> Lines | structlog.ReturnLogger:
    """One writer for each standard error there is (tests change it); none where it is closed."""
    if sys.stderr is None:
        return structlog.ReturnLogger()
    known = _writers.get(id(sys.stderr))
    if known is None:
        known = _writers[id(sys.stderr)] = Lines(sys.stderr)
    return known
