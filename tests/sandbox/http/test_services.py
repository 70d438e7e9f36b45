"""Hosts, the small services, and the limit of concurrent requests."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest
from test_recorded_faults import same
from wire_client import SERVER_TIME, SUITEQL, WireClient

from connector.sandbox.account import REDIRECT_URIS

RESTLET = "/app/site/hosting/restlet.nl?script=1&deploy=1"
SUITETALK = "1234567-sb1.suitetalk.api.netsuite.com"
RESTLETS = "1234567-sb1.restlets.api.netsuite.com"
PAGES = "1234567-sb1.app.netsuite.com"


def test_server_time_is_the_account_s_in_utc(sandbox):
    sandbox.clock.now = 1743006060.5
    reply = sandbox.client.signed("GET", SERVER_TIME)
    assert reply.json() == {"serverTime": "2025-03-26T16:21:00.500Z"}
    assert parsedate_to_datetime(reply.headers["date"]).timestamp() == 1743006060


def test_options_anywhere_is_the_connection_test(sandbox):
    for path in ("/services/rest/*", "/services/rest/query/v1/suiteql", "/services/rest/any/thing"):
        reply = sandbox.client.signed("OPTIONS", path)
        assert (reply.status, reply.body) == (204, b"")
    assert sandbox.client.send("OPTIONS", "/services/rest/*").status == 401


def test_a_path_that_is_no_service_is_not_found(sandbox):
    reply = sandbox.client.signed("GET", "/services/rest/no/such")
    assert (reply.status, reply.json()["title"]) == (404, "Not Found")
    assert sandbox.client.send("GET", "/nowhere").status == 404


def test_the_account_s_hosts_answer_by_name_and_their_signature_is_over_https(sandbox):
    base = f"https://{SUITETALK}"
    reply = sandbox.client.ask("SELECT 2", page="?limit=1", base=base)
    assert reply.status == 401  # the Host header said 127.0.0.1
    target = f"{SUITEQL}?limit=1"
    signed = {"Authorization": sandbox.client.authorization("POST", target, base=base), "Prefer": "transient"}
    reply = sandbox.client.send("POST", target, {"Host": SUITETALK, **signed}, b'{"q":"SELECT 2"}')
    assert reply.json()["links"][0]["href"] == f"{base}{SUITEQL}?limit=1&offset=1"


@pytest.mark.parametrize(
    ("host", "base"),
    [
        (f"{SUITETALK}:443", f"https://{SUITETALK}"),
        (SUITETALK.upper(), f"https://{SUITETALK}"),
        (f"{SUITETALK}:8443", f"https://{SUITETALK}:8443"),
    ],
)
def test_the_default_port_is_dropped_and_another_kept(sandbox, host, base):
    signed = {"Authorization": sandbox.client.authorization("GET", SERVER_TIME, base=base)}
    assert sandbox.client.send("GET", SERVER_TIME, {"Host": host, **signed}).status == 200


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        (RESTLETS, SERVER_TIME, 404),
        (PAGES, SERVER_TIME, 404),
        (SUITETALK, RESTLET, 403),
        (RESTLETS, RESTLET, 400),
        (RESTLETS, "/app/site/hosting/restlet.nl.x", 404),
        (SUITETALK, SERVER_TIME, 200),
    ],
)
def test_a_host_serves_its_own_paths_alone(sandbox, host, path, status):
    signed = {"Authorization": sandbox.client.authorization("GET", path, base=f"https://{host}")}
    assert sandbox.client.send("GET", path, {"Host": host, **signed}).status == status


@pytest.mark.parametrize(
    "host", ["1234567_sb1.suitetalk.api.netsuite.com", "7654321.suitetalk.api.netsuite.com", "system.netsuite.com"]
)
def test_another_account_s_host_is_a_failed_login(sandbox, host):
    signed = {"Authorization": sandbox.client.authorization("GET", SERVER_TIME, base=f"https://{host}")}
    assert sandbox.client.send("GET", SERVER_TIME, {"Host": host, **signed}).status == 401
    assert sandbox.client.details() == []


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "localhost:99999", "a b", ""]
)
def test_a_foreign_name_for_this_machine_is_refused(sandbox, host):
    assert sandbox.client.send("GET", "/sandbox/books", {"Host": host}).status in (400, 421)


@pytest.mark.parametrize("path", ["/app/site/hosting/restlet.nlx", "/app/site/hosting/restlet.nl/1"])
def test_a_path_that_only_begins_like_the_restlets_is_another(sandbox, path):
    reply = sandbox.client.signed("GET", path)
    assert (reply.status, reply.json()["title"]) == (404, "Not Found")
    assert sandbox.client.details() == []


def test_one_slot_too_many_is_blocked_on_rest_and_on_restlets(start):
    sandbox = start(concurrency=2)
    inside, leave = threading.Barrier(3, timeout=10), threading.Event()

    def hold() -> None:
        inside.wait()
        leave.wait(10)

    sandbox.engine.before = hold

    def ask() -> int:
        with WireClient(sandbox.running, sandbox.clock) as client:
            return client.ask("SELECT 1").status

    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(ask) for _ in range(2)]
        inside.wait()
        try:
            same(sandbox.client.signed("GET", SERVER_TIME), "429-concurrency")
            same(sandbox.client.signed("GET", RESTLET), "restlet-limit-exceeded")
            assert sandbox.client.send("GET", SERVER_TIME).status == 401
        finally:
            leave.set()
        assert [one.result() for one in held] == [200, 200]
    assert sandbox.client.signed("GET", SERVER_TIME).status == 200


def test_a_slot_is_given_back_when_the_engine_fails(start):
    sandbox = start(concurrency=1)

    def break_down() -> None:
        raise RuntimeError

    sandbox.engine.before = break_down
    assert [sandbox.client.ask("SELECT 1").status for _ in range(3)] == [500] * 3
    assert sandbox.client.signed("GET", SERVER_TIME).status == 200


def test_tls_speaks_for_every_host_of_the_account(start):
    sandbox = start(tls=True)
    assert sandbox.running.url.startswith("https://")
    assert sandbox.client.ask("SELECT 1").json()["count"] == 1
    links = sandbox.client.ask("SELECT 2", page="?limit=1").json()["links"]
    assert links[0]["href"].startswith(sandbox.running.url)


def test_a_connection_is_kept_alive(sandbox):
    sandbox.client.signed("GET", SERVER_TIME)
    kept = sandbox.client.connection.sock
    for _ in range(3):
        assert sandbox.client.signed("GET", SERVER_TIME).status == 200
    assert sandbox.client.connection.sock is kept


def test_the_announcement_has_the_contract_s_keys(sandbox):
    announced = sandbox.running.announcement
    assert list(announced) == [
        "url", "ca_file", "account", "role", "entity", "tba", "oauth2", "client_credentials",
        "saved_searches", "restlet", "audit_trail", "books", "transactions", "settings",
    ]  # fmt: skip
    for value in announced["tba"].values():
        assert re.fullmatch(r"[0-9a-f]{64}", value)
    assert len(set(announced["tba"].values())) == 4
    assert list(announced["client_credentials"]) == ["client_id", "certificate_id", "private_key_file"]
    assert [announced[name] for name in ("saved_searches", "restlet", "ca_file")] == [None] * 3
    oauth2 = announced["oauth2"]
    assert list(oauth2) == ["client_id", "client_secret", "redirect_uris", "public_client_id"]
    assert oauth2["client_id"] == announced["tba"]["consumer_key"]
    assert oauth2["public_client_id"] != oauth2["client_id"]
    assert oauth2["redirect_uris"] == list(REDIRECT_URIS)


def test_the_books_and_the_first_page_are_there_to_read(sandbox):
    assert sandbox.client.send("GET", "/sandbox/books").json() == {"lines": 3}
    assert b"/app/setup/oauth2clientcredentials.nl" in sandbox.client.send("GET", "/").body
