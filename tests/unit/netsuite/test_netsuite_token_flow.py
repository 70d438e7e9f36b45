"""The TBA authorization flow: what is signed in each step, and each way it can end."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_netsuite import Received, Scripted, answer

from connector.egress import Origin
from connector.errors import ConnectorError, LoginRefusedError, UnreadableError
from connector.netsuite.session import ACCESS_TOKEN_PATH, REQUEST_TOKEN_PATH
from connector.netsuite.tba import authorization_header
from connector.netsuite.token_flow import RequestToken, access_token, authorize_url, read_callback, request_token

RECORD = {"realm": "1234567_SB1", "consumer_key": "ck1", "consumer_secret": "cs1"}
ADDRESS = "https://nsquery.example/TBA/?callbackRequest"
GOOD = {"oauth_token": "t" * 64, "oauth_token_secret": "s" * 64, "oauth_callback_confirmed": "true"}
CALLBACK = {
    "oauth_token": "t" * 64, "oauth_verifier": "v" * 64, "company": "1234567", "role": "3", "entity": "-5", "state": "abc",
}  # fmt: skip
APP = Origin("https", "1234567.app.netsuite.com", 443)
_STANDARD = {"realm", "oauth_consumer_key", "oauth_token", "oauth_nonce", "oauth_timestamp", "oauth_signature",
             "oauth_signature_method", "oauth_version"}  # fmt: skip


def form(values: dict[str, str], status: int = 200) -> Scripted:
    return Scripted(status, urlencode(values).encode(), {"Content-Type": "text/plain"})


def parameters_of(request: Received) -> dict[str, str]:
    pairs = re.findall(r'([A-Za-z_]+)="([^"]*)"', request.headers["Authorization"])
    return {name: unquote(value) for name, value in pairs}


def signature_of(server, request: Received, **secrets: str) -> str:
    """The signature over everything that arrived, by the function that passes Oracle's vectors, `role` among them."""
    arrived = parameters_of(request)
    header = authorization_header(
        method=request.method,
        url=server.url + request.target,
        realm=arrived["realm"],
        consumer_key=arrived["oauth_consumer_key"],
        token_id=arrived.get("oauth_token"),
        nonce=arrived["oauth_nonce"],
        timestamp=arrived["oauth_timestamp"],
        extra={name: value for name, value in arrived.items() if name not in _STANDARD},
        **secrets,
    )
    return unquote(re.search('oauth_signature="([^"]*)"', header)[1])


