"""`connection test`: one signed request, and how far our clock is from NetSuite's."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from scripted_netsuite import answer, refusal

from connector.errors import LoginRefusedError, UnreadableError
from connector.netsuite.health import check


def test_the_server_time_and_the_clocks_difference_are_told(serve, session_with):
    told = datetime.now(UTC) - timedelta(seconds=90)
    server = serve(lambda _: answer({"serverTime": told.strftime("%Y-%m-%dT%H:%M:%S.000Z")}))
    health = check(session_with(server))
    assert health.server_time == told.replace(microsecond=0)
    assert health.clock_skew == pytest.approx(90, abs=3)


@pytest.mark.parametrize(
    "body",
    [{}, [], None, "x", {"serverTime": None}, {"serverTime": 1}, {"serverTime": "yesterday"}, {"serverTime": {}}],
)
def test_an_answer_without_a_time_is_unreadable(serve, session_with, body):
    with pytest.raises(UnreadableError):
        check(session_with(serve(lambda _: answer(body))))


def test_a_refused_login_is_asked_once(serve, session_with):
    server = serve(lambda _: refusal(401, "INVALID_LOGIN", "Invalid login attempt."))
    with pytest.raises(LoginRefusedError):
        check(session_with(server))
    assert len(server.received) == 1


def test_a_time_without_a_zone_is_utc(serve, session_with):
    server = serve(
        lambda _: answer({"serverTime": datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%S")})
    )
    assert check(session_with(server)).clock_skew == pytest.approx(0, abs=3)
