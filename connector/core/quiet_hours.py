"""Times of day in which background work leaves an account alone. Who asks in person may ask at any time.

Times are those that the clocks of the zone show, so that a span keeps its times when the clocks change: it is then an hour
shorter or longer. An hour that comes twice is quiet twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,29}(/[A-Za-z0-9_+-]{1,30}){0,2}", re.ASCII)
_MOST = 10
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From a time of day until before another; past midnight where the second is earlier."""

    starts: time
    ends: time

    def covers(self, at: time) -> bool:
        """Whether this time of day is within."""
        if self.starts < self.ends:
            return self.starts <= at < self.ends
        return at >= self.starts or at < self.ends


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Spans of each day in one time zone."""

    spans: tuple[Span, ...]
    zone: ZoneInfo

    @classmethod
    def parse(cls, spans: str, zone: str) -> QuietHours:
        """Read `22:00-06:00,12:00-13:00` and a zone such as `Europe/Berlin`. Raises ValueError."""
        parts = [part.strip() for part in spans.split(",")]
        if len(parts) > _MOST:
            raise ValueError(f"there are more than {_MOST} spans")
        return cls(tuple(_span(part) for part in parts), _zone(zone.strip()))

    def covers(self, at: datetime) -> bool:
        """Whether background work waits at this moment (an aware time)."""
        local = at.astimezone(self.zone).time()
        return any(span.covers(local) for span in self.spans)

    def over_at(self, at: datetime) -> datetime:
        """The first full minute from `at` on that is not quiet, in UTC; a day later where none is."""
        moment = at.astimezone(UTC)
        end = moment + _DAY + timedelta(hours=2)
        while moment < end and self.covers(moment):
            moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return moment

    def __str__(self) -> str:
        """The spans as they are written."""
        return ",".join(f"{span.starts:%H:%M}-{span.ends:%H:%M}" for span in self.spans)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError("a span is not written as 22:00-06:00")
    starts = time(int(found[1]), int(found[2]))
    ends = time(int(found[3]), int(found[4]))
    if starts == ends:
        raise ValueError("a span begins when it ends; pause the account to stop everything")
    return Span(starts, ends)


def _zone(name: str) -> ZoneInfo:
    if _ZONE.fullmatch(name) is None:
        raise ValueError("the time zone is not written as Europe/Berlin")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        raise ValueError("there is no such time zone") from None
