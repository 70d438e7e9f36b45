"""How a sandbox ends: soon, whatever it is doing."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from rows_engine import NothingEntered, RowsEngine
from test_sandbox_command import COMMAND, sandbox_process
from wire_client import SERVER_TIME, WireClient

from connector.sandbox.account import Account
from connector.sandbox.profile import PROFILES
from connector.sandbox.server import running
from connector.sandbox.serving import serving

SOON = 4  # seconds; what is asked for here would take a minute by itself


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_what_waits_out_the_latency_is_answered_and_the_sandbox_ends(tls):
    engine, inside = RowsEngine(), threading.Event()
    engine.before = inside.set
    account = Account(engine=engine, company=NothingEntered(), profile=PROFILES["default"], latency=60.0)
    with ExitStack() as clients, ThreadPoolExecutor(2) as pool, ExitStack() as stack:
        sandbox = stack.enter_context(serving(account, tls=tls))
        client, stranger = (clients.enter_context(WireClient(sandbox, time.time)) for _ in range(2))
        asked = pool.submit(client.ask, "SELECT 1")
        refused = pool.submit(stranger.send, "GET", SERVER_TIME)
        assert inside.wait(10)
        begun = time.monotonic()
        stack.close()
        assert time.monotonic() - begun < SOON
        assert asked.result(SOON).status == 200
        assert refused.exception(SOON) is not None or refused.result().status == 401


class Telling:
    """An engine that says when it is asked."""

    def __init__(self, engine) -> None:
        self.engine, self.asked = engine, threading.Event()

    def page(self, *arguments, **options):
        self.asked.set()
        return self.engine.page(*arguments, **options)


def test_a_query_that_runs_is_given_up():
    tables = ", ".join(f"transaction t{i}" for i in range(12))
    with ExitStack() as clients, ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        sandbox = stack.enter_context(running(rows=300))
        telling = sandbox.account.engine = Telling(sandbox.account.engine)
        client = clients.enter_context(WireClient(sandbox, time.time))
        asked = pool.submit(client.ask, f"SELECT COUNT(*) FROM {tables} WHERE t1.id + t2.id + t3.id > t9.id")
        assert telling.asked.wait(10)
        begun = time.monotonic()
        stack.close()
        assert time.monotonic() - begun < SOON
        assert asked.exception(SOON) is not None or asked.result().status == 400


def test_a_signal_that_another_thread_takes_ends_the_wait_too():
    script = (
        "import signal, threading\n"
        "from connector.sandbox.stop_signals import StopSignal\n"
        "stop = StopSignal()\n"
        "assert not stop.has_come\n"
        "take = lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)\n"
        "threading.Timer(0.2, take).start()\n"
        "stop.wait()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], timeout=SOON, check=False)
    assert done.returncode == 0


def test_a_stop_while_the_company_is_made_is_obeyed_and_nothing_announced():
    with subprocess.Popen(
        [*COMMAND, "--rows", "2000000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert "making a company of 2000000 transaction lines" in process.stderr.readline()
            process.send_signal(signal.SIGTERM)
            printed, errors = process.communicate(timeout=SOON)
        finally:
            process.kill()
    assert (process.returncode, printed) == (0, "")
    assert "Traceback" not in errors


def test_a_stop_with_requests_on_their_way_takes_no_longer():
    with sandbox_process("--rows", "300", "--latency-ms", "60000") as sandbox:
        with ExitStack() as clients, ThreadPoolExecutor(3) as pool:
            for _ in range(3):
                pool.submit(clients.enter_context(WireClient(sandbox, time.time)).ask, "SELECT 1 FROM DUAL")
            sandbox.process.send_signal(signal.SIGTERM)
            rest, errors = sandbox.process.communicate(timeout=SOON)
        assert (sandbox.process.returncode, rest) == (0, "")
        assert "Traceback" not in errors
