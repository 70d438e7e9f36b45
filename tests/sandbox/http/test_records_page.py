"""Manage Integrations: records listed, edited, created; credentials shown once (Oracle section_157771733782)."""

from __future__ import annotations

import json
import re

import pytest
from application import Application, confidential
from browser import Browser
from wire_client import SERVER_TIME

from connector.sandbox.directory import ConsentPolicy, Scope, State

LIST = "/app/common/integration/integrapplist.nl"
RECORD = "/app/common/integration/integrapp.nl"
JSON = {"Accept": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def change(sandbox, fields, number="1", **headers):
    given = {**JSON, "Content-Type": "application/json", **headers}
    return sandbox.client.send("POST", f"{RECORD}?id={number}", given, json.dumps(fields).encode())


def create(sandbox, **fields):
    body = json.dumps({"name": "New one", **fields}).encode()
    return sandbox.client.send("POST", RECORD, {**JSON, "Content-Type": "application/json"}, body)


def test_the_records_are_listed_without_their_secrets(sandbox):
    reply = sandbox.client.send("GET", LIST, JSON)
    confidential_record, public_record = reply.json()
    assert (confidential_record["name"], public_record["name"]) == ("NSQuery", "NSQuery Public Client")
    assert (confidential_record["public_client"], public_record["public_client"]) == (False, True)
    assert (public_record["refresh_token_hours"], public_record["rotation_hours"]) == (48, 168)
    assert confidential_record["consent_policy"] == "Always Ask"
    assert confidential_record["callback_url"] == "https://127.0.0.1:8620/tba/callback"
    html = sandbox.client.send("GET", LIST).body
    for record in sandbox.account.directory.integrations.values():
        assert record.consumer_key.encode() in html
        for page in (html, reply.body, sandbox.client.send("GET", f"{RECORD}?id={record.id}").body):
            assert record.consumer_secret.encode() not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Renamed"),
        ("description", "Reads the books"),
        ("note", "asked for by finance"),
        ("state", "Blocked"),
        ("state", "Waiting for Approval"),
        ("consent_policy", "Ask First Time"),
        ("token_based", False),
        ("token_flow", False),
        ("issue_token", True),
        ("authorization_code", False),
        ("client_credentials", False),
        ("public_client", True),
        ("redirect_uris", ["https://127.0.0.1:9000/oauth2/callback", "myapp://callback"]),
        ("callback_url", "http://localhost:9000/tba"),
        ("refresh_token_hours", 1),
        ("rotation_hours", 720),
        ("scopes", ["restlets", "suite_analytics"]),
    ],
)
def test_a_program_changes_the_fields_it_names(sandbox, field, value):
    before = sandbox.client.send("GET", f"{RECORD}?id=1", JSON).json()
    reply = change(sandbox, {field: value})
    assert (reply.status, reply.json()) == (200, {**before, field: value})
    assert sandbox.client.send("GET", f"{RECORD}?id=1", JSON).json() == {**before, field: value}


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:8620/oauth2/callback",
        "http://localhost/",
        "HTTP://localhost/",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example/",
        "callback",
        "",
        "https://",
        "https:///path",
        "https://a.example/#fragment",
        "https://user@a.example/",
        "https://a.example/ space",
        "https://a.example/\n",
        "https://é.example/",
        "https://a.example:99999/",
        "https://[::1/",
        "https://a.example/" + "x" * 1000,
    ],
)
def test_a_redirect_uri_is_https_or_an_application_s_own(sandbox, uri):
    before = sandbox.account.integration.redirect_uris
    reply = change(sandbox, {"redirect_uris": [uri]})
    assert reply.status == 400
    assert "redirect URI" in reply.json()["error"]
    assert sandbox.account.integration.redirect_uris == before


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "Open"},
        {"state": None},
        {"consent_policy": "Sometimes"},
        {"token_based": "yes"},
        {"refresh_token_hours": 0},
        {"refresh_token_hours": 721},
        {"refresh_token_hours": True},
        {"rotation_hours": "48"},
        {"scopes": ["everything"]},
        {"scopes": "restlets"},
        {"scopes": []},
        {"redirect_uris": []},
        {"redirect_uris": "https://a.example/"},
        {"redirect_uris": ["https://a.example/"] * 21},
        {"callback_url": "http://127.0.0.1/"},
        {"callback_url": ""},
        {"name": ""},
        {"name": 5},
        {"note": "x" * 1001},
        {"consumer_secret": "0" * 64},
        {"id": "7"},
        {"scopes": ["mcp"], "consent_policy": "Never Ask"},
        [],
        "text",
        None,
    ],
)
def test_what_no_record_can_be_is_refused_and_nothing_changes(sandbox, fields):
    before = sandbox.client.send("GET", f"{RECORD}?id=1", JSON).json()
    document = {"name": "Renamed", **fields} if isinstance(fields, dict) and "name" not in fields else fields
    assert change(sandbox, document).status == 400
    assert sandbox.client.send("GET", f"{RECORD}?id=1", JSON).json() == before


