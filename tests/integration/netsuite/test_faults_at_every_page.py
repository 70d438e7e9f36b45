"""Every request may be refused, fail, stay silent or be cut off: all questions end whole, with requests counted and bounded."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from urllib.parse import urlsplit

import pytest

from connector.core.paged_query import page_query
from connector.core.select_list import read_select_list
from connector.egress import Egress, Origin
from connector.netsuite.account import AccountId
from connector.netsuite.session import Session
from connector.netsuite.suiteql import SuiteQL
from connector.netsuite.tba import TbaAuth, TokenCredentials
from connector.sandbox.server import running as sandbox_running
from connector.sandbox.serving import RunningSandbox
from tests.unit.netsuite.scripted_netsuite import Received, Scripted, ScriptedNetSuite, refusal
from tests.unit.netsuite.scripted_netsuite import running as scripted

QUERY = "SELECT tl.uniquekey, tl.memo, t.tranid FROM transactionline tl JOIN transaction t ON t.id = tl.transaction"
PERCENT = 20


class BadWeather:
    """Passes requests on to a sandbox; one in five meets a fault first."""

    def __init__(self, sandbox: RunningSandbox, seed: int) -> None:
        self.address = urlsplit(sandbox.url).netloc
        self.rng, self.lock = Random(seed), threading.Lock()
        self.faults = 0

    def __call__(self, request: Received) -> Scripted:
        with self.lock:
            fault = self.rng.randrange(5) if self.rng.randrange(100) < PERCENT else None
            self.faults += fault is not None
        if fault == 0:
            return refusal(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.")
        if fault == 1:
            return refusal(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: abc")
        if fault == 2:
            return Scripted(held=True)
        if fault == 3:
            return Scripted(503, b"<html><title>NetSuite - Maintenance</title></html>", {"Content-Type": "text/html"})
        passed = self.passed_on(request)
        return Scripted(passed.status, passed.body, passed.headers, cut=len(passed.body) // 2) if fault == 4 else passed

    def passed_on(self, request: Received) -> Scripted:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.request(request.method, request.target, request.body, dict(request.headers))
            reply = connection.getresponse()
            return Scripted(reply.status, reply.read(), {"Content-Type": reply.headers["Content-Type"]})
        finally:
            connection.close()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with sandbox_running(rows=6_000, seed=5) as sandbox:
        yield sandbox


@contextmanager
def suiteql_at(server: ScriptedNetSuite, sandbox: RunningSandbox) -> Iterator[SuiteQL]:
    account = AccountId.parse(sandbox.announcement["account"])
    egress = Egress("NetSuite", Origin.parse(server.url, configured=True), timeout=0.5)
    auth = TbaAuth(account.realm, TokenCredentials(**sandbox.announcement["tba"]))
    yield SuiteQL(Session(egress, auth), slots=2, page_size=200, pause=lambda _: None)
    egress.close()


def read_in_bad_weather(sandbox: RunningSandbox, seed: int) -> None:
    weather = BadWeather(sandbox, seed)
    with scripted(weather) as server, suiteql_at(server, sandbox) as suiteql:
        answer = suiteql.read(page_query(read_select_list(QUERY)))
        asked = len(server.received)
        server.released.set()
    keys = [int(row["uniquekey"]) for row in answer.rows]
    assert keys == sorted(set(keys))
    assert (len(keys), answer.all_pages, answer.consistent) == (6_000, True, True)
    assert answer.requests == asked
    pages = 6_000 // 200 + 3
    assert asked <= pages + weather.faults + 1
    assert weather.faults > 0


@pytest.mark.parametrize("seed", range(2))
def test_every_row_comes_through(sandbox, seed):
    read_in_bad_weather(sandbox, seed)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 30))
def test_every_row_comes_through_whatever_the_weather(sandbox, seed):
    read_in_bad_weather(sandbox, seed)
