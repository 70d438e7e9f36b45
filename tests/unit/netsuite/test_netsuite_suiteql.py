"""SuiteQL over REST: every page, in order, checked; a short answer is an error and no frame."""

from __future__ import annotations

import itertools
import json
import threading
from concurrent.futures import CancelledError

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_netsuite import Received, Script, Scripted, answer, page_of, refusal

from connector.egress import Reply
from connector.errors import (
    BusyError,
    CallerError,
    LoginRefusedError,
    QueryRefusedError,
    UnavailableError,
    UnreadableError,
)
from connector.netsuite.page_reading import Manner, PageReading
from connector.netsuite.suiteql import MAX_RESULTS, SuiteQL
from connector.netsuite.suiteql_page import read_page, request_body

QUERY = "SELECT id, name FROM customer ORDER BY id"


def rows_of(count: int) -> list[dict[str, str]]:
    return [{"id": str(number), "name": f"Customer {number}"} for number in range(count)]


def envelope(rows: list[object], /, **changes: object) -> dict[str, object]:
    """A single page's envelope with some of it changed; `...` leaves a name out."""
    whole = {"count": len(rows), "hasMore": False, "items": rows, "offset": 0, "totalResults": len(rows)}
    return {name: value for name, value in {"links": [], **whole, **changes}.items() if value is not ...}


