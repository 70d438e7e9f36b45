"""IssueToken: the password in one header of one request, percent-encoded, and nowhere else."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_netsuite import Scripted, answer, running

from connector.egress import Egress, Origin
from connector.errors import LoginRefusedError, SettingError, UnreadableError
from connector.netsuite.account import AccountId
from connector.netsuite.issue_token import issue_token, revoke_token, token_info
from connector.netsuite.session import ISSUE_TOKEN_PATH, REVOKE_TOKEN_PATH, TOKEN_INFO_PATH, Session
from connector.netsuite.tba import TokenCredentials, authorization_header

ACCOUNT = AccountId("1234567_SB1")
LOGIN = {"account": ACCOUNT, "email": "ada@example.com", "role": "3", "consumer_key": "ck1", "name": "NSQuery"}
CREDENTIALS = TokenCredentials("ck1", "cs1", "ti1", "ts1")
ISSUED = answer({"tokenId": "ti1", "tokenSecret": "ts1"})


@pytest.fixture(scope="module")
def netsuite():
    with running(lambda _: ISSUED) as server:
        egress = Egress("NetSuite", Origin.parse(server.url, configured=True), timeout=5.0)
        yield server, Session(egress)
        egress.close()


@pytest.fixture
def respond(netsuite):
    """Let the server give one answer from now on."""
    return lambda response: answering(netsuite, response)


def answering(netsuite, response: Scripted):
    server, session = netsuite
    server.received.clear()
    server.script = lambda _: response
    return server, session


def fields_of(header: str) -> dict[str, str]:
    assert header.startswith("NLAuth ")
    return {n: unquote(v) for n, v in (part.split("=", 1) for part in header.removeprefix("NLAuth ").split(", "))}


@given(password=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_password_arrives_as_it_is_and_stands_in_no_address(netsuite, password):
    server, session = answering(netsuite, ISSUED)
    assert issue_token(session, **LOGIN, password=password, otp="123456") == ("ti1", "ts1")
    request = server.received[0]
    assert (request.method, request.path) == ("GET", ISSUE_TOKEN_PATH)
    assert request.query == {"consumerKey": "ck1", "name": "NSQuery"}
    assert fields_of(request.headers["Authorization"]) == {
        "nlauth_account": "1234567_SB1", "nlauth_email": "ada@example.com", "nlauth_signature": password,
        "nlauth_role": "3", "nlauth_otp": "123456",
    }  # fmt: skip


def test_without_two_factor_authentication_no_one_time_password_is_sent(respond):
    server, session = respond(ISSUED)
    issue_token(session, **LOGIN, password="p")
    assert "nlauth_otp" not in server.received[0].headers["Authorization"]


@pytest.mark.parametrize("field", ["password", "email", "role", "consumer_key", "name"])
@pytest.mark.parametrize("value", ["", "x" * 1001, "\ud800"], ids=["empty", "long", "half-character"])
def test_what_is_empty_or_endless_is_not_sent(respond, field, value):
    server, session = respond(ISSUED)
    with pytest.raises(SettingError) as caught:
        issue_token(session, **{**LOGIN, "password": "p", field: value})
    assert caught.value.code == "BAD_CREDENTIAL"
    assert server.received == []


def test_a_refused_password_is_sent_once_and_is_in_no_message(respond):
    server, session = respond(answer({"error": {"code": "INVALID_LOGIN_CREDENTIALS", "message": "x"}}, 401))
    with pytest.raises(LoginRefusedError) as caught:
        issue_token(session, **LOGIN, password="opensesame")
    assert len(server.received) == 1
    assert "opensesame" not in f"{caught.value.message} {caught.value.remedy}"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"tokenId": "a b", "tokenSecret": "c"}', b'{"tokenId": "a"}'])
def test_an_answer_without_a_token_is_none(respond, body):
    _, session = respond(Scripted(200, body))
    with pytest.raises(UnreadableError):
        issue_token(session, **LOGIN, password="p")


def is_signed(server, request) -> bool:
    arrived = dict(re.findall(r'([a-z_]+)="([^"]*)"', request.headers["Authorization"]))
    again = authorization_header(
        method="GET", url=server.url + request.target, realm="1234567_SB1", consumer_key="ck1", consumer_secret="cs1",
        token_id="ti1", token_secret="ts1", nonce=arrived["oauth_nonce"], timestamp=arrived["oauth_timestamp"],
    )  # fmt: skip
    return again == request.headers["Authorization"]


@pytest.mark.parametrize("status", [200, 204])
def test_a_token_revokes_itself(respond, status):
    server, session = respond(Scripted(status))
    revoke_token(session, account=ACCOUNT, credentials=CREDENTIALS)
    request = server.received[0]
    assert (request.path, request.query) == (REVOKE_TOKEN_PATH, {"consumerKey": "ck1", "token": "ti1"})
    assert is_signed(server, request)


def test_a_token_that_was_not_revoked_is_an_error(respond):
    _, session = respond(answer({"error": {"code": "INVALID_LOGIN_ATTEMPT", "message": "x"}}, 401))
    with pytest.raises(LoginRefusedError):
        revoke_token(session, account=ACCOUNT, credentials=CREDENTIALS)


@pytest.mark.parametrize(
    "body",
    [
        {"companyId": "1234567", "companyName": "ACME", "roleId": 3, "roleName": "Administrator", "entityId": "-5"},
        {
            "company": {"id": "1234567", "name": "ACME"},
            "role": {"internalId": 3, "name": "Administrator"},
            "userId": "-5",
        },
    ],
)
def test_a_token_tells_whose_it_is_in_either_spelling(respond, body):
    server, session = respond(answer(body))
    told = token_info(session, account=ACCOUNT, credentials=CREDENTIALS)
    assert (told.company_id, told.company_name, told.role_id) == ("1234567", "ACME", "3")
    assert (told.role_name, told.entity_id) == ("Administrator", "-5")
    assert server.received[0].path == TOKEN_INFO_PATH
    assert is_signed(server, server.received[0])
