"""Client credentials: an assertion PyJWT verifies, one token for all threads, and each refusal with its cause."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from scripted_netsuite import Received, Script, Scripted, ScriptedNetSuite, answer, page_of, refusal

from connector.egress import Egress, Origin
from connector.errors import (
    BusyError,
    ConnectorError,
    LoginRefusedError,
    SettingError,
    UnavailableError,
    UnreadableError,
)
from connector.netsuite.certificate import KeyAndCertificate, make_certificate
from connector.netsuite.client_credentials import ClientCredentials, ClientCredentialsAuth
from connector.netsuite.session import SUITEQL_PATH, TOKEN_PATH, Session
from connector.netsuite.suiteql import SuiteQL

NOW = datetime.now(UTC)
MADE = make_certificate("NSQuery", NOW)
AUDIENCE = "https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
CREDENTIALS = ClientCredentials("client1", "certificate1", MADE.private_key)
ROWS = [{"id": str(number)} for number in range(45)]
BASIC = {"WWW-Authenticate": 'Basic realm="123456"'}
Connect = Callable[..., tuple[ScriptedNetSuite, Session]]


def netsuite(tokens: list[Scripted], accepted: set[str]) -> Script:
    """A token endpoint that hands out `tokens` in turn, and SuiteQL for whoever holds an accepted one."""
    left = iter(tokens)

    def script(request: Received) -> Scripted:
        if request.path == TOKEN_PATH:
            return next(left)
        if request.headers.get("Authorization") in {f"Bearer {token}" for token in accepted}:
            return page_of(ROWS, request)
        challenge = 'Bearer realm="123456", error="invalid_token", error_description="Invalid login attempt."'
        refused = refusal(401, "INVALID_LOGIN", "Invalid login attempt.")
        return Scripted(401, refused.body, {"WWW-Authenticate": challenge})

    return script


def token(value: str, lifetime: object = 3600) -> Scripted:
    return answer({"access_token": value, "expires_in": lifetime, "token_type": "Bearer"})


@pytest.fixture
def clock() -> list[float]:
    return [float(int(time.time()))]  # the server tells the true time, too


@pytest.fixture
def connect(serve, stack, clock) -> Connect:
    def make(script: Script, credentials: ClientCredentials = CREDENTIALS) -> tuple[ScriptedNetSuite, Session]:
        server = serve(script)
        egress = Egress("NetSuite", Origin.parse(server.url, configured=True), timeout=5.0)
        stack.callback(egress.close)
        return server, Session(
            egress, ClientCredentialsAuth(Session(egress), credentials, AUDIENCE, clock=lambda: clock[0])
        )

    return make


def asked_for_tokens(server: ScriptedNetSuite) -> list[Received]:
    return [request for request in server.received if request.path == TOKEN_PATH]


def ask(session: Session) -> list[dict[str, str]]:
    return SuiteQL(session, page_size=10, pause=lambda _: None).read("SELECT id FROM customer").rows


@pytest.mark.parametrize("kind", ["ec-p256", "rsa-3072"])
def test_the_assertion_is_what_oracle_describes_and_the_certificate_verifies_it(connect, clock, kind):
    made: KeyAndCertificate = make_certificate("NSQuery", NOW, kind=kind)
    server, session = connect(netsuite([token("t1")], {"t1"}), ClientCredentials("client1", "cert1", made.private_key))
    assert ask(session) == ROWS
    request = asked_for_tokens(server)[0]
    form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in request.headers
    assert set(form) == {"grant_type", "client_assertion_type", "client_assertion"}
    assert form["grant_type"] == "client_credentials"
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    algorithm = {"ec-p256": "ES256", "rsa-3072": "PS256"}[kind]
    assert jwt.get_unverified_header(form["client_assertion"]) == {"typ": "JWT", "alg": algorithm, "kid": "cert1"}
    claims = jwt.decode(
        form["client_assertion"],
        x509.load_pem_x509_certificate(made.certificate.encode()).public_key(),
        algorithms=[algorithm],
        audience=AUDIENCE,
        issuer="client1",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["scope"] == ["rest_webservices"]
    assert claims["iat"] == clock[0] - 60
    assert 0 < claims["exp"] - claims["iat"] <= 3600
    assert claims["jti"]


def test_the_token_is_used_until_shortly_before_its_end(connect, clock):
    server, session = connect(netsuite([token("t1"), token("t2")], {"t1", "t2"}))
    for _ in range(3):
        assert ask(session) == ROWS
    clock[0] += 3600 - 180
    ask(session)
    assert len(asked_for_tokens(server)) == 1
    clock[0] += 120
    ask(session)
    assert len(asked_for_tokens(server)) == 2
    assert server.received[-1].headers["Authorization"] == "Bearer t2"


def test_each_assertion_is_its_own(connect, clock):
    server, session = connect(netsuite([token("t1"), token("t2")], {"t1", "t2"}))
    ask(session)
    clock[0] += 3600
    ask(session)
    assert len({request.body for request in asked_for_tokens(server)}) == 2


@pytest.mark.parametrize(
    ("lifetime", "kept"),
    [
        ("3600", 3400),
        (3600, 3400),
        (60, 50),
        ("60", 50),
        (None, 3400),
        ("soon", 3400),
        (10**12, 3400),
        (-5, 3400),
        ("nan", 3400),
    ],
)
def test_a_lifetime_may_be_a_string_and_is_never_taken_for_more_than_an_hour(connect, clock, lifetime, kept):
    server, session = connect(netsuite([token("t1", lifetime), token("t2")], {"t1", "t2"}))
    ask(session)
    clock[0] += kept
    ask(session)
    assert len(asked_for_tokens(server)) == 1
    clock[0] += 3600 - kept
    ask(session)
    assert len(asked_for_tokens(server)) == 2


def together(count: int, work: Callable[[], object]) -> list[object]:
    """The outcomes of `count` threads that begin at once."""
    start = threading.Barrier(count)

    def one() -> object:
        start.wait()
        try:
            return work()
        except ConnectorError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(count)]]


def test_twenty_threads_cause_one_token_request(connect):
    server, session = connect(netsuite([token("t1")], {"t1"}))
    assert together(20, lambda: ask(session)) == [ROWS] * 20
    assert len(asked_for_tokens(server)) == 1


def test_twenty_threads_with_a_withdrawn_token_cause_one_new_one(connect):
    accepted = {"t1"}
    server, session = connect(netsuite([token("t1"), token("t2")], accepted))
    ask(session)
    accepted.symmetric_difference_update({"t1", "t2"})
    assert together(20, lambda: ask(session)) == [ROWS] * 20
    assert len(asked_for_tokens(server)) == 2


def test_twenty_threads_share_one_refusal_and_a_later_question_asks_anew(connect):
    waiting = threading.Semaphore(0)

    def script(request: Received) -> Scripted:
        assert request.path == TOKEN_PATH
        waiting.acquire(timeout=5)
        return answer({"error": "invalid_grant"}, 400)

    server, session = connect(script)
    starting = threading.Barrier(21)

    def one() -> str:
        starting.wait()
        try:
            ask(session)
        except LoginRefusedError as error:
            return error.code
        return "answered"

    with ThreadPoolExecutor(20) as pool:
        outcomes = [pool.submit(one) for _ in range(20)]
        starting.wait()
        for _ in range(20):
            waiting.release()
        assert {outcome.result() for outcome in outcomes} == {"INVALID_GRANT"}
    shared = len(asked_for_tokens(server))
    assert shared < 20
    waiting.release()
    assert one_more(session) == "INVALID_GRANT"
    assert len(asked_for_tokens(server)) == shared + 1


def one_more(session: Session) -> str:
    with pytest.raises(LoginRefusedError) as caught:
        ask(session)
    return caught.value.code


def test_a_token_refused_twice_is_a_refused_login(connect):
    server, session = connect(netsuite([token("t1"), token("t2"), token("t3")], set()))
    with pytest.raises(LoginRefusedError) as caught:
        ask(session)
    assert "access token" in caught.value.message
    assert len(asked_for_tokens(server)) == 2
    assert len(server.received) == 4


@pytest.mark.parametrize(
    ("scripted", "error", "code"),
    [
        (answer({"error": "invalid_client"}, 401, BASIC), LoginRefusedError, "INVALID_CLIENT"),
        (answer({"error": "invalid_grant"}, 400), LoginRefusedError, "INVALID_GRANT"),
        (answer({"error": "invalid_scope"}, 400), LoginRefusedError, "INVALID_SCOPE"),
        (answer({"error": "unsupported_grant_type"}, 400), LoginRefusedError, "UNSUPPORTED_GRANT_TYPE"),
        (Scripted(429, b""), BusyError, "CONCURRENCY_LIMIT"),
        (Scripted(503, b"<html><title>Maintenance</title></html>"), UnavailableError, "WEB_PAGE"),
        (Scripted(200, b"<html></html>"), UnreadableError, "UNREADABLE_ANSWER"),
        (Scripted(200, b'{"access_token": "t'), UnreadableError, "UNREADABLE_ANSWER"),
        (answer({}), UnreadableError, "UNREADABLE_ANSWER"),
        (answer([]), UnreadableError, "UNREADABLE_ANSWER"),
        (answer({"access_token": ["t1"]}), UnreadableError, "UNREADABLE_ANSWER"),
        (answer({"access_token": ""}), UnreadableError, "UNREADABLE_ANSWER"),
        (answer({"access_token": "a\r\nX: y"}), UnreadableError, "UNREADABLE_ANSWER"),
        (answer({"access_token": "tökén"}), UnreadableError, "UNREADABLE_ANSWER"),
        (Scripted(302, b"", {"Location": "https://evil.example"}), UnavailableError, "REDIRECTED"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_each_answer_of_the_token_endpoint_has_its_error(connect, scripted, error, code):
    _, session = connect(lambda request: scripted if request.path == TOKEN_PATH else Scripted(500))
    with pytest.raises(error) as caught:
        ask(session)
    assert caught.value.code == code
    shown = f"{caught.value.message} {caught.value.remedy}"
    assert "PRIVATE KEY" not in shown
    assert "<" not in shown


def test_a_refusal_without_end_is_given_up_at_its_bound(connect):
    tokens = iter([token("t1"), token("t2")])

    def script(request: Received) -> Scripted:
        if request.path == TOKEN_PATH:
            return next(tokens)
        refused = request.headers["Authorization"] == "Bearer t1"
        return Scripted(401, bytes(65 * 1024 * 1024)) if refused else page_of(ROWS, request)

    _, session = connect(script)
    with pytest.raises(UnreadableError) as caught:
        ask(session)
    assert caught.value.code == "ANSWER_TOO_LARGE"


def test_a_refused_assertion_is_sent_once(connect):
    server, session = connect(lambda _: answer({"error": "invalid_grant"}, 400))
    with pytest.raises(LoginRefusedError):
        ask(session)
    assert [request.path for request in server.received] == [TOKEN_PATH]


def test_the_query_goes_out_with_the_token_alone(connect):
    server, session = connect(netsuite([token("t1")], {"t1"}))
    ask(session)
    queries = [request for request in server.received if request.path == SUITEQL_PATH]
    assert {request.headers["Authorization"] for request in queries} == {"Bearer t1"}


class TestCredentials:
    def test_white_space_around_what_was_copied_is_taken_off(self):
        copied = ClientCredentials(" client1\n", "\tcertificate1 ", f"\n{MADE.private_key}\n")
        assert (copied.client_id, copied.certificate_id) == ("client1", "certificate1")

    @pytest.mark.parametrize("bad", ["", " ", "a b", "a\nb", "ä", "x" * 9000])
    @pytest.mark.parametrize("position", [0, 1])
    def test_the_one_that_is_wrong_is_named(self, bad, position):
        values = ["client1", "certificate1", MADE.private_key]
        values[position] = bad
        with pytest.raises(SettingError) as caught:
            ClientCredentials(*values)
        assert ("client id", "certificate id")[position] in caught.value.message
        assert "M2M" in caught.value.remedy

    def test_a_key_with_a_password_is_refused(self):
        locked = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"password"),
        )
        with pytest.raises(SettingError) as caught:
            ClientCredentials("client1", "certificate1", locked.decode())
        assert caught.value.code == "BAD_PRIVATE_KEY"

    def test_nothing_secret_is_in_its_representation(self):
        assert "PRIVATE" not in f"{CREDENTIALS!r} {CREDENTIALS!s}"


def test_closing_the_session_closes_the_tokens_one_too(serve):
    server = serve(netsuite([token("t1")], {"t1"}))
    origin = Origin.parse(server.url, configured=True)
    tokens = Egress("NetSuite", origin, timeout=5.0)
    session = Session(
        Egress("NetSuite", origin, timeout=5.0), ClientCredentialsAuth(Session(tokens), CREDENTIALS, AUDIENCE)
    )
    assert ask(session) == ROWS
    session.close()
    with pytest.raises(UnavailableError) as caught:
        tokens.request("GET", "/")
    assert caught.value.code == "CLOSED"
