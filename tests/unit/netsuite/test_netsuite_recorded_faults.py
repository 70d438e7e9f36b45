"""Each fault on record, next to the error a user gets for it. A recording without a row here fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import connector
from connector.egress import Origin, Reply
from connector.netsuite.faults import fault_of, token_fault

_FOLDER = Path(connector.__file__).parent / "sandbox" / "recorded"
RECORDED = {path.stem: json.loads(path.read_text()) for path in sorted(_FOLDER.glob("*.json"))}
ORIGIN = Origin("https", "1234567.suitetalk.api.netsuite.com", 443)

# Recording: code, whether it is asked again, a piece of the message, a piece of the remedy.
MEANING = {
    "400-concurrency": ("CONCURRENCY_LIMIT", True, "limit of concurrent requests", "Integration Governance"),
    "400-field-not-found": ("UNKNOWN_COLUMN", False, "column class of TransactionAccountingLine", "Records Catalog"),
    "400-invalid-content": ("QUERY_REFUSED", False, "Invalid content in the request body", "Correct"),
    "400-invalid-field-value": ("QUERY_REFUSED", False, "Invalid Field Value 9999", "Correct"),
    "400-invalid-search-type": ("UNKNOWN_TABLE", False, "transactiontablethatdoesnotexist", "Records Catalog"),
    "400-record-not-found": ("UNKNOWN_TABLE", False, "customer", "Enable Features"),
    "400-rest-bearer-malformed": ("LOGIN_REFUSED", False, "access token", "Login Audit Trail"),
    "400-transaction-type": ("QUERY_REFUSED", False, "Transaction type specified is incorrect", "Correct"),
    "400-unknown-identifier": ("UNKNOWN_COLUMN", False, "subsidiary", "OneWorld"),
    "400-unsupported-search": ("UNSUPPORTED_SQL", False, "Invalid or unsupported search", "LISTAGG"),
    "401-rest-bearer": ("LOGIN_REFUSED", False, "access token", "Login Audit Trail"),
    "401-rest-tba": ("LOGIN_REFUSED", False, "9910981_SB1", "Login Audit Trail"),
    "403-insufficient-permission": ("INSUFFICIENT_PERMISSION", False, "Permission Violation", "Manage Roles"),
    "404-record-instance": ("NETSUITE_ERROR", False, "The record instance does not exist", "administrator"),
    "404-record-type": ("NETSUITE_ERROR", False, "'bad-path' does not exist", "administrator"),
    "429-concurrency": ("CONCURRENCY_LIMIT", True, "limit of concurrent requests", "Integration Governance"),
    "500-unexpected": ("SERVER_FAULT", True, "Error ID: jrgbpyylphhishmmlxyt", "status.netsuite.com"),
    "restlet-invalid-login": ("LOGIN_REFUSED", False, "Invalid login attempt", "Login Audit Trail"),
    "restlet-invalid-script": ("QUERY_REFUSED", False, "That Suitelet is invalid", "Correct"),
    "restlet-limit-exceeded": ("CONCURRENCY_LIMIT", True, "limit of concurrent requests", "Integration Governance"),
    "token-invalid-client": ("INVALID_CLIENT", False, "client id", "Manage Integrations"),
    "token-invalid-grant": ("INVALID_GRANT", False, "assertion", "M2M"),
    "token-invalid-request": ("INVALID_REQUEST", False, "request for a token", "Login Audit Trail"),
    "token-invalid-scope": ("INVALID_SCOPE", False, "scopes", "REST Web Services"),
    "token-unauthorized-client": ("UNAUTHORIZED_CLIENT", False, "client credentials", "Machine To Machine"),
    "token-unsupported-grant-type": ("UNSUPPORTED_GRANT_TYPE", False, "client credentials", "Machine To Machine"),
}


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_fault_becomes_its_error(name):
    recorded = RECORDED[name]
    body = recorded.get("text") or json.dumps(recorded["body"])
    headers = {header.lower(): value for header, value in recorded["headers"].items()}
    reply = Reply(recorded["status"], headers, body.encode())
    error = (token_fault(reply) if name.startswith("token-") else None) or fault_of(reply, ORIGIN)
    code, retryable, message, remedy = MEANING[name]
    assert (error.code, error.retryable) == (code, retryable)
    assert message in error.message
    assert remedy in error.remedy


def test_every_meaning_has_its_recording():
    assert set(MEANING) <= set(RECORDED)