class TestPaging:
    @pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 21, 95])
    @pytest.mark.parametrize("slots", [1, 2, 5])
    def test_all_rows_come_in_order(self, ask, count, slots):
        rows = rows_of(count)
        got = ask(lambda request: page_of(rows, request), slots=slots, page_size=10).read(QUERY)
        assert got.rows == rows
        assert (got.total, got.all_pages, got.requests) == (count, True, max(1, -(-count // 10)))
        assert got.consistent is (None if count > 10 else True)

    def test_each_page_is_asked_once_by_our_own_address_and_signed_anew(self, serve, session_with):
        rows = rows_of(35)
        server = serve(lambda request: page_of(rows, request))
        SuiteQL(session_with(server), page_size=10).read(QUERY)
        assert sorted(int(request.query["offset"]) for request in server.received) == [0, 10, 20, 30]
        assert {request.query["limit"] for request in server.received} == {"10"}
        assert {request.headers["Host"] for request in server.received} == {f"127.0.0.1:{server.port}"}
        assert len({request.headers["Authorization"] for request in server.received}) == 4

    def test_no_more_pages_are_under_way_than_there_are_slots(self, ask):
        rows, under_way, most = rows_of(120), [], []
        lock, together = threading.Lock(), threading.Barrier(3, timeout=5)

        def script(request: Received) -> Scripted:
            with lock:
                under_way.append(request)
                most.append(len(under_way))
            if request.query["offset"] != "0":
                together.wait()  # passes only where three pages are under way at once
            with lock:
                under_way.remove(request)
            return page_of(rows, request)

        assert len(ask(script, slots=3, page_size=30).read(QUERY).rows) == 120
        assert max(most) == 3

    @pytest.mark.parametrize(("limit", "pages"), [(1, 1), (10, 1), (15, 2), (40, 4), (1000, 4)])
    def test_a_limit_reads_no_more_pages_than_it_needs(self, ask, limit, pages):
        rows = rows_of(35)
        got = ask(lambda request: page_of(rows, request), page_size=10).read(QUERY, limit=limit)
        assert got.rows == rows[:limit]
        assert (got.total, got.all_pages, got.requests) == (35, limit >= 35, pages)

    def test_the_query_and_its_parameters_arrive_apart(self, serve, session_with):
        server = serve(lambda request: page_of([], request))
        SuiteQL(session_with(server)).read("SELECT id FROM customer WHERE name = ?", ["x' OR '1'='1", None])
        body = json.loads(server.received[0].body)
        assert body == {"q": "SELECT id FROM customer WHERE name = ?", "params": ["x' OR '1'='1", None]}
        assert server.received[0].headers["Prefer"] == "transient"

    @given(st.text(st.characters(codec="utf-8")), st.lists(st.none() | st.text(st.characters(codec="utf-8"))))
    def test_the_body_holds_text_and_values_unchanged(self, text, params):
        assert json.loads(request_body(text, params)) == ({"q": text, "params": params} if params else {"q": text})

    def test_half_a_character_is_the_callers_error(self):
        with pytest.raises(CallerError) as caught:
            request_body("SELECT '\ud83d' FROM DUAL", [])
        assert caught.value.code == "BAD_TEXT"


class TestSize:
    def announcing(self, total: int) -> Script:
        def script(request: Received) -> Scripted:
            return answer(envelope(rows_of(10), hasMore=True, totalResults=total))

        return script

    def test_more_than_netsuite_gives_is_refused_after_the_first_page(self, ask):
        with pytest.raises(QueryRefusedError) as caught:
            ask(self.announcing(MAX_RESULTS + 1), page_size=10).read(QUERY, max_rows=10**9)
        assert caught.value.code == "RESULT_TOO_LARGE"
        assert "100,001" in caught.value.message

    def test_more_than_the_caller_takes_is_refused_after_the_first_page(self, ask):
        with pytest.raises(CallerError) as caught:
            ask(self.announcing(5001), page_size=10).read(QUERY, max_rows=5000)
        assert (caught.value.code, caught.value.exit_status) == ("OVER_LIMIT", 2)
        assert "limit=" in caught.value.remedy


class TestWholeness:
    @pytest.mark.parametrize(
        "changes",
        [
            {"count": 1}, {"count": 3}, {"count": ...}, {"count": "two"}, {"count": -2}, {"count": True}, {"count": 2.5},
            {"offset": 2}, {"offset": ...}, {"offset": None}, {"hasMore": True}, {"hasMore": ...}, {"hasMore": "false"},
            {"totalResults": 1}, {"totalResults": 3}, {"totalResults": ...}, {"totalResults": [2]},
            {"items": ...}, {"items": None}, {"items": {"0": {}}}, {"items": "ab"}, {"items": [{}, []]},
            {"items": [{}, None]}, {"items": [{}, "row"]}, {"items": [{}, 1]},
        ],
        ids=repr,
    )  # fmt: skip
    def test_a_page_that_contradicts_itself_is_unreadable(self, ask, changes):
        with pytest.raises(UnreadableError):
            ask(lambda _: answer(envelope([{"id": "1"}, {"id": "2"}], **changes))).read(QUERY)

    def test_more_rows_than_were_asked_for_are_refused(self, ask):
        with pytest.raises(UnreadableError) as caught:
            ask(lambda _: answer(envelope(rows_of(11))), page_size=10).read(QUERY)
        assert caught.value.code == "INCOMPLETE_ANSWER"

    def test_a_page_that_is_missing_rows_is_refused(self, ask):
        rows = rows_of(30)

        def script(request: Received) -> Scripted:
            scripted = page_of(rows, request)
            if request.query["offset"] == "10":
                body = json.loads(scripted.body)
                return answer({**body, "items": body["items"][:-1], "count": 9})
            return scripted

        with pytest.raises(UnreadableError) as caught:
            ask(script, page_size=10).read(QUERY)
        assert caught.value.code == "INCOMPLETE_ANSWER"

    @pytest.mark.parametrize("later", [29, 31, 0])
    def test_a_total_that_moves_between_pages_is_refused(self, ask, later):
        def script(request: Received) -> Scripted:
            return page_of(rows_of(30 if request.query["offset"] == "0" else later), request)

        with pytest.raises(UnreadableError) as caught:
            ask(script, page_size=10).read(QUERY)
        assert caught.value.code in {"ROWS_MOVED", "INCOMPLETE_ANSWER"}

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b'{"items": [',
            b"[]",
            b"null",
            b'"x"',
            b"\xff\xfe\x00",
            b"[" * 200_000,
            b'{"items": [{"a": NaN}]}',
        ],
        ids=range(9),
    )
    def test_half_a_json_is_unreadable_and_never_an_empty_result(self, ask, body):
        with pytest.raises(UnreadableError):
            ask(lambda _: Scripted(200, body)).read(QUERY)

    def test_a_web_page_with_status_200_is_told_by_its_title(self, ask):
        page = b"<!DOCTYPE html><html><title>NetSuite - Maintenance</title></html>"
        with pytest.raises(UnavailableError, match="NetSuite - Maintenance") as caught:
            ask(lambda _: Scripted(200, page, {"Content-Type": "text/html"})).read(QUERY)
        assert caught.value.code == "WEB_PAGE"

    def test_good_json_is_taken_whatever_its_type_is_called(self, ask):
        body = json.dumps(envelope([{"links": [], "id": "1"}])).encode()
        got = ask(lambda _: Scripted(200, body, {"Content-Type": "text/plain"})).read(QUERY)
        assert got.rows == [{"id": "1"}]


class TestRow:
    def read(self, item: str) -> dict[str, str]:
        body = f'{{"count":1,"hasMore":false,"items":[{item}],"offset":0,"totalResults":1}}'
        return read_page(Reply(200, {}, body.encode()), offset=0, limit=10).rows[0]

    @pytest.mark.parametrize(
        ("item", "row"),
        [
            ('{"links":[],"id":"00123","amount":"2.402086483E7"}', {"id": "00123", "amount": "2.402086483E7"}),
            ('{"links":[],"Id":"1","NAME":"Ä"}', {"id": "1", "name": "Ä"}),
            ('{"links":[],"a":null,"b":""}', {"b": ""}),
            ('{"links":[]}', {}),
            ('{"links":"text"}', {"links": "text"}),
            ('{"a":1.10,"b":1E400,"c":123456789012345678901234567890,"d":-0,"e":0.1e-7}',
             {"a": "1.10", "b": "1E400", "c": "123456789012345678901234567890", "d": "-0", "e": "0.1e-7"}),
            ('{"a":true,"b":false}', {"a": "T", "b": "F"}),
            ('{"a":"=HYPERLINK(\\"x\\")\\n\\u0000\\ud83d\\ude00"}', {"a": '=HYPERLINK("x")\n\0😀'}),
        ],
    )  # fmt: skip
    def test_a_value_is_the_text_it_came_as(self, item, row):
        assert self.read(item) == row

    @pytest.mark.parametrize(
        "item", ['{"a":[]}', '{"a":{}}', '{"a":["1"]}', '{"a":"\\ud83d"}', '{"a":"1","A":"2"}', '{"a":null,"A":"2"}']
    )
    def test_what_is_no_single_value_is_refused(self, item):
        with pytest.raises(UnreadableError):
            self.read(item)

    @given(
        st.dictionaries(
            st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True).filter(lambda name: name != "links"),
            st.text(st.characters(codec="utf-8")),
        )
    )
    def test_every_text_survives(self, row):
        assert self.read(json.dumps({"links": [], **row})) == row


