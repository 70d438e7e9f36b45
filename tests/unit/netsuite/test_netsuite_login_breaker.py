"""A refused login is not repeated at once, by no process: five failures lock the user."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted_netsuite import answer, page_of, refusal

from connector.db.account_slots import AccountSlots, Lane, Request
from connector.db.engine import open_database
from connector.db.refused_logins import RefusedLogins
from connector.egress import Egress, Origin
from connector.errors import ConnectorError, LoginRefusedError, UnavailableError
from connector.netsuite.gate import Gate, GatedSession
from connector.netsuite.login_breaker import LoginBreaker

REFUSED = LoginRefusedError("No.", code="LOGIN_REFUSED", remedy="Look there.")
TOO_MANY = refusal(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 7, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path):
    database = open_database(f"sqlite:///{tmp_path}/nsquery.db")
    yield database
    database.close()


@pytest.fixture
def breaker(database, clock) -> LoginBreaker:
    return breaker_of(database, clock)


def breaker_of(database, clock, *credentials: str) -> LoginBreaker:
    """As another process would make it: what it knows stands in the database."""
    return LoginBreaker(RefusedLogins(database, clock), "1234567", credentials or ("token",), pause=lambda _: None)


class Requests:
    """Sends what a script says: an error to raise, or None for a success."""

    def __init__(self, *script: ConnectorError | None) -> None:
        self.script, self.sent = list(script), 0

    def __call__(self, login) -> str:
        self.sent += 1
        if self.script and (error := self.script.pop(0)) is not None:
            if isinstance(error, LoginRefusedError):
                login.was_refused(error)
            raise error
        return "rows"


def refused(breaker: LoginBreaker, *script: ConnectorError | None) -> int:
    """How often NetSuite was asked before the error came."""
    requests = Requests(*script)
    with pytest.raises(LoginRefusedError):
        breaker.attempt(requests)
    return requests.sent


def test_a_login_that_is_taken_speaks_against_nothing(breaker):
    assert [breaker.attempt(Requests()) for _ in range(5)] == ["rows"] * 5


def test_a_refusal_is_tried_once_more_and_a_login_that_is_then_taken_leaves_nothing_behind(breaker):
    """An overloaded account refuses good logins too."""
    requests = Requests(REFUSED, None)
    assert breaker.attempt(requests) == "rows"
    assert requests.sent == 2
    assert breaker.attempt(Requests()) == "rows"


def test_after_two_refusals_nothing_is_sent_for_a_minute_by_any_process(database, breaker, clock):
    assert refused(breaker, REFUSED, REFUSED) == 2
    for other in (breaker, breaker_of(database, clock)):
        clock.passes(29)
        with pytest.raises(LoginRefusedError, match="was not asked again") as caught:
            other.attempt(Requests())
        assert caught.value.code == "LOGIN_REFUSED"
        assert caught.value.remedy.startswith("Look there. The next login is tried in")
    clock.passes(3)
    assert breaker_of(database, clock).attempt(Requests()) == "rows"
    assert breaker.attempt(Requests()) == "rows"


def test_other_credentials_of_the_account_are_not_held_back(database, breaker, clock):
    refused(breaker, REFUSED, REFUSED)
    assert breaker_of(database, clock, "another token").attempt(Requests()) == "rows"


def test_one_request_tries_again_and_is_told_the_outcome_for_all(database, breaker, clock):
    refused(breaker, REFUSED, REFUSED)
    clock.passes(60)
    entered, outcome = threading.Event(), threading.Event()

    def trial(_login) -> str:
        entered.set()
        assert outcome.wait(10)
        return "rows"

    answers: list[str] = []
    patient = LoginBreaker(RefusedLogins(database, clock), "1234567", ["token"])
    threads = [threading.Thread(target=lambda: answers.append(breaker.attempt(trial)))]
    threads[0].start()
    assert entered.wait(10)
    threads.append(threading.Thread(target=lambda: answers.append(patient.attempt(Requests()))))
    threads[1].start()
    outcome.set()
    for thread in threads:
        thread.join(10)
    assert answers == ["rows", "rows"]


def test_another_fault_says_nothing_about_the_login(breaker, clock):
    with pytest.raises(UnavailableError):
        breaker.attempt(Requests(UnavailableError("Away.")))
    assert breaker.attempt(Requests()) == "rows"
    refused(breaker, REFUSED, REFUSED)
    clock.passes(60)
    with pytest.raises(UnavailableError):
        breaker.attempt(Requests(UnavailableError("Away.")))
    assert refused(breaker, REFUSED) == 1
    assert refused(breaker) == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 120), max_size=60), st.uuids())
def test_a_login_that_stays_wrong_is_refused_four_times_in_half_an_hour_at_most(database, waits, login):
    clock = Clock()
    breaker, sent = breaker_of(database, clock, str(login)), list[datetime]()

    def send(login) -> None:
        sent.append(clock.now)
        login.was_refused(REFUSED)
        raise REFUSED

    for wait in waits:
        clock.passes(wait)
        with suppress(LoginRefusedError):
            breaker.attempt(send)
    half_an_hour = timedelta(minutes=30)
    assert all(sum(moment <= other < moment + half_an_hour for other in sent) <= 4 for moment in sent)


@pytest.fixture
def session_at(database, clock, stack):
    def made(netsuite, share: int = 2) -> GatedSession:
        egress = Egress("NetSuite", Origin.parse(netsuite.url, configured=True))
        stack.callback(egress.close)
        gate = Gate(AccountSlots(database, clock))
        stack.callback(gate.close)
        return GatedSession(egress, None, gate, breaker_of(database, clock), account="1234567", share=share)

    return made


def test_four_refusals_at_once_are_not_tried_again_for_half_an_hour(serve, session_at, clock):
    """As many as one login has on its way when its token is revoked."""
    together = threading.Barrier(4)

    def script(_request):
        if len(netsuite.received) <= 4:
            together.wait(10)
        return refusal(401, "INVALID_LOGIN", "Invalid login attempt.")

    netsuite = serve(script)
    session = session_at(netsuite, share=6)

    def attempt() -> None:
        with suppress(LoginRefusedError):
            session.server_time()

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(netsuite.received) == 4
    clock.passes(1_700)
    attempt()
    assert len(netsuite.received) == 4


def test_a_session_lets_no_third_login_out(serve, session_at):
    netsuite = serve(lambda _: refusal(401, "INVALID_LOGIN", "Invalid login attempt."))
    session = session_at(netsuite)
    for _ in range(20):
        with pytest.raises(LoginRefusedError):
            session.suiteql(b"{}", limit=1, offset=0)
    assert len(netsuite.received) == 2
    netsuite.script = lambda request: page_of([], request)
    with pytest.raises(LoginRefusedError):
        session.suiteql(b"{}", limit=1, offset=0)
    assert len(netsuite.received) == 2


class RefusedToken(httpx2.Auth):
    """As client credentials whose assertion the token endpoint does not take."""

    def __init__(self) -> None:
        self.asked = 0

    def auth_flow(self, request):
        self.asked += 1
        raise REFUSED
        yield request


def test_a_check_of_the_login_itself_tries_it_once(serve, session_at):
    netsuite = serve(lambda _: refusal(401, "INVALID_LOGIN", "Invalid login attempt."))
    session = session_at(netsuite)
    for _ in range(5):
        with pytest.raises(LoginRefusedError):
            session.server_time()
    assert len(netsuite.received) == 1


def test_a_refusal_by_the_token_endpoint_counts_like_any_other(serve, session_at):
    session = session_at(serve(lambda _: answer({})))
    session._auth = auth = RefusedToken()
    for _ in range(5):
        with pytest.raises(LoginRefusedError):
            session.suiteql(b"{}", limit=1, offset=0)
    assert auth.asked == 2


def test_a_query_that_is_refused_is_a_login_that_was_taken(serve, session_at):
    netsuite = serve(lambda _: refusal(400, "INVALID_PARAMETER", "Invalid search type: nope."))
    session = session_at(netsuite)
    assert session.server_time().status == 400
    netsuite.script = lambda _: answer({})
    assert session.server_time().status == 200


def test_an_account_that_has_too_many_requests_is_asked_half_as_much_and_slowly_more_again(
    serve, session_at, database, clock
):
    netsuite = serve(lambda _: TOO_MANY)
    session = session_at(netsuite)
    slots, request = AccountSlots(database, clock), Request("1234567", "login", "eve", Lane.INTERACTIVE, 2)

    def at_once() -> int:
        asked = [slots.ask(request) for _ in range(3)]
        for ticket, _ in asked:
            slots.give_back(ticket, request, was_busy=False)
        return sum(may_go for _, may_go in asked)

    assert at_once() == 2
    assert session.server_time().status == 429
    assert at_once() == 1
    clock.passes(15)
    assert [at_once(), at_once()] == [1, 2]
