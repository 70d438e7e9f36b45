"""`connector sandbox`, the whole of it: the line it prints, the account behind it, and how it stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from test_recorded_faults import same
from wire_client import WireClient

from connector.sandbox.server import running

COMMAND = [sys.executable, "-c", "from connector.sandbox.command import sandbox; sandbox()"]


@dataclass
class Process:
    """Enough of a running sandbox for the client of these tests."""

    process: subprocess.Popen[str]
    announcement: dict[str, Any]

    @property
    def url(self) -> str:
        return self.announcement["url"]


@contextmanager
def sandbox_process(*options: str) -> Iterator[Process]:
    with subprocess.Popen(
        [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
    ) as process:
        try:
            yield Process(process, json.loads(process.stdout.readline()))
        finally:
            process.kill()


def refused(*options: str) -> str:
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_log_nobody_reads_holds_nobody_up():
    with sandbox_process("--rows", "200") as sandbox:
        for _ in range(1_500):
            with urllib.request.urlopen(f"{sandbox.url}/sandbox/books", timeout=20) as answer:
                assert answer.status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_one_line_and_stops_cleanly_without_leaving_keys(number):
    with sandbox_process("--rows", "300", "--tls") as sandbox:
        keys = Path(sandbox.announcement["client_credentials"]["private_key_file"]).parent
        assert keys.stat().st_mode & 0o777 == 0o700
        assert Path(sandbox.announcement["ca_file"]).parent == keys
        with WireClient(sandbox, time.time) as client:
            assert client.ask("SELECT COUNT(*) AS n FROM transactionline").json()["items"] == [
                {"links": [], "n": "300"}
            ]
        sandbox.process.send_signal(number)
        rest, errors = sandbox.process.communicate(timeout=20)
        assert (sandbox.process.returncode, rest) == (0, "")
        assert "Traceback" not in errors
        assert not keys.exists()
        for secret in sandbox.announcement["tba"].values():
            assert secret not in errors


def test_the_books_follow_the_rows_and_dates_the_profile():
    options = ("--rows", "300", "--seed", "7", "--profile", "european")
    with sandbox_process(*options) as sandbox, WireClient(sandbox, time.time) as client:
        assert client.send("GET", "/sandbox/books").json()["lines"] == 300
        day = client.ask("SELECT TO_DATE('2003-02-01', 'YYYY-MM-DD') AS d FROM DUAL").json()["items"][0]["d"]
        assert day == "01.02.2003"


@pytest.mark.parametrize(
    "options",
    [
        ("--profile", "martian"),
        ("--rows", "1"),
        ("--port", "99999"),
        ("--concurrency", "0"),
        ("--latency-ms", "-1"),
        ("--redirect-uri", "http://127.0.0.1/callback"),
    ],
)
def test_options_out_of_bounds_are_refused(options):
    assert "Invalid value" in refused(*options)


def test_redirect_uris_and_the_password_for_issue_token_are_announced():
    uris = ["https://127.0.0.1:9000/oauth2/callback", "myapp://callback"]
    options = [part for uri in uris for part in ("--redirect-uri", uri)]
    with sandbox_process("--rows", "200", "--issue-token", *options) as sandbox:
        assert sandbox.announcement["oauth2"]["redirect_uris"] == uris
        assert list(sandbox.announcement["nlauth"]) == ["email", "password", "role"]


def test_a_port_in_use_is_told_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "Cannot listen" in refused("--rows", "200", "--port", str(taken.getsockname()[1]))


def test_the_account_in_this_process_is_the_same_one():
    with running(rows=300, redirect_uris=["myapp://callback"]) as sandbox, WireClient(sandbox, time.time) as client:
        assert client.ask("SELECT COUNT(*) AS n FROM transactionline").json()["items"] == [{"links": [], "n": "300"}]
        same(client.ask("SELECT id FROM transaction LIMIT 5"), "400-unsupported-search")
        assert sandbox.announcement["oauth2"]["redirect_uris"] == ["myapp://callback"]
