"""Every fault NetSuite is known to answer: one error with code, cause and where to look.

Bodies are those of the reference: Oracle's pages 156570709583, 158521832417 and 4634920277, and what clients recorded.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.egress import Origin, Reply
from connector.errors import (
    BusyError,
    ConnectorError,
    LoginRefusedError,
    QueryRefusedError,
    RemoteError,
    UnavailableError,
    UnreadableError,
)
from connector.netsuite.faults import fault_of, token_fault

ORIGIN = Origin("https", "1234567.suitetalk.api.netsuite.com", 443)
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
INVALID_LOGIN = {
    "type": "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.2",
    "title": "Unauthorized",
    "status": 401,
    "o:errorDetails": [
        {
            "detail": "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at "
            "Setup > Users/Roles > User Management > View Login Audit Trail.",
            "o:errorCode": "INVALID_LOGIN",
        }
    ],
}


def reply(status: int, body: object = b"", **headers: str) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


def rest(status: int, code: str, detail: str, **headers: str) -> Reply:
    return reply(status, {"status": status, "o:errorDetails": [{"detail": detail, "o:errorCode": code}]}, **headers)


def refused(sentence: str, query: str = "") -> ConnectorError:
    detail = f"Invalid search query. Detailed unprocessed description follows. {sentence}"
    return fault_of(rest(400, "INVALID_PARAMETER", detail), ORIGIN, query=query)


def fault(answer: Reply) -> ConnectorError:
    return fault_of(answer, ORIGIN, now=NOW.timestamp())


class TestLogin:
    def test_a_tba_refusal_points_at_the_login_audit_trail(self):
        error = fault(reply(401, INVALID_LOGIN, www_authenticate='OAuth realm="9910981_SB1", error="token_rejected"'))
        assert isinstance(error, LoginRefusedError)
        assert (error.code, error.retryable) == ("LOGIN_REFUSED", False)
        assert "9910981_SB1" in error.message
        assert "View Login Audit Trail" in error.remedy

    def test_a_bearer_refusal_speaks_of_the_token(self):
        error = fault(reply(401, INVALID_LOGIN, www_authenticate='Bearer realm="123456", error="invalid_token"'))
        assert isinstance(error, LoginRefusedError)
        assert "access token" in error.message
        assert "View Login Audit Trail" in error.remedy

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_restlet_says_it_in_another_form(self, status):
        body = b'{"error" : {"code" : "INVALID_LOGIN_ATTEMPT", "message" : "Invalid login attempt."}}'
        assert isinstance(fault(reply(status, body)), LoginRefusedError)

    @pytest.mark.parametrize(("seconds", "words"), [(900, "900 seconds ahead of"), (-900, "900 seconds behind")])
    def test_a_clock_that_is_off_is_named_as_the_cause(self, seconds, words):
        date = format_datetime(NOW, usegmt=True)
        error = fault_of(reply(401, INVALID_LOGIN, date=date), ORIGIN, now=NOW.timestamp() + seconds)
        assert isinstance(error, LoginRefusedError)
        assert (error.code, error.retryable) == ("CLOCK_SKEW", False)
        assert words in error.message

    @pytest.mark.parametrize("date", [None, "", "yesterday", "Sun, 99 Foo 2026", format_datetime(NOW, usegmt=True)])
    def test_a_clock_that_is_right_or_unknown_is_not(self, date):
        headers = {} if date is None else {"date": date}
        assert fault(reply(401, INVALID_LOGIN, **headers)).code == "LOGIN_REFUSED"


class TestToken:
    """Oracle subsect_158521832417: {"error": "<value>"}."""

    @pytest.mark.parametrize(
        ("status", "error", "where"),
        [
            (401, "invalid_client", "Setup > Integration > Manage Integrations"),
            (400, "invalid_grant", "OAuth 2.0 Client Credentials (M2M) Setup"),
            (400, "invalid_scope", "Setup > Integration > Manage Integrations"),
            (400, "unauthorized_client", "Client Credentials (Machine To Machine) Grant"),
            (400, "unsupported_grant_type", "Client Credentials (Machine To Machine) Grant"),
            (400, "invalid_request", "View Login Audit Trail"),
        ],
    )
    def test_each_error_has_its_place_in_netsuite(self, status, error, where):
        found = token_fault(reply(status, {"error": error}), now=NOW.timestamp())
        assert isinstance(found, LoginRefusedError)
        assert (found.code, found.retryable) == (error.upper(), False)
        assert where in found.remedy

    def test_a_clock_that_is_off_is_named_as_the_cause(self):
        answer = reply(400, {"error": "invalid_grant"}, date=format_datetime(NOW, usegmt=True))
        found = token_fault(answer, now=NOW.timestamp() + 3600)
        assert found is not None
        assert found.code == "CLOCK_SKEW"

    @pytest.mark.parametrize(
        "body", [b"", b"<html>", b"[]", b'{"error": {"code": "X"}}', b'{"error": "new_one"}', b"{}"]
    )
    def test_another_form_is_left_to_the_general_mapping(self, body):
        assert token_fault(reply(400, body)) is None


class TestBusy:
    @pytest.mark.parametrize("status", [429, 400, 500, 401, 403])
    @pytest.mark.parametrize("code", ["CONCURRENCY_LIMIT_EXCEEDED", "SSS_REQUEST_LIMIT_EXCEEDED", "WS_REQUEST_BLOCKED"])
    def test_the_code_decides_whatever_the_status(self, status, code):
        error = fault(rest(status, code, "Concurrent request limit exceeded. Request blocked."))
        assert isinstance(error, BusyError)
        assert (error.code, error.retryable, error.retry_after) == ("CONCURRENCY_LIMIT", True, None)
        assert "Integration Governance" in error.remedy

    def test_a_restlet_says_it_with_400(self):
        error = fault(reply(400, {"error": {"code": "SSS_REQUEST_LIMIT_EXCEEDED", "message": "Límite"}}))
        assert isinstance(error, BusyError)

    @pytest.mark.parametrize("body", [b"", b"<html></html>", b"{"])
    def test_429_says_it_without_a_readable_body(self, body):
        assert isinstance(fault(reply(429, body)), BusyError)

    @pytest.mark.parametrize(
        ("header", "seconds"), [("7", 7.0), ("0", 0.0), ("-1", None), ("soon", None), ("9" * 30, None), ("", None)]
    )
    def test_a_pause_that_is_asked_for_is_kept(self, header, seconds):
        assert fault(reply(429, b"", retry_after=header)).retry_after == seconds


class TestPermission:
    def test_a_missing_permission_names_the_page_of_roles(self):
        error = fault(rest(403, "INSUFFICIENT_PERMISSION", "Permission Violation: You need a higher permission."))
        assert type(error) is RemoteError
        assert (error.code, error.retryable) == ("INSUFFICIENT_PERMISSION", False)
        assert "Permission Violation" in error.message
        for words in ("Setup > Users/Roles > Manage Roles", "REST Web Services", "Log in using"):
            assert words in error.remedy

    def test_a_firewalls_page_is_no_permission(self):
        error = fault(reply(403, b"<html><head><title>Access Denied</title></head></html>"))
        assert (error.code, "Access Denied" in error.message) == ("WEB_PAGE", True)


class TestQuery:
    def test_an_unknown_column_is_named_with_what_is_in_scope(self):
        error = refused(
            "Search error occurred: Unknown identifier 'subsidiary'. Available identifiers are: {transaction=transaction}."
        )
        assert isinstance(error, QueryRefusedError)
        assert (error.code, error.retryable) == ("UNKNOWN_COLUMN", False)
        assert "subsidiary" in error.message
        assert "transaction=transaction" in error.message

    def test_a_long_list_of_identifiers_is_cut(self):
        names = ", ".join(f"c{number}=c{number}" for number in range(500))
        error = refused(f"Search error occurred: Unknown identifier 'x'. Available identifiers are: {{{names}}}.")
        assert error.code == "UNKNOWN_COLUMN"
        assert "c1=c1" in error.message
        assert len(error.message) < 700

    def test_a_field_of_a_record_is_named(self):
        error = refused("Field 'class' for record 'TransactionAccountingLine' was not found")
        assert error.code == "UNKNOWN_COLUMN"
        assert "class" in error.message
        assert "TransactionAccountingLine" in error.message

    def test_an_unknown_table_is_named(self):
        error = refused("Invalid search type: transactiontablethatdoesnotexist.")
        assert error.code == "UNKNOWN_TABLE"
        assert "transactiontablethatdoesnotexist," in error.message

    def test_a_hidden_table_points_at_permission_and_feature(self):
        error = refused("Search error occurred: Record 'customer' was not found.")
        assert error.code == "UNKNOWN_TABLE"
        assert "customer" in error.message
        assert "Manage Roles" in error.remedy
        assert "Enable Features" in error.remedy

    def test_unsupported_sql_explains_limit_where_the_query_has_one(self):
        sentence = "Search error occurred: Invalid or unsupported search."
        assert "FETCH FIRST" in refused(sentence, "SELECT id FROM customer\nlimit 10").remedy
        assert "FETCH FIRST" not in refused(sentence, "SELECT creditlimit FROM customer").remedy
        assert refused(sentence).code == "UNSUPPORTED_SQL"

    def test_another_refusal_keeps_netsuites_words(self):
        error = fault(rest(400, "INVALID_PARAMETER", "Invalid value for the resource or sub-resource field 'offset'."))
        assert error.code == "QUERY_REFUSED"
        assert "sub-resource field 'offset'" in error.message

    def test_the_code_decides_where_the_status_is_another(self):
        assert fault(rest(422, "INVALID_PARAMETER", "Invalid search type: x.")).code == "UNKNOWN_TABLE"


class TestServer:
    def test_an_unexpected_error_keeps_its_id(self):
        error = fault(rest(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: jrgbpyylphhishmmlxyt"))
        assert isinstance(error, UnavailableError)
        assert error.retryable
        assert "jrgbpyylphhishmmlxyt" in error.message

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_no_reason_is_told_as_such(self, status):
        error = fault(reply(status))
        assert isinstance(error, UnavailableError)
        assert error.retryable
        assert str(status) in error.message

    @pytest.mark.parametrize("status", [200, 404, 502, 503])
    @pytest.mark.parametrize("start", [b"<!DOCTYPE html>\n<html>", b"<html lang='en'>", b"\n <HTML>"])
    def test_a_web_page_is_told_by_its_title_and_never_shown(self, status, start):
        page = start + b"<head><title>\n Scheduled\tMaintenance </title></head><body><script>x</script></body></html>"
        error = fault(reply(status, page))
        assert isinstance(error, UnavailableError)
        assert error.code == "WEB_PAGE"
        assert "'Scheduled Maintenance'" in error.message
        assert "<" not in error.message

    def test_a_service_that_is_not_there_names_the_feature(self):
        error = fault(reply(404, b""))
        assert (error.code, error.retryable) == ("NO_SERVICE", False)
        assert "Enable Features" in error.remedy

    @pytest.mark.parametrize("detail", [b"null", b'""'])
    def test_a_refusal_without_a_reason_says_that(self, detail):
        error = fault(reply(400, b'{"o:errorDetails": [{"detail": ' + detail + b', "o:errorCode": null}]}'))
        assert isinstance(error, QueryRefusedError)
        assert "no reason given" in error.message
        assert "Records Catalog" in error.remedy

    def test_a_redirect_names_the_wrong_host_and_not_its_target(self):
        error = fault(reply(302, b"", location="https://evil.example/?secret"))
        assert (error.code, error.retryable) == ("REDIRECTED", False)
        assert "evil" not in error.message
        assert "Company URLs" in error.remedy

    @pytest.mark.parametrize(
        "body", [b"", b"{", b'{"o:errorDetails": [', b"plain words", b"[]", b"null", b"3", b"\xff"]
    )
    @pytest.mark.parametrize("status", [204, 400, 410])
    def test_a_body_that_cannot_be_read_says_so(self, status, body):
        error = fault(reply(status, body))
        assert isinstance(error, UnreadableError)
        assert str(status) in error.message

    def test_an_unknown_fault_keeps_its_words_without_control_characters(self):
        error = fault(rest(404, "NONEXISTENT_ID", "The record\r\ninstance\x1b[31m does\u202enot exist." + "x" * 2000))
        assert "The record instance [31m does not exist." in error.message
        assert error.message.isprintable()
        assert len(error.message) < 600


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["o:errorDetails", "detail", "o:errorCode", "error", "code", "message", "x"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.integers(100, 599), _JSON.map(lambda body: json.dumps(body).encode()) | st.binary(max_size=60))
def test_every_answer_becomes_one_error_that_can_be_shown(status, body):
    for error in (fault_of(reply(status, body), ORIGIN), token_fault(reply(status, body))):
        if error is not None:
            assert error.message.isprintable()
            assert error.remedy
            assert error.code.isupper()
