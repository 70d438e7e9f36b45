"""SuiteQL over REST: the request's rules and the answer's envelope (Oracle section_157909186990, section_156414087576)."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_client import SUITEQL

from connector.sandbox.directory import Login, Scope

TRANSIENT = {"Prefer": "transient"}


def test_a_first_page_links_next_last_and_itself(sandbox):
    reply = sandbox.client.ask("SELECT 53", page="?limit=10&offset=0")
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/vnd.oracle.resource+json; type=collection"
    here = sandbox.running.url + SUITEQL
    assert reply.json() == {
        "links": [
            {"rel": "next", "href": f"{here}?limit=10&offset=10"},
            {"rel": "last", "href": f"{here}?limit=10&offset=50"},
            {"rel": "self", "href": f"{here}?limit=10&offset=0"},
        ],
        "count": 10,
        "hasMore": True,
        "items": [{"links": [], "n": str(n)} for n in range(10)],
        "offset": 0,
        "totalResults": 53,
    }


def test_an_item_begins_with_its_empty_links(sandbox):
    assert b'"items":[{"links":[],"n":"0"}]' in sandbox.client.ask("SELECT 1").body


def test_a_last_page_links_prev_first_and_itself(sandbox):
    body = sandbox.client.ask("SELECT 53", page="?limit=10&offset=50").json()
    assert [link["rel"] for link in body["links"]] == ["prev", "first", "self"]
    assert body["links"][0]["href"].endswith("?limit=10&offset=40")
    assert (body["count"], body["hasMore"], body["offset"]) == (3, False, 50)


def test_a_page_between_links_both_ways(sandbox):
    links = sandbox.client.ask("SELECT 53", page="?limit=10&offset=20").json()["links"]
    assert {link["rel"]: link["href"].partition("offset=")[2] for link in links} == {
        "prev": "10",
        "first": "0",
        "next": "30",
        "last": "50",
        "self": "20",
    }


def test_an_answer_of_one_page_has_no_links(sandbox):
    assert sandbox.client.ask("SELECT 2").json()["links"] == []
    empty = {"links": [], "count": 0, "hasMore": False, "items": [], "offset": 0, "totalResults": 0}
    assert sandbox.client.ask("SELECT 0").json() == empty


@given(total=st.integers(0, 60), limit=st.integers(1, 25))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_following_next_reads_every_row_once(sandbox, total, limit):
    rows, page = [], f"?limit={limit}"
    while page:
        body = sandbox.client.ask(f"SELECT {total}", page=page).json()
        rows += [int(item["n"]) for item in body["items"]]
        page = next((link["href"].partition(SUITEQL)[2] for link in body["links"] if link["rel"] == "next"), "")
        assert body["hasMore"] is bool(page)
    assert rows == list(range(total))


def test_a_page_has_a_thousand_rows_unless_asked_otherwise(sandbox):
    body = sandbox.client.ask("SELECT 1001").json()
    assert (body["count"], body["totalResults"]) == (1000, 1001)


@pytest.mark.parametrize(
    ("page", "parameter"),
    [
        ("?limit=0", "limit"),
        ("?limit=1001", "limit"),
        ("?limit=-1", "limit"),
        ("?limit=ten", "limit"),
        ("?limit=1.0", "limit"),
        ("?limit=", "limit"),
        ("?limit=%D9%A1", "limit"),
        ("?limit=10&limit=10", "limit"),
        ("?limit=99999999999999999999", "limit"),
        ("?limit=10&offset=5", "offset"),
        ("?offset=5", "offset"),
        ("?limit=10&offset=-10", "offset"),
        ("?limit=10&offset=10000", "offset"),
        ("?limit=1000&offset=100000", "offset"),
        ("?limit=300&offset=99900", "offset"),
        ("?limit=%ff", "limit"),
    ],
)
def test_a_page_out_of_bounds_is_refused(sandbox, page, parameter):
    reply = sandbox.client.send(
        "POST",
        SUITEQL + page,
        {**TRANSIENT, "Authorization": bearer(sandbox)},
        b'{"q":"SELECT 1"}',
    )
    assert reply.status == 400
    (detail,) = reply.json()["o:errorDetails"]
    assert (detail["o:errorCode"], detail["o:errorQueryParam"]) == ("INVALID_PARAMETER", parameter)
    assert sandbox.engine.asked == []


@pytest.mark.parametrize("page", ["?limit=10&offset=9990", "?limit=1000&offset=99000"])
def test_the_last_page_of_all_is_served(sandbox, page):
    assert sandbox.client.ask("SELECT 200000", page=page).json()["hasMore"] is True


@pytest.mark.parametrize("prefer", [None, "", "respond-async", "transient-ish"])
def test_prefer_transient_is_required(sandbox, prefer):
    headers = {} if prefer is None else {"Prefer": prefer}
    reply = sandbox.client.signed("POST", SUITEQL, headers, b'{"q":"SELECT 1"}')
    assert reply.status == 400
    assert reply.json()["o:errorDetails"][0]["o:errorHeader"] == "Prefer"


@pytest.mark.parametrize(
    "prefer", ["transient", "Transient", "transient, respond-async", "foo; transient=1, transient"]
)
def test_prefer_may_say_more(sandbox, prefer):
    assert sandbox.client.signed("POST", SUITEQL, {"Prefer": prefer}, b'{"q":"SELECT 1"}').status == 200


@pytest.mark.parametrize("content_type", [None, "application/json", "text/plain", "application/json; charset=utf-8"])
def test_no_content_type_is_required(sandbox, content_type):
    headers = TRANSIENT if content_type is None else {**TRANSIENT, "Content-Type": content_type}
    assert sandbox.client.signed("POST", SUITEQL, headers, b'{"q":"SELECT 1"}').status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"q"',
        b"null",
        b"{}",
        b'{"q":5}',
        b'{"q":null}',
        b'{"q":""}',
        b'{"q":"SELECT 1","params":"7"}',
        b'{"q":"SELECT 1","params":[["7"]]}',
        b'{"q":"SELECT 1","params":[{}]}',
        b'{"q":"SELECT \xff"}',
        b'{"q":"SELECT \\ud800"}',
        b'{"q":"SELECT 1","params":["\\udc00"]}',
        b'{"q":"SELECT 1","params":[NaN]}',
        b'{"q":"SELECT 1","params":[true]}',
        b'{"q":"SELECT 1","params":[1e999999999999999999999]}',
        b"[" * 100_000,
    ],
)
def test_a_body_that_asks_nothing_is_refused(sandbox, body):
    reply = sandbox.client.signed("POST", SUITEQL, TRANSIENT, body)
    assert reply.status == 400
    assert reply.json()["o:errorDetails"][0]["o:errorCode"] in {"INVALID_CONTENT", "INVALID_PARAMETER"}
    assert sandbox.engine.asked == []


@given(q=st.text(min_size=1).filter(str.strip), params=st.lists(st.none() | st.text()))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_engine_is_asked_exactly_what_was_sent(sandbox, q, params):
    sandbox.client.ask(q, params)
    assert sandbox.engine.asked[-1] == (q, params)
    received = sandbox.account.received.all()[-1]
    assert json.loads(received.body) == {"q": q, "params": params}
    assert (received.method, received.path, received.headers["authorization"]) == ("POST", SUITEQL, "OAuth")


def test_a_bare_number_keeps_its_digits(sandbox):
    sandbox.client.signed("POST", SUITEQL, TRANSIENT, b'{"q":"SELECT 1","params":[7,-0.10,12345678901234567890]}')
    assert [str(value) for value in sandbox.engine.asked[-1][1]] == ["7", "-0.10", "12345678901234567890"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(sandbox, method):
    reply = sandbox.client.signed(method, SUITEQL, TRANSIENT)
    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert reply.json()["title"] == "Method Not Allowed"


def test_a_large_question_is_refused_and_the_connection_stays_usable(sandbox):
    body = json.dumps({"q": "x" * 2**20}).encode()
    assert sandbox.client.signed("POST", SUITEQL, TRANSIENT, body).status == 413
    assert sandbox.client.ask("SELECT 1").status == 200


def test_a_question_may_come_in_chunks(sandbox):
    body = b'10\r\n{"q":"SELECT 3"}\r\n0\r\n\r\n'
    authorization = sandbox.client.authorization("POST", SUITEQL)
    signed = {"Authorization": authorization, **TRANSIENT, "Transfer-Encoding": "chunked"}
    sandbox.client.connection.putrequest("POST", SUITEQL, skip_accept_encoding=True)
    for name, value in signed.items():
        sandbox.client.connection.putheader(name, value)
    sandbox.client.connection.endheaders(body)
    response = sandbox.client.connection.getresponse()
    assert json.loads(response.read())["totalResults"] == 3


def bearer(sandbox) -> str:
    """A page that is refused is still a login; a token spares a signature over a broken query string."""
    account = sandbox.account
    login = Login(account.integration, account.reader, account.reader_role, frozenset(Scope))
    return f"Bearer {account.access_tokens.issue(login)}"