def test_a_browser_edits_a_record_without_scripts(sandbox):
    page = sandbox.client.send("GET", f"{RECORD}?id=1")
    assert b"<script" not in page.body
    fields = {
        "name": "NSQuery",
        "state": "Enabled",
        "consent_policy": "Never Ask",
        "authorization_code": "on",
        "redirect_uris": "https://a.example/cb\r\nmyapp://cb\r\n",
        "scopes": "restlets",
        "refresh_token_hours": "24",
        "rotation_hours": "100",
    }
    saved = Browser(sandbox.running).post(f"{RECORD}?id=1", fields)
    assert (saved.status, saved.headers["location"]) == (303, LIST)
    record = sandbox.account.integration
    assert record.redirect_uris == ("https://a.example/cb", "myapp://cb")
    assert (record.token_based, record.authorization_code, record.client_credentials) == (False, True, False)
    assert (record.consent_policy, record.scopes) == (ConsentPolicy.NEVER_ASK, frozenset({Scope.RESTLETS}))
    assert (record.refresh_token_hours, record.rotation_hours) == (24, 100)
    refused = Browser(sandbox.running).post(f"{RECORD}?id=1", {**fields, "redirect_uris": "http://a.example/"})
    assert refused.status == 400
    assert b'role="alert"' in refused.body


def test_the_page_s_own_form_saves_what_it_shows(sandbox):
    html = sandbox.client.send("GET", f"{RECORD}?id=1").body.decode()
    assert re.search(r'name="token_flow" checked', html)
    assert re.search(r'name="scopes" value="restlets" checked', html)
    assert not re.search(r'name="issue_token" checked', html)
    assert "<option selected>Always Ask</option>" in html


def test_a_new_record_shows_its_credentials_once(sandbox):
    made = create(sandbox, authorization_code=True, redirect_uris=["https://a.example/cb"], scopes=["rest_webservices"])
    assert made.status == 201
    record = made.json()
    for name in ("client_id", "client_secret"):
        assert re.fullmatch("[0-9a-f]{64}", record[name])
    shown = sandbox.client.send("GET", f"{RECORD}?id={record['id']}", JSON).json()
    assert "client_secret" not in shown
    app = Application(sandbox, record["client_id"], record["client_secret"], "https://a.example/cb")
    assert app.use(app.tokens()["access_token"]).status == 200


def test_a_browser_meets_the_confirmation_page(sandbox):
    fields = {
        "name": "<b>Mine</b>",
        "state": "Enabled",
        "consent_policy": "Always Ask",
        "token_based": "on",
        "refresh_token_hours": "48",
        "rotation_hours": "168",
    }
    page = Browser(sandbox.running).post(RECORD, fields)
    assert page.status == 201
    record = sandbox.account.directory.integrations["3"]
    html = page.body.decode()
    assert record.consumer_key in html
    assert record.consumer_secret in html
    assert "<b>Mine" not in html
    assert page.headers["cache-control"] == "no-store"


def test_a_record_that_is_refused_is_not_made(sandbox):
    assert create(sandbox, redirect_uris=["http://a.example/"]).status == 400
    assert len(sandbox.account.directory.integrations) == 2


def test_new_credentials_end_the_old_ones_and_what_they_earned(sandbox):
    app = confidential(sandbox)
    given = app.tokens()
    reset = sandbox.client.send("POST", f"{RECORD}/reset?id=1", {**JSON, **FORM}, b"").json()
    assert app.use(given["access_token"]).status == 401
    assert app.refresh(given["refresh_token"]).json() == {"error": "invalid_client"}
    assert sandbox.client.signed("GET", SERVER_TIME).status == 401
    renewed = Application(sandbox, reset["client_id"], reset["client_secret"])
    assert renewed.refresh(given["refresh_token"]).json() == {"error": "invalid_grant"}
    assert renewed.use(renewed.tokens()["access_token"]).status == 200


def test_a_record_that_is_blocked_on_the_page_is_blocked_at_the_door(sandbox):
    change(sandbox, {"state": "Blocked"})
    assert sandbox.account.integration.state is State.BLOCKED
    assert sandbox.client.signed("GET", SERVER_TIME).status == 401


@pytest.mark.parametrize(
    "foreign",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
def test_a_form_from_another_site_is_refused(sandbox, foreign):
    assert change(sandbox, {"name": "Stolen"}, **foreign).status == 403
    for target in (RECORD, f"{RECORD}/reset?id=1"):
        assert sandbox.client.send("POST", target, {**FORM, **foreign}, b"name=x").status == 403
    assert sandbox.account.integration.name == "NSQuery"


def test_a_record_that_does_not_exist_is_not_found(sandbox):
    for number in ("99", "", "<script>"):
        assert sandbox.client.send("GET", f"{RECORD}?id={number}".replace("<", "%3C")).status == 404
        assert change(sandbox, {}, number.replace("<", "%3C")).status == 404


def test_names_are_escaped(sandbox):
    sandbox.account.integration.name = '"><img src=x>'
    sandbox.account.integration.description = "</textarea><img src=x>"
    for target in (LIST, f"{RECORD}?id=1"):
        page = sandbox.client.send("GET", target)
        assert b"<img" not in page.body
        assert "default-src 'none'" in page.headers["content-security-policy"]
