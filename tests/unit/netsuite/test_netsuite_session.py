"""The session lets out what reads, and nothing else."""

from __future__ import annotations

import pytest
from scripted_netsuite import answer

from connector.netsuite.session import (
    ACCESS_TOKEN_PATH,
    DATA_CENTRES_PATH,
    GOVERNANCE_PATH,
    ISSUE_TOKEN_PATH,
    REQUEST_TOKEN_PATH,
    REVOKE_PATH,
    REVOKE_TOKEN_PATH,
    SERVER_TIME_PATH,
    SUITEQL_PATH,
    TOKEN_INFO_PATH,
    TOKEN_PATH,
    ForbiddenRequestError,
    certificates_path,
)

ALLOWED = [
    ("suiteql", "POST", SUITEQL_PATH),
    ("server time", "GET", SERVER_TIME_PATH),
    ("governance", "GET", GOVERNANCE_PATH),
    ("reach", "OPTIONS", "/services/rest/*"),
    ("reach", "OPTIONS", "/services/rest/query/v1/suiteql"),
    ("token", "POST", TOKEN_PATH),
    ("revoke", "POST", REVOKE_PATH),
    ("request token", "POST", REQUEST_TOKEN_PATH),
    ("access token", "POST", ACCESS_TOKEN_PATH),
    ("issue token", "GET", ISSUE_TOKEN_PATH),
    ("revoke token", "GET", REVOKE_TOKEN_PATH),
    ("token info", "GET", TOKEN_INFO_PATH),
    ("certificates", "GET", certificates_path("client-1")),
    ("upload certificate", "POST", certificates_path("client-1")),
    ("revoke certificate", "POST", f"{certificates_path('client-1')}/certificate_1/revoke"),
    ("data centres", "GET", DATA_CENTRES_PATH),
]


@pytest.fixture
def server(serve):
    return serve(lambda _: answer({}))


@pytest.fixture
def session(server, session_with):
    return session_with(server)


@pytest.mark.parametrize(("purpose", "method", "path"), ALLOWED)
def test_a_request_of_the_list_goes_out(session, server, purpose, method, path):
    assert session.send(purpose, method, path).status == 200
    assert [(request.method, request.path) for request in server.received] == [(method, path)]


@pytest.mark.parametrize(("purpose", "method", "path"), ALLOWED)
def test_no_other_method_does(session, server, purpose, method, path):
    for other in {"POST", "PUT", "PATCH", "DELETE", "GET", "get", "OPTIONS", ""} - {method}:
        with pytest.raises(ForbiddenRequestError):
            session.send(purpose, other, path)
    assert server.received == []


@pytest.mark.parametrize(
    ("purpose", "method", "path"),
    [
        ("suiteql", "POST", "/services/rest/record/v1/customer"),
        ("suiteql", "POST", SUITEQL_PATH + "/../../../record/v1/customer"),
        ("suiteql", "POST", SUITEQL_PATH + "\n"),
        ("suiteql", "POST", SUITEQL_PATH + "?x"),
        ("suiteql", "POST", SUITEQL_PATH.upper()),
        ("suiteql", "GET", SERVER_TIME_PATH),
        ("server time", "POST", SUITEQL_PATH),
        ("reach", "OPTIONS", "/services/rest/../../app"),
        ("reach", "OPTIONS", "/app/login"),
        ("token", "POST", "/services/rest/auth/oauth2/v1/revoke"),
        ("upload certificate", "POST", "/services/rest/auth/oauth2/v1/clients/../certificates"),
        ("revoke certificate", "POST", "/services/rest/auth/oauth2/v1/clients/a/certificates/b/c/revoke"),
        ("certificates", "GET", "/services/rest/auth/oauth2/v1/clients/a/certificates/b"),
        ("data centres", "GET", "/rest/roles"),
        ("issue token", "GET", REVOKE_TOKEN_PATH),
        ("record", "GET", "/services/rest/record/v1/customer/1"),
        ("", "GET", "/"),
    ],
)
def test_no_other_path_or_purpose_does(session, server, purpose, method, path):
    with pytest.raises(ForbiddenRequestError):
        session.send(purpose, method, path)
    assert server.received == []


def test_suiteql_asks_for_a_transient_answer_by_query_and_body(session, server):
    session.suiteql(b'{"q":"SELECT 1 FROM DUAL"}', limit=1000, offset=2000)
    request = server.received[0]
    assert request.headers["Prefer"] == "transient"
    assert request.query == {"limit": "1000", "offset": "2000"}
    assert request.body == b'{"q":"SELECT 1 FROM DUAL"}'
