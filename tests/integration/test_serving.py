"""`connector serve` as a process: what it prints, what it logs, how it stops, whom it lets wait."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress
from http.client import HTTPException
from urllib.parse import urlsplit

import pytest

from connector.settings import child_environment
from tests.integration.service import TBA
from tests.unit.netsuite.scripted_netsuite import Scripted, page_of
from tests.unit.netsuite.scripted_netsuite import running as scripted_netsuite


def connector(*arguments, environment, stdin=None):
    done = subprocess.run(
        [sys.executable, "-m", "connector", *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


class Served:
    """The process, its address and a token."""

    def __init__(self, process, announced, token):
        self.process = process
        self.announced = announced
        self.url = announced["url"]
        self.token = token

    def get(self, path):
        context = ssl.create_default_context(cafile=self.announced["ca_file"]) if "ca_file" in self.announced else None
        with urllib.request.urlopen(self.url + path, timeout=30, context=context) as response:
            return json.load(response)

    def ask(self, sql, *arguments):
        body = {"calls": [{"id": "1", "function": "NSQUERY", "arguments": [sql, *arguments]}]}
        request = urllib.request.Request(
            f"{self.url}/v1/formulas",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)["results"][0]

    def stop(self):
        """Ask it to stop; the exit status, what it printed and logged after its first line, and the seconds it took."""
        asked = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err, time.monotonic() - asked


@contextmanager
def serving(data, netsuite_url, *options, **settings):
    environment = child_environment(
        {"CONNECTOR_DATA": str(data), "CONNECTOR_NETSUITE_URL": netsuite_url, "CONNECTOR_HANDOVER_SECONDS": "0.3"}
        | {f"CONNECTOR_{name.upper()}": value for name, value in settings.items()}
    )
    add = ("connection", "add", "--name", "prod", "--account", "1234567", "--method", "tba")
    connector(*add, environment=environment, stdin=json.dumps(TBA))
    token = connector("token", "create", "--user", "ada", environment=environment)
    process = subprocess.Popen(
        [sys.executable, "-m", "connector", "serve", "--port", "0", *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Served(process, json.loads(process.stdout.readline()), token)
    finally:
        process.kill()
        process.communicate()


def an_account(request):
    return page_of([{"d": "2/1/2003"}] if b"2003-02-01" in request.body else [{"id": "7"}], request)


def test_standard_output_is_one_line_and_the_log_holds_no_value(tmp_path):
    with scripted_netsuite(an_account) as netsuite, serving(tmp_path, netsuite.url, log_level="debug") as served:
        for _ in range(20):
            assert served.ask("SELECT ?:date AS x FROM DUAL", int("9" * 400))["error"]["code"] == "PARAMETER_TYPE"
        assert served.ask("SELECT id FROM t WHERE memo = ?", "a value of the caller's")["values"] == [["id"], [7]]
        status, out, err, _ = served.stop()
    assert (status, out) == (0, "")
    lines = [json.loads(line) for line in err.splitlines()]
    assert sum(line["event"] == "request" and line["path"] == "/v1/formulas" for line in lines) == 21
    for hidden in (served.token, *TBA.values(), "a value of the caller's", "SELECT id"):
        assert hidden not in err


def test_a_log_nobody_reads_holds_nobody_up(tmp_path):
    with scripted_netsuite(an_account) as netsuite, serving(tmp_path, netsuite.url) as served:
        for _ in range(1_000):
            assert served.get("/healthz") == {"status": "ok"}
        status, _, _, seconds = served.stop()
    assert status == 0
    assert seconds < 15


def test_it_stops_at_once_while_netsuite_is_silent(tmp_path):
    with (
        scripted_netsuite(lambda _: Scripted(held=True)) as netsuite,
        serving(tmp_path, netsuite.url) as served,
    ):
        assert "pending" in served.ask("SELECT id FROM t")
        status, _, _, seconds = served.stop()
    assert status == 0
    assert seconds < 15


def test_clients_that_say_nothing_keep_nobody_out(tmp_path):
    with (
        scripted_netsuite(an_account) as netsuite,
        serving(tmp_path, netsuite.url, "--tls") as served,
    ):
        address = (urlsplit(served.url).hostname, urlsplit(served.url).port)
        silent = [socket.create_connection(address) for _ in range(5)]
        begun = time.monotonic()
        assert served.get("/healthz") == {"status": "ok"}
        assert time.monotonic() - begun < 5
        for client in silent:
            client.close()


def test_callers_who_wait_leave_room_for_others(tmp_path):
    with (
        scripted_netsuite(lambda _: Scripted(held=True)) as netsuite,
        serving(tmp_path, netsuite.url, handover_seconds="20") as served,
    ):

        def wait_in_vain(number):
            with suppress(OSError, HTTPException):
                served.ask(f"SELECT {number} AS n FROM DUAL")

        for number in range(60):
            threading.Thread(target=wait_in_vain, args=(number,), daemon=True).start()
        begun = time.monotonic()
        assert served.get("/healthz") == {"status": "ok"}
        assert time.monotonic() - begun < 10


def test_a_port_in_use_is_one_error(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "connector", "serve", "--port", str(taken.getsockname()[1])],
            env=child_environment({"CONNECTOR_DATA": str(tmp_path)}),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0].endswith("cannot be listened on: it is in use.")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /dev/full")
def test_an_announcement_nobody_can_read_ends_the_service(tmp_path):
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-m", "connector", "serve", "--port", "0"],
            env=child_environment({"CONNECTOR_DATA": str(tmp_path)}),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("error SYSTEM: ")
