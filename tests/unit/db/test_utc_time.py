"""Times go in with their zone, come out in UTC, and sort as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from connector.db.utc_time import UtcTime

MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.timezones(),
)
DIALECT = sa.dialects.registry.load("sqlite")()


def stored(moment: datetime) -> str:
    return UtcTime().process_bind_param(moment, DIALECT)


def test_a_time_is_stored_as_iso_8601_in_utc():
    moment = datetime(2026, 1, 31, 9, 0, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    assert stored(moment) == "2026-01-31T07:00:00.000005Z"


@given(MOMENTS)
def test_a_time_comes_back_as_the_same_moment_in_utc(moment):
    back = UtcTime().process_result_value(stored(moment), DIALECT)
    assert back == moment.astimezone(UTC)
    assert back.tzinfo is UTC


@given(MOMENTS, MOMENTS)
def test_the_text_sorts_as_the_time(one, other):
    assert (stored(one) < stored(other)) == (one.astimezone(UTC) < other.astimezone(UTC))


def test_a_time_without_zone_is_a_mistake():
    with pytest.raises(ValueError, match="zone"):
        stored(datetime(2026, 1, 31))  # noqa: DTZ001 - the point


def test_no_time_is_none():
    assert UtcTime().process_bind_param(None, DIALECT) is None
    assert UtcTime().process_result_value(None, DIALECT) is None