class TestRetry:
    def failing(self, *faults: Scripted) -> Script:
        left = iter(faults)
        return lambda request: next(left, None) or page_of(rows_of(25), request)

    BUSY = refusal(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.")
    BROKEN = refusal(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: abc")
    LOGIN = refusal(401, "INVALID_LOGIN", "Invalid login attempt.")

    @pytest.mark.parametrize(
        "fault",
        [
            BUSY,
            BROKEN,
            Scripted(503, b"<html><title>x</title></html>"),
            Scripted(200, b'{"items":', cut=5),
            Scripted(200, b"{"),
        ],
        ids=["busy", "broken", "maintenance", "dropped", "half"],
    )
    def test_a_fault_that_passes_is_asked_again_and_signed_anew(self, serve, session_with, pauses, fault):
        server = serve(self.failing(fault, fault))
        got = SuiteQL(session_with(server), page_size=10, pause=pauses.append).read(QUERY)
        assert got.rows == rows_of(25)
        assert got.requests == 5
        assert len(pauses) == 2
        assert all(0 < pause <= 5 for pause in pauses)
        signed = [request.headers["Authorization"] for request in server.received]
        assert len(set(signed)) == len(signed) == 5

    def test_a_fault_that_stays_is_given_up(self, serve, session_with, pauses):
        server = serve(lambda _: self.BUSY)
        with pytest.raises(BusyError):
            SuiteQL(session_with(server), pause=pauses.append).read(QUERY)
        assert len(server.received) == 8
        assert sum(pauses) < 36

    @pytest.mark.parametrize("status", [429, 503])
    def test_a_pause_that_netsuite_asks_for_is_kept(self, ask, pauses, status):
        ask(self.failing(Scripted(status, b"", {"Retry-After": "3"})), page_size=100).read(QUERY)
        assert len(pauses) == 1
        assert 3 <= pauses[0] < 4

    def test_a_pause_too_long_to_wait_is_handed_on(self, ask, pauses):
        with pytest.raises(BusyError) as caught:
            ask(lambda _: Scripted(429, b"", {"Retry-After": "600"})).read(QUERY)
        assert (caught.value.retry_after, pauses) == (600, [])

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (LOGIN, LoginRefusedError),
            (refusal(400, "INVALID_PARAMETER", "Invalid search type: x."), QueryRefusedError),
            (Scripted(302, b"", {"Location": "https://evil.example"}), UnavailableError),
        ],
        ids=["login", "query", "redirect"],
    )
    def test_a_refusal_is_never_asked_again(self, serve, session_with, pauses, fault, error):
        server = serve(lambda _: fault)
        with pytest.raises(error):
            SuiteQL(session_with(server), pause=pauses.append).read(QUERY)
        assert (len(server.received), pauses) == (1, [])

    @pytest.mark.parametrize("slots", [1, 2])
    def test_a_page_that_fails_cancels_the_rest(self, serve, session_with, slots):
        rows = rows_of(500)

        def script(request: Received) -> Scripted:
            return self.LOGIN if request.query["offset"] != "0" else page_of(rows, request)

        server = serve(script)
        with pytest.raises(LoginRefusedError):
            SuiteQL(session_with(server), slots=slots, page_size=10).read(QUERY)
        assert len(server.received) <= 1 + slots

    def test_a_page_that_waits_for_its_next_attempt_sends_nothing_once_another_has_failed(self, serve, session_with):
        server = serve(lambda _: self.BUSY)
        reading = PageReading(session_with(server), Manner(size=10, slots=1, pause=lambda _: reading.stop()))
        with pytest.raises(CancelledError):
            reading.page(QUERY, offset=10)
        assert (len(server.received), reading.requests) == (1, 1)

    def test_scattered_faults_still_give_every_row_once(self, ask, pauses):
        rows, count = rows_of(200), itertools.count()

        def script(request: Received) -> Scripted:
            return self.BROKEN if next(count) % 3 == 1 else page_of(rows, request)

        assert ask(script, slots=2, page_size=10).read(QUERY).rows == rows
        assert pauses


def test_no_secret_stands_in_an_error(serve, session_with):
    server = serve(lambda _: refusal(401, "INVALID_LOGIN", "Invalid login attempt."))
    session = session_with(server)
    with pytest.raises(LoginRefusedError) as caught:
        SuiteQL(session).read(QUERY)
    signature = server.received[0].headers["Authorization"].rpartition('oauth_signature="')[2].rstrip('"')
    shown = f"{caught.value.message} {caught.value.remedy} {caught.value!r} {session!r}"
    for secret in ("consumerkey1", "consumersecret1", "tokenid1", "tokensecret1", signature):
        assert secret not in shown
