"""kill -9 at any moment leaves whole connections, keys that open them, and a service that starts again."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from connector.settings import child_environment, load_settings
from connector.wiring import build
from tests.integration.service import TBA
from tests.integration.test_serving import an_account, connector, serving
from tests.unit.netsuite.scripted_netsuite import Scripted
from tests.unit.netsuite.scripted_netsuite import running as scripted_netsuite

LONGEST_START = 2.0  # seconds; most of them are Python's own


def killed_at(moment, arguments, environment, stdin):
    """Run `connector …` and kill it after so many seconds, if it has not ended by then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "connector", *arguments],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with suppress(subprocess.TimeoutExpired):
        process.communicate(stdin, timeout=moment)
    process.kill()
    process.wait()


@pytest.mark.parametrize("rounds", [4, pytest.param(60, marks=pytest.mark.proof)])
def test_a_connection_is_added_whole_or_not_at_all(tmp_path, rounds):
    chance = random.Random(1)
    settings = {"CONNECTOR_DATA": str(tmp_path), "CONNECTOR_NETSUITE_URL": "http://127.0.0.1:9"}
    environment = child_environment(settings)
    for number in range(rounds):
        arguments = ["connection", "add", "--name", f"c{number}", "--account", "1234567", "--method", "tba"]
        killed_at(chance.uniform(0.3, LONGEST_START), arguments, environment, json.dumps(TBA))
        services = build(load_settings(settings))
        for connection in services.vault.connections("workspace"):
            assert services.vault.secrets(connection) == TBA
        services.close()
    last = ["connection", "add", "--name", "last", "--account", "1234567", "--method", "tba"]
    connector(*last, environment=environment, stdin=json.dumps(TBA))
    assert "last\t1234567" in connector("connection", "list", environment=environment)


@pytest.mark.parametrize("rounds", [1, pytest.param(15, marks=pytest.mark.proof)])
def test_a_service_killed_in_the_middle_of_a_query_starts_again_and_answers(tmp_path, rounds):
    for number in range(rounds):
        data = tmp_path / str(number)
        with scripted_netsuite(lambda _: Scripted(held=True)) as silent, serving(data, silent.url) as served:
            assert "pending" in served.ask("SELECT id FROM t")
            served.process.send_signal(signal.SIGKILL)
            served.process.wait()
        settings = {"CONNECTOR_DATA": str(data), "CONNECTOR_NETSUITE_URL": silent.url}
        services = build(load_settings(settings))
        (connection,) = services.vault.connections("workspace")
        assert services.vault.secrets(connection) == TBA
        services.close()
        with scripted_netsuite(an_account) as netsuite, serving(data / "again", netsuite.url) as served:
            assert served.ask("SELECT id FROM t")["values"] == [["id"], [7]]
