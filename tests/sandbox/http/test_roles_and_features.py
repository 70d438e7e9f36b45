"""What a role may not and what an account does not have: refusals, and the address that switches them."""

from __future__ import annotations

import json

import pytest
from application import confidential
from test_client_credentials import Machine
from wire_client import SERVER_TIME

from connector.sandbox.permissions import READING, Feature, Permission

SETTINGS = "/sandbox/settings"
JSON = {"Content-Type": "application/json"}


def change(sandbox, document, headers=JSON):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return sandbox.client.send("POST", SETTINGS, headers, body)


def without(*permissions):
    return {"roles": {"1000": {"permissions": sorted(READING - set(permissions))}}}


def code_of(reply):
    return reply.json()["o:errorDetails"][0]["o:errorCode"]


def test_the_default_roles_have_what_they_need(sandbox):
    assert sandbox.client.ask("SELECT 1").status == 200
    assert Machine(sandbox).use().status == 200
    roles = sandbox.client.send("GET", SETTINGS).json()["roles"]
    assert "SuiteAnalytics Workbook" in roles["1000"]["permissions"]
    assert "Manage own OAuth 2.0 Client Credentials certificates" not in roles["1001"]["permissions"]
    assert roles["3"]["permissions"] == [one.value for one in Permission]


@pytest.mark.parametrize("permission", [Permission.REST_WEB_SERVICES, Permission.WORKBOOK])
def test_suiteql_asks_for_rest_web_services_and_suiteanalytics_workbook(sandbox, permission):
    assert change(sandbox, without(permission)).status == 200
    reply = sandbox.client.ask("SELECT 1")
    assert (reply.status, code_of(reply)) == (403, "INSUFFICIENT_PERMISSION")
    assert sandbox.engine.asked == []
    assert sandbox.client.signed("GET", SERVER_TIME).status == 200


def test_without_rest_web_services_no_record_is_found_or_missing(sandbox):
    change(sandbox, without(Permission.REST_WEB_SERVICES))
    reply = sandbox.client.signed("GET", "/services/rest/record/v1/customer")
    assert (reply.status, code_of(reply)) == (403, "INSUFFICIENT_PERMISSION")


def test_tokens_ask_for_one_of_two_permissions(sandbox):
    change(sandbox, without(Permission.TOKEN_LOGIN))
    assert sandbox.client.signed("GET", SERVER_TIME).status == 200
    change(sandbox, without(Permission.TOKEN_LOGIN, Permission.USER_TOKENS))
    assert sandbox.client.signed("GET", SERVER_TIME).status == 401
    assert sandbox.client.details()[-1] == "permission_denied"


def test_machines_ask_for_the_permission_to_log_in_by_oauth(sandbox):
    machine = Machine(sandbox)
    held = machine.ask().json()["access_token"]
    change(sandbox, without(Permission.OAUTH2_LOGIN))
    assert machine.ask().json() == {"error": "invalid_grant"}
    assert sandbox.client.send("GET", SERVER_TIME, {"Authorization": f"Bearer {held}"}).status == 401
    assert sandbox.client.details()[-2:] == ["EntityOrRoleDisabled"] * 2


def test_the_administrator_loses_nothing(sandbox):
    assert change(sandbox, {"roles": {"3": {"permissions": []}}}).status == 200
    token = sandbox.account.administrator_token()
    tba = {**sandbox.client.tba, "token_id": token.id, "token_secret": token.secret}
    assert sandbox.client.ask("SELECT 1", tba=tba).status == 200


@pytest.mark.parametrize("feature", list(Feature))
def test_a_feature_is_switched_off_and_on(sandbox, feature):
    app, machine = confidential(sandbox), Machine(sandbox)
    token = app.tokens()["access_token"]
    trials = {
        Feature.TOKEN_BASED: lambda: sandbox.client.signed("GET", SERVER_TIME),
        Feature.OAUTH2: lambda: app.use(token),
        Feature.REST_WEB_SERVICES: lambda: app.use(token),
    }
    assert change(sandbox, {"features": {feature.value: False}}).json()["features"][feature.value] is False
    assert trials[feature]().status == 401
    assert sandbox.client.details()[-1] == "FeatureDisabled"
    if feature is Feature.OAUTH2:
        assert machine.ask().json() == {"error": "unauthorized_client"}
    change(sandbox, {"features": {feature.value: True}})
    assert trials[feature]().status == 200


def test_people_and_roles_become_inactive(sandbox):
    assert change(sandbox, {"entities": {"12": {"active": False}}}).status == 200
    assert sandbox.client.signed("GET", SERVER_TIME).status == 401
    change(sandbox, {"entities": {"12": {"active": True}}, "roles": {"1000": {"active": False}}})
    assert sandbox.client.signed("GET", SERVER_TIME).status == 401
    change(sandbox, {"roles": {"1000": {"active": True}}})
    assert sandbox.client.signed("GET", SERVER_TIME).status == 200


@pytest.mark.parametrize(
    "document",
    [
        {"colours": {}},
        {"features": {"Time Travel": True}},
        {"features": {"OAuth 2.0": "no"}},
        {"features": []},
        {"roles": {"99": {"active": False}}},
        {"roles": {"1000": {"permissions": ["Fly"]}}},
        {"roles": {"1000": {"permissions": [[]]}}},
        {"roles": {"1000": {"permissions": "all"}}},
        {"roles": {"1000": {"name": "x"}}},
        {"roles": {"1000": {"active": 1}}},
        {"roles": {"1000": None}},
        {"entities": {"12": {"permissions": []}}},
        {"entities": {"12": {"password": "x"}}},
        [],
        "x",
        b"{",
        b"[" * 50_000,
    ],
)
def test_what_cannot_be_set_is_refused_and_nothing_changes(sandbox, document):
    before = sandbox.client.send("GET", SETTINGS).json()
    if isinstance(document, dict):
        document = {"entities": {"13": {"active": False}}, **document} if "entities" not in document else document
    assert change(sandbox, document).status == 400
    assert sandbox.client.send("GET", SETTINGS).json() == before


@pytest.mark.parametrize(
    "headers", [{}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}]
)
def test_a_web_page_s_form_sets_nothing(sandbox, headers):
    assert change(sandbox, {"features": {"OAuth 2.0": False}}, headers).status == 400
    assert Feature.OAUTH2 in sandbox.account.directory.features