class TestStepOne:
    @pytest.mark.parametrize("role", [None, "45678"])
    def test_signs_callback_and_role_with_the_consumer_secret_alone(self, plain, role):
        server, session = plain(lambda _: form(GOOD))
        got = request_token(session, **RECORD, callback=ADDRESS, role=role)
        assert (got.token, got.secret) == ("t" * 64, "s" * 64)
        assert "ssss" not in repr(got)
        request = server.received[0]
        assert (request.method, request.path, request.body) == ("POST", REQUEST_TOKEN_PATH, b"")
        arrived = parameters_of(request)
        assert (arrived["realm"], arrived["oauth_callback"], arrived.get("role")) == ("1234567_SB1", ADDRESS, role)
        assert "oauth_token" not in arrived
        assert arrived["oauth_signature"] == signature_of(server, request, consumer_secret="cs1")

    def test_whose_callback_is_not_confirmed_is_none(self, plain):
        for confirmed in ("false", "", "TRUE"):
            _, session = plain(lambda _, confirmed=confirmed: form({**GOOD, "oauth_callback_confirmed": confirmed}))
            with pytest.raises(UnreadableError, match="callback"):
                request_token(session, **RECORD, callback=ADDRESS)

    def test_would_understand_json_as_well(self, plain):
        _, session = plain(lambda _: answer({**GOOD, "oauth_callback_confirmed": True}))
        assert request_token(session, **RECORD, callback=ADDRESS).token == "t" * 64

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"ok", b"oauth_token=a&oauth_callback_confirmed=true", b"{", b"[]", b"<html>", b"{1: 2}",
            b"oauth_token=a+b&oauth_token_secret=c&oauth_callback_confirmed=true",
            b"oauth_token=a&oauth_token=b&oauth_token_secret=c&oauth_callback_confirmed=true", b"a=b&" * 100,
        ],
    )  # fmt: skip
    def test_with_an_answer_that_is_no_token_is_none(self, plain, body):
        _, session = plain(lambda _: Scripted(200, body))
        with pytest.raises(UnreadableError):
            request_token(session, **RECORD, callback=ADDRESS)

    @pytest.mark.parametrize(
        ("word", "menu"),
        [
            ("UnknownIntegration", "Reset Credentials"), ("IntegrationBlocked", "set State to Enabled"),
            ("AuthorizationFlowRequired", "TBA: Authorization Flow"), ("FeatureDisabled", "Enable Features"),
            ("InvalidCallback https://x.example/", "Callback URL"), ("EntityOrRoleDisabled", "Manage Roles"),
            ("InvalidTimestamp", "NTP"), ("InvalidSignature", "Reset Credentials"),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("where", ["json", "text", "challenge"])
    def test_that_is_refused_names_the_cause_and_where_to_look(self, plain, word, menu, where):
        refusals = {
            "json": answer({"error": {"code": "INVALID_REQUEST", "message": word}}, 400),
            "text": Scripted(401, f"oauth_problem={word}".encode()),
            "challenge": Scripted(401, b"", {"WWW-Authenticate": f'OAuth realm="1", error="{word}"'}),
        }
        server, session = plain(lambda _: refusals[where])
        with pytest.raises(LoginRefusedError) as caught:
            request_token(session, **RECORD, callback=ADDRESS)
        assert menu in caught.value.remedy
        assert len(server.received) == 1

    def test_that_is_refused_without_a_word_is_a_refused_login(self, plain):
        _, session = plain(lambda _: answer({"error": {"code": "INVALID_LOGIN_ATTEMPT", "message": "x"}}, 401))
        with pytest.raises(LoginRefusedError) as caught:
            request_token(session, **RECORD, callback=ADDRESS)
        assert caught.value.code == "LOGIN_REFUSED"


class TestStepTwo:
    def test_sends_the_browser_to_the_accounts_own_page(self):
        url = authorize_url(APP, token="t&x=1", state="abc123")
        assert url.startswith(f"{APP}/app/login/secure/authorizetoken.nl?")
        assert parse_qs(urlsplit(url).query) == {"oauth_token": ["t&x=1"], "state": ["abc123"]}

    @pytest.mark.parametrize("state", ["", "a" * 513, "a-b", "a b", "é"])
    def test_with_no_state_that_netsuite_refuses(self, state):
        with pytest.raises(ValueError, match="state"):
            authorize_url(APP, token="t", state=state)

    def test_comes_back_with_account_role_and_user(self):
        came = read_callback(CALLBACK)
        assert (came.token, came.verifier, came.state) == ("t" * 64, "v" * 64, "abc")
        assert (came.company, came.role, came.entity) == ("1234567", "3", "-5")
        assert "vvvv" not in repr(came)

    @pytest.mark.parametrize("denied", [{**CALLBACK, "oauth_verifier": ""}, {"oauth_token": "t", "state": "abc"}])
    def test_of_somebody_who_pressed_deny_comes_back_without_a_verifier(self, denied):
        with pytest.raises(LoginRefusedError) as caught:
            read_callback(denied)
        assert caught.value.code == "CONSENT_DENIED"

    @given(st.dictionaries(st.sampled_from(list(CALLBACK)), st.text(max_size=40), min_size=1))
    def test_whatever_comes_back_is_read_or_refused(self, query):
        try:
            read_callback({**CALLBACK, **query})
        except ConnectorError as error:
            assert error.code in {"BAD_REDIRECT", "CONSENT_DENIED"}  # noqa: PT017 - it may come or not


class TestStepThree:
    def test_is_signed_with_both_secrets_and_carries_the_verifier(self, plain):
        server, session = plain(lambda _: form({"oauth_token": "a" * 64, "oauth_token_secret": "b" * 64}))
        got = access_token(session, **RECORD, request=RequestToken("t1", "ts1"), verifier="v1")
        assert (got.consumer_key, got.token_id, got.token_secret) == ("ck1", "a" * 64, "b" * 64)
        request = server.received[0]
        assert (request.method, request.path) == ("POST", ACCESS_TOKEN_PATH)
        arrived = parameters_of(request)
        assert (arrived["oauth_token"], arrived["oauth_verifier"]) == ("t1", "v1")
        assert arrived["oauth_signature"] == signature_of(server, request, consumer_secret="cs1", token_secret="ts1")

    @pytest.mark.parametrize("word", ["TokenRejected", "InvalidVerifier"])
    def test_with_a_consent_that_was_used_or_is_anothers_begins_again(self, plain, word):
        _, session = plain(lambda _: answer({"error": {"code": word, "message": word}}, 401))
        with pytest.raises(LoginRefusedError, match="consent") as caught:
            access_token(session, **RECORD, request=RequestToken("t1", "ts1"), verifier="v1")
        assert "Connect again" in caught.value.remedy
