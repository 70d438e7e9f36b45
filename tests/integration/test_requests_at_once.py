"""Many threads of many processes before one account: never more at once than its limit, nobody refused, who waits first.

Each process is a real one on a real database; the sandbox counts what comes at once.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector.sandbox.server import running
from connector.sandbox.serving import RunningSandbox
from connector.settings import load_settings
from connector.wiring import build
from tests.postgres import drop, migrated_postgres_url

LIMIT, LATENCY = 5, 0.1
SERVICE = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
from connector.accounts import grant
from connector.core.query import Query
from connector.db.account_slots import Lane
from connector.settings import load_settings
from connector.wiring import build

services = build(load_settings(json.loads(sys.argv[1])))
lane, threads = Lane[sys.argv[2]], int(sys.argv[3])
text = "SELECT id, transaction FROM transactionline WHERE transaction < 5400"

def ask(number):
    name = ("tba", "machine")[number % 2]
    began = time.monotonic()
    try:
        permitted = grant(services.vault, f"user {number % 7}", Query(text, (), "f"), name)
        frame = services.queries.run(permitted, lane=lane)
    except Exception as error:
        return [repr(getattr(error, "code", error)), 0]
    return [len(frame), time.monotonic() - began]

with ThreadPoolExecutor(threads) as pool:
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(list(pool.map(ask, range(int(line))))), flush=True)
services.close()
"""


@dataclass
class Place:
    sandbox: RunningSandbox
    environment: dict[str, str]

    def process(self, lane: str, threads: int) -> subprocess.Popen:
        command = [sys.executable, "-c", SERVICE, json.dumps(self.environment), lane, str(threads)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        return process


def end(process: subprocess.Popen) -> None:
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


def say(process: subprocess.Popen, questions: int) -> None:
    process.stdin.write(f"{questions}\n")
    process.stdin.flush()


def heard(process: subprocess.Popen) -> list[tuple[int | str, float]]:
    return [tuple(answer) for answer in json.loads(process.stdout.readline())]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(tmp_path, request) -> Iterator[Place]:
    key = "k1:" + base64.b64encode(bytes(range(100, 132))).decode()
    environment = {"CONNECTOR_DATA": str(tmp_path / "data"), "CONNECTOR_KEYS": key, "CONNECTOR_SHARE": str(LIMIT)}
    if request.param == "postgresql":
        environment["CONNECTOR_DATABASE_URL"] = migrated_postgres_url()
    with running(rows=3_000, latency_ms=round(LATENCY * 1000), concurrency=LIMIT) as sandbox:
        environment["CONNECTOR_NETSUITE_URL"] = sandbox.url
        services = build(load_settings(environment))
        told = sandbox.announcement
        services.connections.add(
            owner="workspace", name="tba", account=told["account"], method="tba", secrets=told["tba"]
        )
        machine = {name: told["client_credentials"][name] for name in ("client_id", "certificate_id")}
        machine["private_key"] = Path(told["client_credentials"]["private_key_file"]).read_text(encoding="ascii")
        services.connections.add(
            owner="workspace",
            name="machine",
            account=told["account"],
            method="oauth2_client_credentials",
            secrets=machine,
        )
        services.close()
        yield Place(sandbox, environment)
    if request.param == "postgresql":
        drop(environment["CONNECTOR_DATABASE_URL"])


def run_background(place: Place, processes: int, threads: int) -> None:
    background = [place.process("BACKGROUND", threads) for _ in range(processes)]
    waiting = place.process("INTERACTIVE", 1)
    try:
        say(waiting, 1)  # opens its connection
        heard(waiting)
        for process in background:
            say(process, threads)
        time_of_a_page = LATENCY * 1.5
        waits = []
        for _ in range(6):
            say(waiting, 1)
            ((rows, seconds),) = heard(waiting)
            assert rows > 500
            waits.append(seconds)
        answers = [answer for process in background for answer in heard(process)]
    finally:
        for process in (*background, waiting):
            end(process)
    assert {rows for rows, _ in answers} == {answers[0][0]}
    assert len(answers) == processes * threads
    gate = place.sandbox.account.gate
    assert gate.refused == 0
    assert gate.most <= LIMIT
    # It waits for one slot to be free and then for its own page.
    assert sorted(waits)[len(waits) // 2] < 2 * time_of_a_page + LATENCY


def test_threads_of_processes_share_the_slots_and_who_is_waited_for_goes_first(place):
    run_background(place, processes=2, threads=12)


@pytest.mark.proof
def test_two_hundred_threads_of_eight_processes(place):
    run_background(place, processes=8, threads=25)


def test_a_process_that_dies_holds_its_slots_for_half_a_minute_at_most(place):
    dying = place.process("BACKGROUND", LIMIT)
    say(dying, 50)
    while place.sandbox.account.gate.most < 2:
        time.sleep(0.01)
    dying.kill()
    end(dying)
    alive = place.process("INTERACTIVE", 1)
    began = time.monotonic()
    say(alive, 1)
    ((rows, _),) = heard(alive)
    end(alive)
    assert rows > 500
    assert time.monotonic() - began < 40
