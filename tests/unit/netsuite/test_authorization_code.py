"""Authorization code with PKCE: the address a browser is sent to, what comes back, and the tokens for it."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_netsuite import Received, Scripted, answer

from connector.egress import Origin
from connector.errors import BusyError, ConnectorError, LoginRefusedError, SettingError, UnreadableError
from connector.netsuite.authorization_code import (
    AccessTokenAuth,
    Application,
    Tokens,
    authorize_url,
    challenge,
    checked_scopes,
    exchange_code,
    new_state,
    new_verifier,
    read_redirect,
    refresh,
    revoke,
)
from connector.netsuite.session import REVOKE_PATH, SERVER_TIME_PATH, TOKEN_PATH, Session

APP = Origin("https", "1234567-sb1.app.netsuite.com", 443)
CALLBACK = "https://nsquery.example/callback?from=netsuite"
STATE = "s" * 43
CONFIDENTIAL = Application("client1", "secret1")
PUBLIC = Application("client1", None)
GOOD = {"access_token": "at1", "refresh_token": "rt1", "expires_in": 3600, "token_type": "bearer"}
REDIRECT = {"state": STATE, "role": "1000", "entity": "12", "company": "1234567_SB1", "code": "c" * 64}


def form_of(request: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def address(**changes: object) -> str:
    asked = {
        "client_id": "client1", "redirect_uri": CALLBACK, "scopes": ["rest_webservices", "restlets"],
        "state": STATE, "verifier": "v" * 43,
    }  # fmt: skip
    return authorize_url(APP, **{**asked, **changes})


class TestTheAddressOfTheConsentPage:
    def test_holds_what_oracle_asks_for_and_the_public_half_of_pkce_alone(self):
        url = address(prompt="login consent")
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{APP}/app/login/oauth2/authorize.nl"
        assert {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()} == {
            "response_type": "code",
            "client_id": "client1",
            "redirect_uri": CALLBACK,
            "scope": "rest_webservices restlets",
            "state": STATE,
            "code_challenge": challenge("v" * 43),
            "code_challenge_method": "S256",
            "prompt": "login consent",
        }
        assert "+" not in parts.query
        assert "v" * 43 not in url

    def test_leaves_the_prompt_to_the_record_where_none_is_asked_for(self):
        assert "prompt" not in parse_qs(urlsplit(address()).query)

    @pytest.mark.parametrize("state", ["s" * 21, "s" * 1025, "s" * 30 + " ", "s" * 30 + "\n", "s" * 30 + "é", ""])
    def test_a_state_that_netsuite_refuses_is_not_sent(self, state):
        with pytest.raises(ValueError, match="state"):
            address(state=state)

    @pytest.mark.parametrize("prompt", ["select_account", "", "none login"])
    def test_a_prompt_that_netsuite_does_not_know_is_not_sent(self, prompt):
        with pytest.raises(ValueError, match="prompt"):
            address(prompt=prompt)

    @pytest.mark.parametrize(
        "uri",
        [
            "http://nsquery.example/callback", "http://127.0.0.1:8000/callback", "javascript:alert(1)", "data:text/html,x",
            "//evil.example/", "/callback", "", "https:///callback", "https://user@nsquery.example/", "https://a.example/#x",
            "https://a.example/\n", "https://a.example/ b", "https://[::1/", "https://exämple.example/",
        ],
    )  # fmt: skip
    def test_a_redirect_that_the_record_cannot_hold_is_refused_here(self, uri):
        with pytest.raises(SettingError) as caught:
            address(redirect_uri=uri)
        assert caught.value.code == "BAD_REDIRECT_URI"

    def test_an_applications_own_scheme_is_taken(self):
        assert parse_qs(urlsplit(address(redirect_uri="nsquery://callback")).query)["redirect_uri"] == [
            "nsquery://callback"
        ]

    @pytest.mark.parametrize(
        "scopes", [[], ["mcp", "restlets"], ["email"], ["restlets", "everything"], ["restlets mcp"]]
    )
    def test_scopes_that_do_not_go_together_are_refused(self, scopes):
        with pytest.raises(SettingError) as caught:
            checked_scopes(scopes)
        assert caught.value.code == "BAD_SCOPE"

    def test_any_mix_of_three_is_taken_once_each_and_mcp_alone(self):
        assert checked_scopes(["restlets", "suite_analytics", "restlets"]) == ("restlets", "suite_analytics")
        assert checked_scopes(["mcp"]) == ("mcp",)


class TestPkce:
    def test_state_and_verifier_are_new_each_time_and_of_the_length_that_is_asked_for(self):
        assert len({new_state() for _ in range(50)}) == len({new_verifier() for _ in range(50)}) == 50
        assert 22 <= len(new_state()) <= 1024
        assert 43 <= len(new_verifier()) <= 128

    def test_the_example_of_rfc_7636_appendix_b(self):
        assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    @given(st.text("abcXYZ019-._~", min_size=43, max_size=128))
    def test_the_challenge_is_the_hash_of_any_verifier(self, verifier):
        digest = hashlib.sha256(verifier.encode()).digest()
        assert challenge(verifier) == base64.urlsafe_b64encode(digest).decode().rstrip("=")

    @given(st.text(max_size=42) | st.text("ab", min_size=129, max_size=140))
    def test_a_text_of_another_length_is_no_verifier(self, verifier):
        with pytest.raises(ValueError, match="verifier"):
            challenge(verifier)


class TestTheRedirect:
    def test_tells_account_role_and_user(self):
        came = read_redirect({**REDIRECT, "company": "1234567-sb1"})
        assert (came.state, came.code) == (STATE, "c" * 64)
        assert (came.company, came.role, came.entity) == ("1234567_SB1", "1000", "12")
        assert "cccc" not in repr(came)
        assert read_redirect({**REDIRECT, "entity": "-5"}).entity == "-5"

    def test_of_somebody_who_pressed_deny(self):
        with pytest.raises(LoginRefusedError) as caught:
            read_redirect({"state": STATE, "company": "1234567", "error": "access_denied"})
        assert caught.value.code == "CONSENT_DENIED"
        assert "Manage Roles" in caught.value.remedy

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            ("invalid_request", "Authorization Code Grant"), ("unsupported_response_type", "Authorization Code Grant"),
            ("invalid_scope", "REST Web Services"), ("server_error", "Manage Integrations"), ("", "Manage Integrations"),
            ("<script>", "Manage Integrations"),
        ],
    )  # fmt: skip
    def test_that_refuses_names_the_box_to_tick_and_repeats_nothing_hostile(self, error, words):
        with pytest.raises(LoginRefusedError) as caught:
            read_redirect({**REDIRECT, "error": error})
        assert caught.value.code == "AUTHORIZATION_REFUSED"
        assert words in caught.value.remedy
        assert "script" not in caught.value.message

    @pytest.mark.parametrize("missing", list(REDIRECT))
    def test_without_one_of_its_parts_is_none(self, missing):
        with pytest.raises(UnreadableError) as caught:
            read_redirect({name: value for name, value in REDIRECT.items() if name != missing})
        assert caught.value.code == "BAD_REDIRECT"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("company", "1234567.evil.example"), ("company", "../1234567"), ("role", "1 OR 1=1"), ("entity", "１２"),
            ("code", "c c"), ("code", "c" * 3000), ("state", "short"), ("company", "a" * 300),
        ],
    )  # fmt: skip
    def test_with_something_else_in_it_is_none_either(self, name, value):
        with pytest.raises(UnreadableError):
            read_redirect({**REDIRECT, name: value})

    @given(st.dictionaries(st.sampled_from([*REDIRECT, "error"]), st.text(max_size=60)))
    def test_whatever_stands_in_it_it_is_read_or_refused_and_not_repeated(self, query):
        try:
            read_redirect({**REDIRECT, **query})
        except ConnectorError as error:
            repeated = [value for value in query.values() if len(value) > 30 and value in error.message]
            assert not repeated


class TestTokens:
    def test_a_confidential_client_signs_in_with_its_secret_in_the_header_alone(self, plain):
        server, session = plain(lambda _: answer(GOOD))
        got = exchange_code(session, CONFIDENTIAL, code="c1", redirect_uri=CALLBACK, verifier="v" * 43)
        assert (got.access_token, got.refresh_token, got.expires_in) == ("at1", "rt1", 3600.0)
        request = server.received[0]
        assert (request.method, request.path) == ("POST", TOKEN_PATH)
        assert request.headers["Authorization"] == f"Basic {base64.b64encode(b'client1:secret1').decode()}"
        assert form_of(request) == {
            "grant_type": "authorization_code", "code": "c1", "redirect_uri": CALLBACK, "code_verifier": "v" * 43,
        }  # fmt: skip

    def test_a_public_client_names_itself_in_the_body_alone(self, plain):
        server, session = plain(lambda _: answer(GOOD))
        refresh(session, PUBLIC, "rt0")
        assert "Authorization" not in server.received[0].headers
        assert form_of(server.received[0]) == {
            "grant_type": "refresh_token", "refresh_token": "rt0", "client_id": "client1",
        }  # fmt: skip

    def test_a_confidential_client_keeps_its_refresh_token(self, plain):
        _, session = plain(lambda _: answer({k: v for k, v in GOOD.items() if k != "refresh_token"}))
        assert refresh(session, CONFIDENTIAL, "rt0").refresh_token is None

    def test_no_token_is_in_a_representation(self):
        shown = repr([Tokens("at1", 3600.0, "rt1"), CONFIDENTIAL])
        assert not any(secret in shown for secret in ("at1", "rt1", "secret1", "client1"))

    def test_a_grant_that_has_ended_is_told_apart_from_a_bad_code(self, plain):
        _, session = plain(lambda _: answer({"error": "invalid_grant"}, 400))
        with pytest.raises(LoginRefusedError) as ended:
            refresh(session, CONFIDENTIAL, "rt0")
        with pytest.raises(LoginRefusedError) as refused:
            exchange_code(session, CONFIDENTIAL, code="c1", redirect_uri=CALLBACK, verifier="v" * 43)
        assert (ended.value.code, refused.value.code) == ("GRANT_ENDED", "CODE_REFUSED")
        assert "seven days" in ended.value.message
        assert not ended.value.retryable

    @pytest.mark.parametrize(
        ("status", "error", "words"),
        [
            (401, "invalid_client", "Reset Credentials"), (400, "invalid_scope", "tick the scopes"),
            (400, "unauthorized_client", "Authorization Code Grant"), (400, "unsupported_grant_type", "Public Client"),
            (400, "invalid_request", "View Login Audit Trail"),
        ],
    )  # fmt: skip
    def test_every_documented_refusal_has_its_remedy(self, plain, status, error, words):
        _, session = plain(lambda _: answer({"error": error}, status, {"WWW-Authenticate": 'Basic realm="1"'}))
        with pytest.raises(LoginRefusedError) as caught:
            refresh(session, CONFIDENTIAL, "rt0")
        assert caught.value.code == error.upper()
        assert words in caught.value.remedy

    def test_an_account_that_is_busy_has_not_ended_the_grant(self, plain):
        details = [{"detail": "Concurrent request limit exceeded.", "o:errorCode": "CONCURRENCY_LIMIT_EXCEEDED"}]
        server, session = plain(lambda _: answer({"o:errorDetails": details}, 429))
        with pytest.raises(BusyError):
            refresh(session, PUBLIC, "rt0")
        assert len(server.received) == 1  # a one-time token is not sent twice

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"[]", b"{}", b'{"access_token": [1]}', b'{"access_token": "a b"}', b'{"access_token": "a\\u0000"}',
            b'{"access_token": "a", "refresh_token": {}}', b'{"access_token": "a", "refresh_token": "r\\n"}',
            b'{"access_token": "a", "access_token": "b"}', b"<html>",
        ],
    )  # fmt: skip
    def test_an_answer_without_tokens_is_none(self, plain, body):
        _, session = plain(lambda _: Scripted(200, body))
        with pytest.raises(UnreadableError):
            refresh(session, CONFIDENTIAL, "rt0")

    @pytest.mark.parametrize("status", [200, 204])
    def test_revoking_sends_the_refresh_token(self, plain, status):
        server, session = plain(lambda _: Scripted(status))
        revoke(session, PUBLIC, "rt1")
        assert server.received[0].path == REVOKE_PATH
        assert form_of(server.received[0]) == {"token": "rt1", "client_id": "client1"}

    def test_revoking_what_has_ended_is_no_error_and_a_wrong_secret_is_one(self, plain):
        errors = iter([("invalid_grant", 400), ("invalid_client", 401)])

        def script(_):
            error, status = next(errors)
            return answer({"error": error}, status)

        _, session = plain(script)
        revoke(session, PUBLIC, "rt1")
        with pytest.raises(LoginRefusedError):
            revoke(session, PUBLIC, "rt1")

    @pytest.mark.parametrize("value", ["", " ", "a:b", "a\nb", "a b", "ä", "a" * 300])
    def test_no_such_text_is_a_client_id_or_a_secret(self, value):
        for client_id, client_secret in ((value, None), ("client1", value)):
            with pytest.raises(SettingError) as caught:
                Application(client_id, client_secret)
            assert caught.value.code == "BAD_CREDENTIAL"


class Source:
    """Keeps tokens as the service does, and remembers what it was told of them."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.refused: list[str | None] = []

    def access_token(self, refused: str | None = None) -> str:
        self.refused.append(refused)
        return self.tokens[len(self.refused) - 1]


