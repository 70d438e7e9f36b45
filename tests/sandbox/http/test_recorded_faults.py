"""Every fault of the sandbox beside the recorded one: status, headers, body, and the order of its keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from wire_client import SERVER_TIME

import connector.sandbox
from connector.sandbox import faults
from connector.sandbox.company import generate
from connector.sandbox.profile import PROFILES
from connector.sandbox.table import Dataset

RECORDED = Path(connector.sandbox.__file__).parent / "recorded"
LEAD = "Invalid search query. Detailed unprocessed description follows. "


def recorded(name):
    return json.loads((RECORDED / f"{name}.json").read_text())


def same(answer_or_reply, name):
    expected = recorded(name)
    assert answer_or_reply.status == expected["status"]
    headers = {key.lower(): value for key, value in answer_or_reply.headers.items()}
    for key, value in expected["headers"].items():
        assert headers[key.lower()] == value
    body = answer_or_reply.body.decode()
    assert json.dumps(json.loads(body)) == json.dumps(expected["body"])
    if "text" in expected:
        assert body == expected["text"]


REFUSED_QUERIES = {
    "400-unknown-identifier": "SELECT id, subsidiary FROM transaction",
    "400-invalid-search-type": "SELECT id FROM TransactionTableThatDoesNotExist",
    "400-unsupported-search": "SELECT id FROM transaction LIMIT 5",
    "400-field-not-found": "SELECT tal.class FROM TransactionAccountingLine tal",
}
ANSWERS = {
    # No account of the sandbox lacks a record yet.
    "400-record-not-found": lambda: faults.query_refused(
        f"{LEAD}Search error occurred: Record 'customer' was not found."
    ),
    "400-invalid-content": faults.invalid_content,
    "400-rest-bearer-malformed": lambda: faults.malformed_bearer("123456"),
    "401-rest-tba": lambda: faults.login_refused(faults.token_challenge("9910981_SB1")),
    "401-rest-bearer": lambda: faults.login_refused(faults.bearer_challenge("123456")),
    "403-insufficient-permission": faults.insufficient_permission,
    "404-record-type": lambda: faults.no_such_record_type("bad-path"),
    "429-concurrency": faults.too_many_requests,
    "500-unexpected": lambda: faults.unexpected("jrgbpyylphhishmmlxyt"),
    "restlet-invalid-login": faults.restlet_login_refused,
    "restlet-invalid-script": faults.restlet_invalid_script,
    "restlet-limit-exceeded": faults.restlet_too_many_requests,
    "token-invalid-client": lambda: faults.token_fault("invalid_client", "123456"),
    "token-invalid-grant": lambda: faults.token_fault("invalid_grant", "123456"),
    "token-invalid-request": lambda: faults.token_fault("invalid_request", "123456"),
    "token-invalid-scope": lambda: faults.token_fault("invalid_scope", "123456"),
    "token-unauthorized-client": lambda: faults.token_fault("unauthorized_client", "123456"),
    "token-unsupported-grant-type": lambda: faults.token_fault("unsupported_grant_type", "123456"),
}
"""What the sandbox can say already; the records' own faults are recorded for the client."""


@pytest.mark.parametrize("name", ANSWERS)
def test_the_sandbox_says_what_was_recorded(name):
    same(ANSWERS[name](), name)


def test_every_recording_names_its_source():
    for file in RECORDED.glob("*.json"):
        assert {"source", "status", "headers", "body"} <= json.loads(file.read_text()).keys(), file.name


@pytest.fixture(scope="module")
def recorded_account() -> Dataset:
    """A company like the recorded one: its transactions have no subsidiary."""
    return generate(lines=200, profile=PROFILES["no-oneworld"]).dataset()


@pytest.mark.parametrize("name", REFUSED_QUERIES)
def test_a_query_is_refused_as_recorded(start, recorded_account, name):
    same(start(data=recorded_account).client.ask(REFUSED_QUERIES[name]), name)


def test_an_unknown_record_type_is_answered_as_recorded(sandbox):
    same(sandbox.client.signed("GET", "/services/rest/record/v1/bad-path"), "404-record-type")
    same(sandbox.client.signed("GET", "/services/rest/record/v1/bad-path/1?expandSubResources=true"), "404-record-type")


def test_governance_is_for_administrators(sandbox):
    path = "/services/rest/system/v1/governanceLimits"
    same(sandbox.client.signed("GET", path), "403-insufficient-permission")
    token = sandbox.account.administrator_token()
    tba = {**sandbox.client.tba, "token_id": token.id, "token_secret": token.secret}
    assert sandbox.client.signed("GET", path, tba=tba).json() == {
        "accountConcurrencyLimit": 5,
        "accountUnallocatedConcurrencyLimit": 5,
        "integrationLimitType": "accountLimit",
    }


def test_a_fault_of_the_server_has_an_id_that_the_log_knows(sandbox, caplog):
    def break_down() -> None:
        raise RuntimeError("the disk is full of secrets")

    sandbox.engine.before = break_down
    reply = sandbox.client.ask("SELECT 1")
    detail = reply.json()["o:errorDetails"][0]["detail"]
    error_id = detail.removeprefix("An unexpected error occurred. Error ID: ")
    expected = json.dumps(recorded("500-unexpected")["body"]).replace("jrgbpyylphhishmmlxyt", error_id)
    assert (reply.status, json.dumps(reply.json())) == (500, expected)
    assert (len(error_id), error_id.isalpha(), error_id.islower()) == (20, True, True)
    assert error_id in caplog.text
    assert "disk is full" in caplog.text
    sandbox.engine.before = lambda: None
    assert sandbox.client.signed("GET", SERVER_TIME).status == 200
