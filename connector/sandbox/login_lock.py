"""What a login leaves behind: failures that lock the user, and nonces that are spent.

Five failures lock a user for 30 minutes, a pair of nonce and timestamp serves once (Oracle subsect_156935170194).
"""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict

FAILURES = 5
LOCKED_SECONDS = 30 * 60
_NONCES = 1_000_000


class LoginLock:
    """Failures in a row per user. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._failures: defaultdict[str, int] = defaultdict(int)
        self._locked_until: dict[str, float] = {}

    def is_locked(self, user: str, now: float) -> bool:
        """Whether the user is locked out; `now` in seconds."""
        return now < self._locked_until.get(user, float("-inf"))

    def failed(self, user: str, now: float) -> None:
        """Count a failure; the fifth in a row locks. While locked nothing is counted."""
        if self.is_locked(user, now):
            return
        self._failures[user] += 1
        if self._failures[user] >= FAILURES:
            self._locked_until[user] = now + LOCKED_SECONDS
            self._failures[user] = 0

    def succeeded(self, user: str) -> None:
        """Begin to count anew."""
        self._failures.pop(user, None)
        self._locked_until.pop(user, None)


class SpentNonces:
    """The (user, nonce, timestamp) that served already. Not thread-safe: its owner holds a lock.

    A pair is kept as long as its timestamp would still be taken, and only a valid signature spends one, so a
    stranger cannot fill the memory. Past a million live pairs none is spent any more: the login is refused.
    """

    def __init__(self, window: float) -> None:
        """`window` is how long a timestamp is taken, in seconds."""
        self._window = window
        self._digests: set[bytes] = set()
        self._by_age: list[tuple[int, bytes]] = []

    def spend(self, user: str, nonce: str, timestamp: int, now: float) -> bool:
        """Whether the pair was unused; it is used now."""
        while self._by_age and self._by_age[0][0] < now - self._window:
            self._digests.discard(heapq.heappop(self._by_age)[1])
        digest = hashlib.sha256(f"{user}\n{timestamp}\n{nonce}".encode()).digest()[:16]
        if digest in self._digests or len(self._digests) >= _NONCES:
            return False
        self._digests.add(digest)
        heapq.heappush(self._by_age, (timestamp, digest))
        return True

    def __len__(self) -> int:
        return len(self._digests)
