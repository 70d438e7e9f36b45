"""Times as columns: aware in, UTC out, stored as text that sorts by time and reads in any SQL shell."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


class UtcTime(sa.types.TypeDecorator[datetime]):
    """`2026-01-31T07:00:00.000000Z`. A naive time is a mistake of ours and raises ValueError."""

    impl = sa.String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """Aware time → text in UTC."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a time without its zone")
        return value.astimezone(UTC).strftime(_FORM)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """Text → aware time in UTC."""
        return None if value is None else datetime.strptime(value, _FORM).replace(tzinfo=UTC)


def utc_now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)
