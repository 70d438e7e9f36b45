"""Token-Based Authentication as a client meets it: what is let in, what is refused, and what the audit trail says.

Rules: Oracle subsect_156935170194, section_157651396916. Answers: the recorded files.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import tba_signing
from wire_client import SERVER_TIME, connect, exchange

import connector.sandbox
from connector.sandbox.directory import State
from connector.sandbox.profile import Profile

RECORDED = Path(connector.sandbox.__file__).parent / "recorded"


def test_a_signed_request_is_let_in_and_written_down(sandbox):
    assert sandbox.client.signed("GET", SERVER_TIME).status == 200
    (attempt,) = sandbox.account.audit_trail.as_json()
    assert (attempt["status"], attempt["detail"], attempt["type"]) == ("Success", "", "Token-based Authentication")
    assert (attempt["entity"], attempt["role"]) == ("12", "1000")


def test_a_refusal_is_the_recorded_one(start):
    sandbox = start(profile=Profile("recorded", account_id="9910981_SB1"))
    recorded = json.loads((RECORDED / "401-rest-tba.json").read_text())
    reply = sandbox.client.send("GET", SERVER_TIME)
    assert reply.status == recorded["status"]
    assert json.dumps(reply.json()) == json.dumps(recorded["body"])
    for name, value in recorded["headers"].items():
        assert reply.headers[name.lower()] == value


def test_on_the_restlets_address_a_refusal_has_their_form(sandbox):
    recorded = json.loads((RECORDED / "restlet-invalid-login.json").read_text())
    target = "/app/site/hosting/restlet.nl?script=1&deploy=1"
    reply = sandbox.client.signed("GET", target, change={"oauth_token": "0" * 64})
    assert (reply.status, reply.body.decode()) == (recorded["status"], recorded["text"])


@pytest.mark.parametrize(
    ("options", "detail"),
    [
        ({"change": {"oauth_consumer_key": "0" * 64}}, "consumer_key_unknown"),
        ({"change": {"oauth_token": "0" * 64}}, "token_rejected"),
        ({"change": {"oauth_token": None}}, "MissingTokenPassportRequiredFields"),
        ({"change": {"oauth_nonce": None}}, "MissingTokenPassportRequiredFields"),
        ({"change": {"oauth_signature_method": "HMAC-SHA1"}}, "UnknownAlgorithm"),
        ({"change": {"oauth_version": "1.1"}}, "VersionRejected"),
        ({"change": {"oauth_nonce": "abcde"}}, "nonce_rejected"),
        ({"change": {"oauth_timestamp": "-5"}}, "InvalidTimestamp"),
        ({"change": {"oauth_timestamp": "now"}}, "InvalidTimestamp"),
        ({"change": {"oauth_timestamp": "9" * 4000}}, "InvalidTimestamp"),
        ({"realm": "1234567_sb1"}, "InvalidSignature"),
        ({"realm": "1234567-SB1"}, "InvalidSignature"),
        ({"realm": "7654321"}, "InvalidSignature"),
        ({"realm": ""}, "MissingTokenPassportRequiredFields"),
        ({"base": "http://127.0.0.1"}, "InvalidSignature"),
    ],
)
def test_each_mistake_has_its_word_in_the_audit_trail_and_one_answer(sandbox, options, detail):
    reply = sandbox.client.signed("GET", SERVER_TIME, **options)
    assert reply.status == 401
    assert reply.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_LOGIN"
    assert sandbox.client.details() == [detail]


@pytest.mark.parametrize(
    "change",
    [
        {"oauth_version": None},
        {"oauth_nonce": "abcdef"},
        {"oauth_body_hash": "2jmj7l5rSw0yVb/vlWAYkK/YBwk="},
        {"role": "45678"},
        {"oauth_callback": "https://my.example.com/TBA/?a=b&c=d e"},
        {"zz": ""},
        {"oauth_nonce": "näïve ☃ nonce"},
    ],
)
def test_every_parameter_of_the_header_is_signed_whatever_its_name(sandbox, change):
    assert sandbox.client.signed("GET", SERVER_TIME, change=change).status == 200


@pytest.mark.parametrize(
    "query", ["a=1", "a=", "b=2&a=1&a=0", "q=a%20b+c", "q=%C3%A9%26%3D", "c%40=&a2=r%20b", "x=%2B%25&y=~-._"]
)
def test_the_query_string_is_signed_decoded(sandbox, query):
    target = f"{SERVER_TIME}?{query}"
    assert sandbox.client.signed("GET", target).status == 200
    assert (
        sandbox.client.send(
            "GET", f"{target}&more=1", {"Authorization": sandbox.client.authorization("GET", target)}
        ).status
        == 401
    )


def test_the_order_of_the_header_s_parameters_is_free(sandbox):
    authorization = sandbox.client.authorization("GET", SERVER_TIME)
    turned = "OAuth " + ",".join(reversed(authorization.removeprefix("OAuth ").split(", ")))
    assert sandbox.client.send("GET", SERVER_TIME, {"Authorization": turned}).status == 200


def test_a_parameter_may_not_come_twice(sandbox):
    authorization = sandbox.client.authorization("GET", SERVER_TIME)
    twice = f'{authorization}, oauth_version="1.0"'
    assert sandbox.client.send("GET", SERVER_TIME, {"Authorization": twice}).status == 401
    target = f"{SERVER_TIME}?oauth_version=1.0"
    assert sandbox.client.signed("GET", target).status == 401
    assert sandbox.client.details() == ["parameter_rejected"] * 2


@pytest.mark.parametrize("query", ["a=%zz", "a=%", "a=%4", "%g0=1"])
def test_a_query_string_with_a_broken_escape_is_rejected(sandbox, query):
    assert sandbox.client.signed("GET", f"{SERVER_TIME}?{query}").status == 401
    assert sandbox.client.details() == ["parameter_rejected"]


def test_a_form_is_signed_and_another_body_is_not(sandbox):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"c2&a3=2+q"
    assert sandbox.client.signed("OPTIONS", "/services/rest/x", form, body, form=body.decode()).status == 204
    assert sandbox.client.signed("OPTIONS", "/services/rest/x", form, body).status == 401
    json_type = {"Content-Type": "application/json"}
    assert sandbox.client.signed("OPTIONS", "/services/rest/x", json_type, b'{"a":1}').status == 204


@pytest.mark.parametrize("fraction", [0.0, 0.001, 0.5, 0.999])
@pytest.mark.parametrize(("seconds", "status"), [(300, 200), (301, 401), (-300, 200), (-301, 401)])
def test_a_timestamp_is_taken_within_five_minutes(sandbox, seconds, status, fraction):
    sandbox.clock.now += fraction
    reply = sandbox.client.signed("GET", SERVER_TIME, timestamp=int(sandbox.clock.now) + seconds)
    assert reply.status == status


def test_a_request_serves_once(sandbox):
    signed = {"Authorization": sandbox.client.authorization("GET", SERVER_TIME)}
    assert [sandbox.client.send("GET", SERVER_TIME, signed).status for _ in range(2)] == [200, 401]
    assert sandbox.client.details() == ["", "NonceUsed"]


def test_a_request_of_five_minutes_ago_serves_once_too(sandbox):
    sandbox.clock.now += 0.5
    timestamp = int(sandbox.clock.now) - 300
    signed = {"Authorization": sandbox.client.authorization("GET", SERVER_TIME, timestamp=timestamp)}
    assert [sandbox.client.send("GET", SERVER_TIME, signed).status for _ in range(2)] == [200, 401]
    assert sandbox.client.details() == ["", "NonceUsed"]


def test_the_same_nonce_with_another_timestamp_serves(sandbox):
    change = {"oauth_nonce": "abcdefgh"}
    assert sandbox.client.signed("GET", SERVER_TIME, change=change).status == 200
    sandbox.clock.now += 1
    assert sandbox.client.signed("GET", SERVER_TIME, change=change).status == 200


def test_of_two_requests_at_once_with_one_nonce_exactly_one_serves(sandbox):
    def send(authorization: str) -> int:
        connection = connect(sandbox.running)
        try:
            return exchange(connection, "GET", SERVER_TIME, {"Authorization": authorization}).status
        finally:
            connection.close()

    for _ in range(10):
        authorization = sandbox.client.authorization("GET", SERVER_TIME)
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(send, [authorization] * 2)) == [200, 401]


def test_five_failures_lock_the_user_for_thirty_minutes(sandbox):
    wrong = {**sandbox.client.tba, "token_secret": "f" * 64}
    for _ in range(5):
        assert sandbox.client.signed("GET", SERVER_TIME, tba=wrong).status == 401
    assert sandbox.client.signed("GET", SERVER_TIME).status == 401
    assert sandbox.client.details() == ["InvalidSignature"] * 5 + ["temporary_locked"]
    sandbox.clock.now += 30 * 60 - 1
    assert sandbox.client.signed("GET", SERVER_TIME).status == 401
    sandbox.clock.now += 1
    assert sandbox.client.signed("GET", SERVER_TIME).status == 200


def test_the_lock_is_the_user_s_and_not_the_token_s(sandbox):
    account = sandbox.account
    token = account.directory.issue_token(account.integration, account.reader, account.machine_role)
    other = {**sandbox.client.tba, "token_id": token.id, "token_secret": token.secret}
    admin = account.administrator_token()
    wrong = {**sandbox.client.tba, "token_secret": "f" * 64}
    for _ in range(5):
        sandbox.client.signed("GET", SERVER_TIME, tba=wrong)
    assert sandbox.client.signed("GET", SERVER_TIME, tba=other).status == 401
    as_admin = {**other, "token_id": admin.id, "token_secret": admin.secret}
    assert sandbox.client.signed("GET", SERVER_TIME, tba=as_admin).status == 200


def test_a_success_begins_the_count_anew(sandbox):
    wrong = {**sandbox.client.tba, "token_secret": "f" * 64}
    for _ in range(3):
        for _ in range(4):
            sandbox.client.signed("GET", SERVER_TIME, tba=wrong)
        assert sandbox.client.signed("GET", SERVER_TIME).status == 200


def test_failures_of_nobody_lock_nobody(sandbox):
    for change in ({"oauth_token": "0" * 64}, {"oauth_consumer_key": "0" * 64}, {"oauth_nonce": None}):
        for _ in range(3):
            sandbox.client.signed("GET", SERVER_TIME, change=change)
    assert sandbox.client.signed("GET", SERVER_TIME).status == 200


@pytest.mark.parametrize("state", [State.BLOCKED, State.WAITING])
def test_an_integration_that_is_not_enabled_blocks_every_call(sandbox, state):
    sandbox.account.integration.state = state
    assert sandbox.client.signed("GET", SERVER_TIME).status == 401
    assert sandbox.client.details() == ["consumer_key_refused"]


def test_an_inactive_user_is_refused(sandbox):
    sandbox.account.reader.active = False
    assert sandbox.client.signed("GET", SERVER_TIME).status == 401
    assert sandbox.client.details() == ["permission_denied"]


def test_a_cookie_makes_the_request_a_browser_s(sandbox):
    assert sandbox.client.signed("GET", SERVER_TIME, {"Cookie": "JSESSIONID=1"}).status == 401


@pytest.mark.parametrize(
    "header",
    [
        "OAuth",
        "OAuth realm",
        'OAuth realm="1234567_SB1',
        'OAuth realm=1234567_SB1, oauth_token="a"',
        'OAuth realm="1234567_SB1", oauth_token="%zz"',
        'OAuth realm="1234567_SB1", oauth_token="%ff"',
        'OAuth realm="1234567_SB1";',
        "Basic dXNlcjpwYXNz",
        "NLAuth nlauth_account=1",
        "é",
        "",
    ],
)
def test_a_header_that_cannot_be_read_is_a_failed_login(sandbox, header):
    assert sandbox.client.send("GET", SERVER_TIME, {"Authorization": header}).status == 401


def test_no_secret_and_no_signature_enters_the_audit_trail(sandbox):
    sandbox.client.signed("GET", SERVER_TIME)
    sandbox.client.signed("GET", SERVER_TIME, tba={**sandbox.client.tba, "token_secret": "f" * 64})
    trail = json.dumps(sandbox.account.audit_trail.as_json())
    for name in ("consumer_secret", "token_secret", "token_id"):
        assert sandbox.client.tba[name] not in trail


def test_a_change_of_one_character_anywhere_is_refused(sandbox):
    target = f"{SERVER_TIME}?limit=10"
    good = sandbox.client.authorization("GET", target)
    changed = [
        ("POST", target, good),
        ("GET", target.replace("10", "11"), good),
        ("GET", target.replace("limit", "Limit"), good),
        ("GET", target.replace("serverTime", "serverTimf"), good),
        ("GET", target, good.replace('oauth_version="1.0"', 'oauth_versioo="1.0"')),
        ("GET", target, good.replace('oauth_nonce="', 'oauth_nonce="x')),
        ("GET", target, good.replace("oauth_signature_method", "oauth_signature_methoe")),
    ]
    for method, where, authorization in changed:
        assert sandbox.client.send(method, where, {"Authorization": authorization}).status == 401
        assert sandbox.client.signed("GET", target).status == 200  # or five of them would lock the user
    assert sandbox.client.send("GET", target, {"Authorization": good}).status == 200


def test_the_signing_of_these_tests_is_the_documentation_s(vectors):
    for vector in vectors:
        made = tba_signing.base_string(vector["method"], vector["url"], vector["oauth_params"])
        assert made == vector["expected_base_string"]
        assert (
            tba_signing.signature(made, vector["consumer_secret"], vector["token_secret"])
            == vector["expected_signature"]
        )