class TestRequestsWithAnAccessToken:
    @pytest.fixture
    def connect(self, plain):
        """A server that takes the token `good`, and a session that gets its tokens from a source."""

        def script(request):
            good = request.headers.get("Authorization") == "Bearer good"
            return answer({"serverTime": "2026-02-01T00:00:00Z"} if good else {}, 200 if good else 401)

        def make(source):
            server, unsigned = plain(script)
            return server, Session(unsigned._egress, AccessTokenAuth(source, unsigned))

        return make

    def test_carry_it(self, connect):
        source = Source("good")
        server, session = connect(source)
        assert session.send("server time", "GET", SERVER_TIME_PATH).status == 200
        assert (len(server.received), source.refused) == (1, [None])

    def test_get_another_one_once_where_it_is_refused(self, connect):
        source = Source("old", "good")
        server, session = connect(source)
        assert session.send("server time", "GET", SERVER_TIME_PATH).status == 200
        assert source.refused == [None, "old"]
        assert len(server.received) == 2

    def test_are_not_sent_a_third_time(self, connect):
        server, session = connect(Source("old", "older", "oldest"))
        assert session.send("server time", "GET", SERVER_TIME_PATH).status == 401
        assert len(server.received) == 2

    def test_are_not_repeated_with_the_token_that_was_refused(self, connect):
        server, session = connect(Source("old", "old"))
        assert session.send("server time", "GET", SERVER_TIME_PATH).status == 401
        assert len(server.received) == 1
