"""The authorization code client at an OAuth 2.0 server that was not written with NetSuite in mind, nor by us."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from independent_oauth_server import Client, independent_server

from connector.egress import Egress, Origin
from connector.errors import ConnectorError, LoginRefusedError
from connector.netsuite.authorization_code import (
    AUTHORIZE_PATH,
    Application,
    authorize_url,
    exchange_code,
    new_state,
    new_verifier,
    read_redirect,
    refresh,
    revoke,
)
from connector.netsuite.session import REVOKE_PATH, TOKEN_PATH, Session

CALLBACK = "https://nsquery.example/callback"
APPLICATIONS = [Application("confidential", "secret1"), Application("public", None)]
REGISTERED = [Client("confidential", "secret1", CALLBACK), Client("public", None, CALLBACK)]
PATHS = {TOKEN_PATH: "/token", REVOKE_PATH: "/revoke"}


class ElsewhereSession(Session):
    """A session to a server with other paths than NetSuite's."""

    def send(self, _purpose, method, path, **request):
        return self._egress.request(method, PATHS[path], **request)


@pytest.fixture
def independent(stack):
    server, kept = stack.enter_context(independent_server(*REGISTERED))
    egress = Egress("the server", Origin.parse(server.url, configured=True), timeout=5.0)
    stack.callback(egress.close)
    return server, kept, ElsewhereSession(egress)


def consented(server, application, state, verifier, **changes):
    """What the browser brings back, and what NetSuite would add to it."""
    url = authorize_url(
        Origin.parse(server.url, configured=True), client_id=application.client_id, redirect_uri=CALLBACK,
        scopes=["rest_webservices"], state=state, verifier=verifier,
    )  # fmt: skip
    for was, becomes in changes.items():
        url = url.replace(was, becomes)
    reply = httpx2.get(url.replace(AUTHORIZE_PATH, "/authorize"), follow_redirects=False, trust_env=False)
    assert reply.status_code == 302
    assert reply.headers["Location"].startswith(CALLBACK)
    return {**dict(parse_qsl(urlsplit(reply.headers["Location"]).query)), "company": "1", "role": "3", "entity": "5"}


@pytest.mark.parametrize("application", APPLICATIONS, ids=["confidential", "public"])
def test_from_consent_to_tokens_to_new_tokens_to_the_end(independent, application):
    server, kept, session = independent
    state, verifier = new_state(), new_verifier()
    came = read_redirect(consented(server, application, state, verifier))
    assert came.state == state
    first = exchange_code(session, application, code=came.code, redirect_uri=CALLBACK, verifier=verifier)
    assert first.access_token in kept.access
    assert first.expires_in == 3600
    second = refresh(session, application, first.refresh_token)
    assert second.access_token in kept.access
    assert second.refresh_token != first.refresh_token
    with pytest.raises(LoginRefusedError) as used:
        refresh(session, application, first.refresh_token)
    assert used.value.code == "GRANT_ENDED"
    revoke(session, application, second.refresh_token)
    with pytest.raises(LoginRefusedError) as revoked:
        refresh(session, application, second.refresh_token)
    assert revoked.value.code == "GRANT_ENDED"


def test_a_code_is_worth_nothing_without_its_verifier_twice_or_to_another_application(independent):
    server, _, session = independent
    application, verifier = APPLICATIONS[1], new_verifier()

    def code():
        return read_redirect(consented(server, application, new_state(), verifier)).code

    def refused(**trade):
        with pytest.raises(LoginRefusedError) as caught:
            exchange_code(
                session, **{"redirect_uri": CALLBACK, "verifier": verifier, "application": application, **trade}
            )
        return caught.value.code

    assert refused(code=code(), verifier=new_verifier()) == "CODE_REFUSED"
    assert refused(code=code(), application=APPLICATIONS[0]) == "CODE_REFUSED"
    once = code()
    exchange_code(session, application, code=once, redirect_uri=CALLBACK, verifier=verifier)
    assert refused(code=once) == "CODE_REFUSED"


def test_a_wrong_secret_is_told_as_one(independent):
    server, _, session = independent
    verifier = new_verifier()
    came = read_redirect(consented(server, APPLICATIONS[0], new_state(), verifier))
    with pytest.raises(LoginRefusedError) as caught:
        exchange_code(
            session, Application("confidential", "guess"), code=came.code, redirect_uri=CALLBACK, verifier=verifier
        )
    assert caught.value.code == "INVALID_CLIENT"


def test_a_refused_scope_comes_back_as_one(independent):
    server, _, _ = independent
    query = consented(server, APPLICATIONS[1], new_state(), new_verifier(), rest_webservices="everything")
    with pytest.raises(ConnectorError) as caught:
        read_redirect(query)
    assert caught.value.code == "AUTHORIZATION_REFUSED"
