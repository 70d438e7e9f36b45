"""Quiet hours: what the clocks of a zone show, on the days they change too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.quiet_hours import QuietHours


def quiet_minutes(hours: QuietHours, day: datetime) -> int:
    return sum(hours.covers(day + timedelta(minutes=minute)) for minute in range(24 * 60))


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        ("2026-01-31T20:59:59", False),
        ("2026-01-31T21:00:00", True),  # 22:00 in Berlin
        ("2026-02-01T04:59:59", True),
        ("2026-02-01T05:00:00", False),
        ("2026-07-01T20:00:00", True),  # 22:00 in summer
        ("2026-07-01T04:00:00", False),
    ],
)
def test_a_span_past_midnight(at, quiet):
    hours = QuietHours.parse("22:00-06:00", "Europe/Berlin")
    assert hours.covers(datetime.fromisoformat(at).replace(tzinfo=UTC)) is quiet


def test_the_night_the_clocks_go_forward_is_an_hour_shorter_and_the_one_they_go_back_an_hour_longer():
    hours = QuietHours.parse("01:00-04:00", "Europe/Berlin")
    assert quiet_minutes(hours, datetime(2026, 3, 28, 12, 0, tzinfo=UTC)) == 2 * 60
    assert quiet_minutes(hours, datetime(2026, 6, 1, 12, 0, tzinfo=UTC)) == 3 * 60
    assert quiet_minutes(hours, datetime(2026, 10, 24, 12, 0, tzinfo=UTC)) == 4 * 60


def test_an_hour_that_does_not_come_is_not_quiet_and_one_that_comes_twice_is_twice():
    hours = QuietHours.parse("02:00-03:00", "America/New_York")
    assert quiet_minutes(hours, datetime(2026, 3, 7, 17, 0, tzinfo=UTC)) == 0
    assert quiet_minutes(hours, datetime(2026, 3, 9, 17, 0, tzinfo=UTC)) == 60
    twice = QuietHours.parse("01:00-02:00", "America/New_York")
    assert quiet_minutes(twice, datetime(2026, 10, 31, 17, 0, tzinfo=UTC)) == 120


def test_it_says_when_it_is_over():
    hours = QuietHours.parse("22:00-06:00", "Europe/Berlin")
    # The clocks go forward that night: 06:00 comes an hour earlier.
    assert hours.over_at(datetime(2026, 3, 28, 23, 30, 7, tzinfo=UTC)) == datetime(2026, 3, 29, 4, 0, tzinfo=UTC)
    noon = datetime(2026, 3, 28, 12, 0, 7, tzinfo=UTC)
    assert hours.over_at(noon) == noon


def test_several_spans_are_each_kept():
    hours = QuietHours.parse("22:00-06:00, 12:00-13:00", "UTC")
    assert str(hours) == "22:00-06:00,12:00-13:00"
    assert quiet_minutes(hours, datetime(2026, 6, 1, tzinfo=UTC)) == 9 * 60


@given(st.integers(0, 1439), st.integers(0, 1439), st.sampled_from(["UTC", "Asia/Kolkata", "America/St_Johns"]))
def test_a_span_covers_its_length_each_ordinary_day(starts, ends, zone):
    if starts == ends:
        return
    text = f"{starts // 60:02}:{starts % 60:02}-{ends // 60:02}:{ends % 60:02}"
    assert quiet_minutes(QuietHours.parse(text, zone), datetime(2026, 6, 1, tzinfo=UTC)) == (ends - starts) % 1440


@pytest.mark.parametrize(
    ("spans", "zone"),
    [
        ("", "UTC"),
        ("22-06", "UTC"),
        ("24:00-06:00", "UTC"),
        ("22:00-22:00", "UTC"),
        ("22:00-06:00;", "UTC"),
        ("22:00-06:00", "Nowhere/City"),
        ("22:00-06:00", "../../etc/passwd"),
        ("22:00-06:00", "/etc/localtime"),
        ("22:00-06:00", ""),
        ("٢٢:00-06:00", "UTC"),
        (",".join(["22:00-06:00"] * 11), "UTC"),
    ],
)
def test_what_is_no_time_and_no_zone_is_refused(spans, zone):
    with pytest.raises(ValueError):  # noqa: PT011 - each is told by its own sentence
        QuietHours.parse(spans, zone)
