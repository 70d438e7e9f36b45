"""A request's body is read whole or refused, and what is left of a refused one is no next request."""

from __future__ import annotations

import json

import pytest
from wire_client import SERVER_TIME, SUITEQL, raw_exchange

from connector.sandbox.directory import Login, Scope

MEBIBYTE = 2**20
RESTLET = "/app/site/hosting/restlet.nl?script=1&deploy=1"
NEXT = b"GET /sandbox/books HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def request(sandbox, body: bytes, framing: str, target: str = SUITEQL, method: str = "POST") -> bytes:
    account = sandbox.account
    token = account.access_tokens.issue(
        Login(account.integration, account.reader, account.reader_role, frozenset(Scope))
    )
    head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nPrefer: transient\r\n"
    return f"{head}{framing}\r\n\r\n".encode() + body


def chunks(body: bytes, size: int) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def answers(sandbox, sent: bytes) -> list[tuple[int, bytes]]:
    """Status and body of every answer, until the sandbox closes the connection."""
    found, rest = [], raw_exchange(sandbox.running, sent)
    while rest:
        head, _, rest = rest.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        found.append((int(head.split()[1]), rest[:length]))
        rest = rest[length:]
    return found


def error_code(body: bytes) -> str:
    return json.loads(body)["o:errorDetails"][0]["o:errorCode"]


@pytest.mark.parametrize("size", [8192, 2 * MEBIBYTE])
@pytest.mark.parametrize("beyond", [1, MEBIBYTE])
def test_more_than_a_mebibyte_in_chunks_is_refused_and_the_connection_closed(sandbox, size, beyond):
    body = b'{"q":"SELECT 1"}'.ljust(MEBIBYTE + beyond)
    ((status, answer),) = answers(sandbox, request(sandbox, chunks(body, size), "Transfer-Encoding: chunked") + NEXT)
    assert (status, error_code(answer)) == (413, "REQUEST_TOO_LARGE")
    assert sandbox.engine.asked == []


def test_a_chunk_that_announces_more_than_memory_holds_is_refused_at_once(sandbox):
    ((status, _),) = answers(sandbox, request(sandbox, b"fffffffffff\r\n", "Transfer-Encoding: chunked"))
    assert status == 413


def test_a_mebibyte_in_chunks_is_read_to_its_end(sandbox):
    body = b'{"q":' + b" " * (MEBIBYTE - 16) + b'"SELECT 1"}'
    assert len(body) == MEBIBYTE
    sent = request(sandbox, chunks(body, 65536), "Transfer-Encoding: chunked") + NEXT
    assert [status for status, _ in answers(sandbox, sent)] == [200, 200]
    assert sandbox.engine.asked == [("SELECT 1", [])]


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        ("Content-Length: -5", b""),
        ("Content-Length: +5", b"12345"),
        ("Transfer-Encoding: chunked", b"zz\r\nabc\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", b"3\r\nabcdef\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", b"\r\n"),
    ],
)
def test_a_body_without_a_clear_end_is_refused_in_the_service_s_own_form(sandbox, framing, body):
    sent = request(sandbox, body, framing) + NEXT
    ((status, answer),) = answers(sandbox, sent)
    assert (status, error_code(answer)) == (400, "INVALID_CONTENT")
    ((status, answer),) = answers(sandbox, request(sandbox, body, framing, RESTLET) + NEXT)
    assert (status, json.loads(answer)["error"]["code"]) == (400, "INVALID_REQUEST")


def test_a_refused_request_s_body_is_not_the_next_request(sandbox):
    head = b"POST /services/rest/x HTTP/1.1\r\nHost: evil.example\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert [status for status, _ in answers(sandbox, head + chunks(NEXT, 65536) + NEXT)] == [421, 200]


@pytest.mark.parametrize("address", ["127.0.0.1", "1234567-sb1.suitetalk.api.netsuite.com"])
def test_a_target_may_be_an_absolute_uri_whose_host_counts(sandbox, address):
    target = f"https://{address}{SERVER_TIME}?a=1"
    signed = sandbox.client.authorization("GET", "", base=target)
    head = f"GET {target} HTTP/1.1\r\nHost: evil.example\r\nAuthorization: {signed}\r\nConnection: close\r\n\r\n"
    ((status, _),) = answers(sandbox, head.encode())
    assert (status, sandbox.client.details()) == (200, [""])


@pytest.mark.parametrize("target", ["http://evil.example/sandbox/books", "ftp://127.0.0.1/", "http:///sandbox/books"])
def test_an_absolute_uri_of_another_machine_is_refused(sandbox, target):
    head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    ((status, _),) = answers(sandbox, head.encode())
    assert status == 421
