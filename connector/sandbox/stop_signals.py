"""SIGTERM and Ctrl-C, heard whenever they come."""

from __future__ import annotations

import os
import select
import signal

_NUMBERS = (signal.SIGTERM, signal.SIGINT)


def exit_when_told_to_stop() -> None:
    """Let a signal end the process at once, for as long as nothing is open that would have to be closed."""
    for number in _NUMBERS:
        signal.signal(number, lambda *_: os._exit(0))


class StopSignal:
    """Keeps the process alive until it is told to stop. One a process, made in the main thread.

    The interpreter writes signals to a pipe, so that none is lost: a lock or a queue that the main thread is about to
    wait for would not wake for a signal that came just before.
    """

    def __init__(self) -> None:
        self._reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)
        for number in _NUMBERS:
            signal.signal(number, lambda *_: None)

    @property
    def has_come(self) -> bool:
        """Whether the process is told to stop already."""
        return bool(select.select([self._reader], [], [], 0)[0])

    def wait(self) -> None:
        """Return once the process is told to stop."""
        os.read(self._reader, 1)
