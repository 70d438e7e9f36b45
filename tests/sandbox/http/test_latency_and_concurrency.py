"""The shortest time of a request, and the limit of requests at once, when both are in force."""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from test_recorded_faults import same
from test_services import RESTLET
from wire_client import SERVER_TIME, SUITEQL, connect, exchange

LATENCY = 0.1


def test_whoever_finds_no_slot_is_refused_however_many_come(start):
    sandbox = start(concurrency=5, latency=2.0)
    body = json.dumps({"q": "SELECT 1"}).encode()
    signed = [sandbox.client.authorization("POST", SUITEQL) for _ in range(120)]

    def ask(authorization: str) -> tuple[int, float]:
        connection = connect(sandbox.running)
        begun = time.monotonic()
        try:
            headers = {"Authorization": authorization, "Prefer": "transient"}
            return exchange(connection, "POST", SUITEQL, headers, body).status, time.monotonic() - begun
        finally:
            connection.close()

    with ThreadPoolExecutor(120) as pool:
        outcomes = list(pool.map(ask, signed))
    assert Counter(status for status, _ in outcomes) == {200: 5, 429: 115}
    assert min(seconds for _, seconds in outcomes) >= 2.0


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "status"),
    [
        ("GET", "/", {}, None, 200),
        ("GET", "/sandbox/books", {}, None, 200),
        ("GET", "/sandbox/login-audit-trail", {}, None, 200),
        ("GET", "/app/setup/oauth2clientcredentials.nl", {}, None, 200),
        ("GET", "/nowhere", {}, None, 404),
        ("GET", SERVER_TIME, {}, None, 401),
        ("GET", RESTLET, {}, None, 400),
        ("GET", SERVER_TIME, {"Host": "evil.example"}, None, 421),
        ("POST", SUITEQL, {}, b"x" * 2**20 + b"x", 413),
        ("POST", SUITEQL, {"Content-Length": "-1"}, b"", 400),
        ("POST", "/services/rest/auth/oauth2/v1/token", {}, b"", 400),
        ("get", "/", {}, None, 400),
    ],
)
def test_no_answer_comes_sooner_than_the_latency(start, method, target, headers, body, status):
    sandbox = start(latency=LATENCY)
    sandbox.client.connection.connect()
    begun = time.monotonic()
    reply = sandbox.client.send(method, target, headers, body)
    assert (reply.status, time.monotonic() - begun >= LATENCY) == (status, True)
    sandbox.client.connection.close()
    assert sandbox.client.send("GET", "/sandbox/books").json() == {"lines": 3}


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_whoever_is_let_in_takes_the_latency_once(start, tls):
    sandbox = start(latency=1.0, tls=tls)
    sandbox.client.connection.connect()
    begun = time.monotonic()
    assert sandbox.client.ask("SELECT 1").status == 200
    assert 1.0 <= time.monotonic() - begun < 2.0


def test_a_client_is_asked_for_its_body_at_once(start):
    sandbox = start(latency=30.0)
    parts = urlsplit(sandbox.running.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        head = f"POST {SUITEQL} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_clients_that_say_nothing_keep_nobody_out(start, tls):
    sandbox = start(tls=tls)
    sandbox.client.connection.close()
    parts = urlsplit(sandbox.running.url)
    silent = [socket.create_connection((parts.hostname, parts.port)) for _ in range(60)]
    begun = time.monotonic()
    try:
        assert sandbox.client.signed("GET", SERVER_TIME).status == 200
    finally:
        for connection in silent:
            connection.close()
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"\x16\x03\x01\x00\x05nonsense", b""])
def test_a_client_that_speaks_no_tls_is_left_and_others_are_served(start, said, capfd):
    sandbox = start(tls=True)
    parts = urlsplit(sandbox.running.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        heard = b""
        with suppress(OSError):  # the sandbox may have left already
            connection.sendall(said)
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            heard = b"".join(iter(lambda: connection.recv(4096), b""))
        assert b"HTTP/1.1 200" not in heard
    assert sandbox.client.signed("GET", SERVER_TIME).status == 200
    assert "Traceback" not in capfd.readouterr().err


def test_half_a_handshake_holds_up_nobody_else(start):
    sandbox = start(tls=True)
    parts = urlsplit(sandbox.running.url)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01")
        begun = time.monotonic()
        assert sandbox.client.signed("GET", SERVER_TIME).status == 200
        assert time.monotonic() - begun < 3


def test_a_refusal_for_want_of_a_slot_is_the_recorded_one_with_latency_too(start):
    sandbox = start(concurrency=1, latency=LATENCY)
    with sandbox.account.gate.slot():
        same(sandbox.client.signed("GET", SERVER_TIME), "429-concurrency")
        same(sandbox.client.signed("GET", RESTLET), "restlet-limit-exceeded")
