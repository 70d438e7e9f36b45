"""After a refused login, a pause for its connection: five failures lock the NetSuite user for 30 minutes.

A workbook asks twenty things at once; without the pause one wrong secret would lock the user out of NetSuite
(Oracle subsect_156935170194). What is held back gets the error of the login that was refused.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from connector.errors import ConnectorError, LoginRefusedError

_PAUSES = (60.0, 300.0, 1800.0)
"""Seconds after the first refusal, the second, and each one more."""
_MOST_AT_ONCE = 4
"""Signed requests on their way at once: were the token revoked now, all of them would be failures."""


class LoginBreaker:
    """Open after a refused login; then one request at a time tries again.

    Threads and connections share one for each set of credentials.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._refusals = 0
        self._error: LoginRefusedError | None = None
        self._closed_until = 0.0
        self._is_trying = False

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Send one request inside, and let its LoginRefusedError out.

        Raises the LoginRefusedError that opened the breaker, where nothing may be sent.
        """
        with self._under_way:
            yield from self._attempt()

    def _attempt(self) -> Iterator[None]:
        is_trial = self._let_pass()
        try:
            yield
        except LoginRefusedError as error:
            self._refused(error)
            raise
        except ConnectorError:
            raise  # says nothing about the login
        else:
            with self._lock:
                self._refusals, self._error = 0, None
        finally:
            if is_trial:
                with self._lock:
                    self._is_trying = False

    def _let_pass(self) -> bool:
        """Whether this request is the one that tries again."""
        with self._lock:
            if self._error is None:
                return False
            left = self._closed_until - self._clock()
            if left <= 0 and not self._is_trying:
                self._is_trying = True
                return True
            error = self._error
        raise LoginRefusedError(
            f"{error.message} It was not asked again: five failed logins lock the user.",
            code=error.code,
            remedy=f"{error.remedy} The next login is tried in {max(left, 1):.0f} seconds.",
            retry_after=max(left, 1),
        ) from error

    def _refused(self, error: LoginRefusedError) -> None:
        with self._lock:
            pause = _PAUSES[min(self._refusals, len(_PAUSES) - 1)]
            self._refusals += 1
            self._error, self._closed_until = error, self._clock() + pause
