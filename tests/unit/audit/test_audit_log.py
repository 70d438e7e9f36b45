"""The audit log: what stands in it, what never does, and how it is read."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

pytestmark = pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)

APPEND = """
import sys
from connector.audit.log import AuditLog
from connector.db.engine import open_database
log = AuditLog(open_database(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()  # all wait here, so that all go on at once
for number in range(25):
    log.add(actor=sys.argv[2], action="query", detail={"rows": number})
"""


def fill(log, count, **different):
    for number in range(count):
        log.add(**{"actor": "ann", "action": "query", "detail": {"rows": number}, **different})


def test_an_event_comes_back_as_it_was_written(log, clock):
    log.add(
        actor="ann",
        action="query",
        subject="Prod",
        connection_id="c" * 32,
        account_id="1234567_SB1",
        outcome="ok",
        detail={"rows": 3, "milliseconds": 12.5, "cached": False, "netsuite_id": "9f-1", "nothing": None},
        claimed={"workbook": "Close.xlsx"},
    )
    (event,) = log.list()
    assert (event.sequence, event.at, event.actor, event.action) == (1, clock.now, "ann", "query")
    assert (event.subject, event.connection_id, event.account_id) == ("Prod", "c" * 32, "1234567_SB1")
    assert event.detail == {
        "rows": 3,
        "milliseconds": 12.5,
        "cached": False,
        "netsuite_id": "9f-1",
        "claimed": {"workbook": "Close.xlsx"},
    }


@pytest.mark.parametrize("value", [["SELECT"], {"a": 1}, b"x", object(), ("x",), 1j, float("nan"), float("inf")])
def test_rows_statements_and_the_like_do_not_get_in(log, value):
    for way in ("detail", "claimed"):
        with pytest.raises((TypeError, ValueError)):
            log.add(actor="ann", action="query", **{way: {"x": value}})
    assert log.list() == []


def test_what_a_client_claims_cannot_pose_as_known(log):
    with pytest.raises(ValueError, match="apart"):
        log.add(actor="ann", action="query", detail={"claimed": "x"})


def test_hostile_text_becomes_short_and_printable(log):
    hostile = "\x1b[2J\r\nactor: root\x00\ud800\u202e" + "x" * 100_000
    names = {f"{hostile[:5]}{n}": hostile for n in range(500)}
    log.add(
        actor=hostile, action=hostile, subject=hostile, connection_id=hostile, account_id=hostile, outcome=hostile,
        detail={"text": hostile}, claimed=names,
    )  # fmt: skip
    (event,) = log.list()
    texts = [event.actor, event.action, event.subject, event.connection_id, event.account_id, event.outcome]
    assert [len(text) for text in texts] == [100, 60, 200, 32, 50, 60]
    texts += [event.detail["text"], *event.detail["claimed"], *event.detail["claimed"].values()]
    assert all(text.isprintable() and len(text) <= 200 for text in texts)
    assert len(event.detail["claimed"]) <= 20
    assert log.verify().ok


def test_an_event_goes_with_its_act_or_not_at_all(log, database):
    def act(fails):
        with database.write() as transaction:
            log.add(actor="ann", action="erase", transaction=transaction)
            if fails:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        act(fails=True)
    assert log.list() == []
    act(fails=False)
    assert [event.sequence for event in log.list()] == [1]


def test_events_are_filtered_and_paged(log, clock):
    for actor, action, connection in (("ann", "query", "c1"), ("bob", "query", "c2"), ("ann", "sign_in", None)) * 4:
        log.add(actor=actor, action=action, connection_id=connection)
    assert [event.sequence for event in log.list(limit=3)] == [12, 11, 10]
    assert [event.sequence for event in log.list(before=4)] == [3, 2, 1]
    assert {event.actor for event in log.list(actor="bob")} == {"bob"}
    assert len(log.list(action="sign_in", actor="ann")) == 4
    assert len(log.list(connection_id="c2")) == 4
    first, last = log.list()[-1].at, log.list()[0].at
    assert [event.sequence for event in log.list(since=last)] == [12]
    assert [event.sequence for event in log.list(until=first + timedelta(minutes=1))] == [1]
    assert log.list(actor="' OR 1=1 --") == []
    for limit in (0, -1):
        assert len(log.list(limit=limit)) == 1
    assert len(log.list(limit=10**9)) == 12


def test_the_export_proves_itself_without_us(log):
    fill(log, 3, actor="änn", claimed={"workbook": 'a"\\b'})
    lines = []
    log.export(lines.append)
    previous = bytes(32)
    for number, line in enumerate(lines, 1):
        assert line.endswith("\n")
        assert line.count("\n") == 1
        event = json.loads(line)
        told = bytes.fromhex(event.pop("hash"))
        text = json.dumps(event, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(previous + text.encode()).digest() == told
        assert event["sequence"] == number
        previous = told
    assert log.anchor() == f"3:{previous.hex()}"


def test_a_long_export_is_whole(log):
    fill(log, 1_100)
    lines = []
    log.export(lines.append)
    assert [json.loads(line)["sequence"] for line in lines] == list(range(1, 1_101))


def test_threads_and_processes_append_without_gaps(log, url):
    started = [
        subprocess.Popen(
            [sys.executable, "-c", APPEND, url, f"process{n}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for n in range(2)
    ]
    for process in started:
        assert process.stdout.readline() == b"ready\n"
    for process in started:
        process.stdin.close()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: fill(log, 10, actor=f"thread{n}"), range(8)))
    for process in started:
        assert process.wait() == 0
        process.stdout.close()
    events = log.list(limit=1_000)
    assert [event.sequence for event in reversed(events)] == list(range(1, 131))
    for actor, count in [(f"thread{n}", 10) for n in range(8)] + [("process0", 25), ("process1", 25)]:
        mine = [event.detail["rows"] for event in reversed(events) if event.actor == actor]
        assert mine == list(range(count))
    assert log.verify().ok
