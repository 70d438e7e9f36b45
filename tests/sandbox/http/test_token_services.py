"""IssueToken, RevokeToken, TokenInfo and the data centres' addresses (Oracle chapter_157017286140, chapter_157011836591)."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from wire_client import SERVER_TIME

from connector.sandbox.directory import State
from connector.sandbox.permissions import READING, TOKEN_PERMISSIONS, Feature


@pytest.fixture
def open_sandbox(start):
    """A sandbox whose record has the IssueToken endpoint."""
    return start(prepare=lambda account: setattr(account.integration, "issue_token", True))


def header(sandbox, **changed):
    reader = sandbox.account.reader
    fields = {
        "nlauth_account": "1234567_SB1",
        "nlauth_email": reader.email,
        "nlauth_signature": reader.password,
        "nlauth_role": "1000",
        **changed,
    }
    return "NLAuth " + ", ".join(
        f"{name}={quote(value, safe='')}" for name, value in fields.items() if value is not None
    )


def issue(sandbox, authorization=None, **changed):
    query = {"consumerKey": sandbox.running.announcement["tba"]["consumer_key"], "name": "mine", **changed}
    target = f"/rest/issuetoken?{urlencode({name: value for name, value in query.items() if value is not None})}"
    return sandbox.client.send("GET", target, {"Authorization": authorization or header(sandbox)})


def credentials(sandbox, reply):
    issued = reply.json()
    return {**sandbox.client.tba, "token_id": issued["tokenId"], "token_secret": issued["tokenSecret"]}


def test_a_password_buys_a_token(open_sandbox):
    announced = open_sandbox.running.announcement["nlauth"]
    assert announced["email"] == "robin.reader@example.com"
    authorization = header(open_sandbox, nlauth_signature=announced["password"], nlauth_role=announced["role"])
    reply = issue(open_sandbox, authorization)
    assert list(reply.json()) == ["tokenId", "tokenSecret"]
    assert open_sandbox.client.signed("GET", SERVER_TIME, tba=credentials(open_sandbox, reply)).status == 200


def test_a_quoted_header_with_a_hostile_password_is_read(open_sandbox):
    open_sandbox.account.reader.password = 'p, "ä"=% nlauth_role=3'
    assert issue(open_sandbox).status == 200
    quoted = header(open_sandbox).replace("=", '="').replace(",", '",') + '"'
    assert issue(open_sandbox, quoted).status == 200


def test_without_the_tick_nobody_has_a_password_and_none_serves(sandbox):
    assert "nlauth" not in sandbox.running.announcement
    settings = sandbox.client.send("GET", "/sandbox/settings").body.decode()
    assert sandbox.account.reader.password not in settings
    assert issue(sandbox).status == 401
    assert sandbox.client.details() == ["permission_denied"]


@pytest.mark.parametrize(
    "changed",
    [
        {"nlauth_signature": "wrong"},
        {"nlauth_signature": ""},
        {"nlauth_signature": "é"},
        {"nlauth_email": "nobody@example.com"},
        {"nlauth_account": "1234567_sb1"},
        {"nlauth_account": None},
        {"nlauth_role": "99"},
        {"nlauth_role": None},
    ],
)
def test_who_is_not_themselves_gets_nothing(open_sandbox, changed):
    reply = issue(open_sandbox, header(open_sandbox, **changed))
    assert (reply.status, reply.json()["error"]["code"]) == (401, "INVALID_LOGIN_CREDENTIALS")
    assert open_sandbox.client.details() == ["permission_denied"]


def test_an_administrator_needs_a_second_factor(open_sandbox):
    administrator = open_sandbox.account.administrator
    authorization = header(
        open_sandbox, nlauth_email=administrator.email, nlauth_signature=administrator.password, nlauth_role="3"
    )
    reply = issue(open_sandbox, authorization)
    assert (reply.status, reply.json()["error"]["code"]) == (403, "TWO_FA_REQD")


@pytest.mark.parametrize("authorization", ["NLAuth", "NLAuth x", "NLAuth nlauth_email", "Basic YTpi", "x"])
def test_a_header_that_cannot_be_read_is_an_invalid_request(open_sandbox, authorization):
    reply = issue(open_sandbox, authorization)
    assert (reply.status, reply.json()["error"]["code"]) == (400, "INVALID_REQUEST")


def test_five_wrong_passwords_lock_the_user_for_tokens_too(open_sandbox):
    wrong = header(open_sandbox, nlauth_signature="wrong")
    for _ in range(5):
        issue(open_sandbox, wrong)
    assert issue(open_sandbox).status == 401
    assert open_sandbox.client.signed("GET", SERVER_TIME).status == 401
    assert open_sandbox.client.details()[-2:] == ["temporary_locked"] * 2
    open_sandbox.clock.now += 30 * 60
    assert issue(open_sandbox).status == 200


@pytest.mark.parametrize("changed", [{"consumerKey": None}, {"name": None}])
def test_what_is_missing_is_named(open_sandbox, changed):
    reply = issue(open_sandbox, **changed)
    assert (reply.status, reply.json()["error"]["code"]) == (400, "SSS_MISSING_REQD_ARGUMENT")


@pytest.mark.parametrize(
    ("spoil", "detail"),
    [
        (lambda account: setattr(account.integration, "state", State.BLOCKED), "consumer_key_refused"),
        (lambda account: account.directory.features.discard(Feature.TOKEN_BASED), "FeatureDisabled"),
        (lambda account: setattr(account.integration, "token_based", False), "permission_denied"),
        (lambda account: setattr(account.reader, "active", False), "permission_denied"),
        (
            lambda account: setattr(account.reader_role, "permissions", READING - TOKEN_PERMISSIONS),
            "permission_denied",
        ),
    ],
)
def test_what_changes_in_the_account_ends_it(open_sandbox, spoil, detail):
    spoil(open_sandbox.account)
    assert issue(open_sandbox).status == 401
    assert open_sandbox.client.details() == [detail]


def test_an_unknown_application_gets_nothing(open_sandbox):
    assert issue(open_sandbox, consumerKey="0" * 64).status == 401
    assert open_sandbox.client.details() == ["consumer_key_unknown"]


def revoke(sandbox, tba, **by):
    target = f"/rest/revoketoken?consumerKey={tba['consumer_key']}&token={tba['token_id']}"
    if by:
        return sandbox.client.send("GET", target, {"Authorization": header(sandbox, **by)})
    return sandbox.client.signed("GET", target, tba=tba)


def test_a_token_revokes_itself(sandbox):
    assert revoke(sandbox, sandbox.client.tba).status == 200
    assert sandbox.client.signed("GET", SERVER_TIME).status == 401
    assert sandbox.client.details()[-1] == "token_rejected"


def test_a_password_revokes_its_person_s_tokens_alone(open_sandbox):
    tba = credentials(open_sandbox, issue(open_sandbox))
    administrator = open_sandbox.account.administrator_token()
    theirs = {**tba, "token_id": administrator.id, "token_secret": administrator.secret}
    assert revoke(open_sandbox, theirs, nlauth_role="1000").status == 401
    assert revoke(open_sandbox, tba, nlauth_role="1000").status == 200
    assert open_sandbox.client.signed("GET", SERVER_TIME, tba=tba).status == 401
    assert open_sandbox.client.signed("GET", SERVER_TIME, tba=theirs).status == 200


def test_token_info_says_whose_token_it_is(sandbox):
    assert sandbox.client.signed("GET", "/rest/tokeninfo").json() == {
        "companyId": "1234567_SB1",
        "companyName": "Sandbox 1234567_SB1",
        "roleId": "1000",
        "roleName": "NSQuery Reader",
        "entityId": "12",
        "entityName": "Robin Reader",
    }
    assert sandbox.client.send("GET", "/rest/tokeninfo").status == 400


def test_no_password_enters_the_audit_trail(open_sandbox):
    issue(open_sandbox, header(open_sandbox, nlauth_signature="a-wrong-password"))
    issue(open_sandbox)
    trail = str(open_sandbox.account.audit_trail.as_json())
    assert "a-wrong-password" not in trail
    assert open_sandbox.account.reader.password not in trail


def test_the_data_centres_are_asked_without_a_login(sandbox):
    target = "/rest/datacenterurls?account=1234567_SB1"
    own = sandbox.running.url
    urls = sandbox.client.send("GET", target).json()
    assert urls == {"restDomain": own, "webservicesDomain": own, "systemDomain": own}
    named = sandbox.client.send("GET", f"{target}&c=1234567_SB1", {"Host": "rest.netsuite.com"}).json()
    assert named == {
        "restDomain": "https://1234567-sb1.restlets.api.netsuite.com",
        "webservicesDomain": "https://1234567-sb1.suitetalk.api.netsuite.com",
        "systemDomain": "https://1234567-sb1.app.netsuite.com",
    }


def test_an_unknown_account_has_the_addresses_of_all(sandbox):
    urls = sandbox.client.send("GET", "/rest/datacenterurls?account=7654321").json()
    assert urls["systemDomain"] == "https://system.netsuite.com"
    assert sandbox.client.send("GET", "/rest/datacenterurls").status == 400


def test_a_path_under_rest_that_is_no_service_is_not_found(sandbox):
    assert sandbox.client.send("GET", "/rest/roles").status == 404
    assert sandbox.client.send("POST", "/rest/tokeninfo", {}, b"").status == 405
