"""A refused login is not repeated at once: five failures lock the user."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_netsuite import answer, page_of, refusal

from connector.egress import Egress, Origin
from connector.errors import ConnectorError, LoginRefusedError, UnavailableError
from connector.netsuite.gate import Gate, GatedSession
from connector.netsuite.login_breaker import LoginBreaker

REFUSED = LoginRefusedError("No.", code="LOGIN_REFUSED", remedy="Look there.")


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return LoginBreaker(clock=clock)


def attempt(breaker, error=None):
    """Whether something was sent."""
    sent = []
    with suppress(ConnectorError), breaker.attempt():
        sent.append(1)
        if error is not None:
            raise error
    return bool(sent)


def test_after_a_refusal_nothing_is_sent_for_a_minute(breaker, clock):
    assert attempt(breaker, REFUSED)
    with pytest.raises(LoginRefusedError) as held, breaker.attempt():
        pytest.fail("sent")
    assert held.value.code == REFUSED.code
    assert "five failed logins" in held.value.message
    assert "60 seconds" in held.value.remedy
    clock.now = 59.0
    assert not attempt(breaker)
    clock.now = 60.0
    assert attempt(breaker)


def test_one_request_tries_again_and_the_others_wait_for_its_outcome(breaker, clock):
    attempt(breaker, REFUSED)
    clock.now = 60.0
    with breaker.attempt():
        assert not attempt(breaker)
    assert attempt(breaker)


def test_the_pause_grows_and_a_login_that_is_taken_ends_it(breaker, clock):
    for pause in (60, 300, 1800, 1800):
        assert attempt(breaker, REFUSED)
        clock.now += pause - 1
        assert not attempt(breaker)
        clock.now += 1
    assert attempt(breaker)
    assert attempt(breaker, REFUSED)
    clock.now += 60
    assert attempt(breaker)


def test_another_fault_says_nothing_about_the_login(breaker, clock):
    attempt(breaker, UnavailableError("Away."))
    assert attempt(breaker)
    attempt(breaker, REFUSED)
    clock.now = 60.0
    attempt(breaker, UnavailableError("Away."))
    assert attempt(breaker, REFUSED)
    clock.now = 120.0
    assert not attempt(breaker)


@given(st.lists(st.integers(0, 120), max_size=200))
def test_a_login_that_stays_wrong_is_tried_four_times_in_half_an_hour_at_most(waits):
    clock = Clock()
    breaker, sent = LoginBreaker(clock=clock), []
    for wait in waits:
        clock.now += wait
        if attempt(breaker, REFUSED):
            sent.append(clock.now)
    assert all(sum(moment <= other < moment + 1800 for other in sent) < 4 for moment in sent)


def test_a_session_lets_no_second_login_out(serve, stack):
    netsuite = serve(lambda _: refusal(401, "INVALID_LOGIN", "Invalid login attempt."))
    egress = Egress("NetSuite", Origin.parse(netsuite.url, configured=True))
    stack.callback(egress.close)
    session = GatedSession(egress, None, Gate(2), LoginBreaker())
    for _ in range(20):
        with pytest.raises(LoginRefusedError):
            session.server_time()
    assert len(netsuite.received) == 1
    netsuite.script = lambda request: page_of([], request)
    with pytest.raises(LoginRefusedError):
        session.suiteql(b"{}", limit=1, offset=0)
    assert len(netsuite.received) == 1


def test_a_query_that_is_refused_is_a_login_that_was_taken(serve, stack):
    netsuite = serve(lambda _: refusal(400, "INVALID_PARAMETER", "Invalid search type: nope."))
    egress = Egress("NetSuite", Origin.parse(netsuite.url, configured=True))
    stack.callback(egress.close)
    session = GatedSession(egress, None, Gate(2), LoginBreaker())
    assert session.server_time().status == 400
    netsuite.script = lambda _: answer({})
    assert session.server_time().status == 200
