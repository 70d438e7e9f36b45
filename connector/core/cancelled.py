"""Whether an answer is still wanted, for whoever works on it."""

from __future__ import annotations

from typing import Protocol


class Cancelled(Protocol):
    """What a reader of pages looks at before each."""

    def is_set(self) -> bool:
        """Whether nobody waits any more."""
