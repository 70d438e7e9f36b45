"""Whom a request to NetSuite is for."""

from __future__ import annotations

from dataclasses import dataclass

from connector.db.account_slots import Lane

__all__ = ["Asker", "Lane"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Whom a request is for: who is asked fairly beside others, in which lane, and until when an answer is of use.

    `deadline` is of the clock `time.monotonic`.
    """

    name: str = ""
    lane: Lane = Lane.INTERACTIVE
    deadline: float | None = None
