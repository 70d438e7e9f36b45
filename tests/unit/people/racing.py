"""Several processes that do the same at the same moment, each with connections of its own."""

from __future__ import annotations

import subprocess
import sys

_PRELUDE = """
import sys
from connector.audit.log import AuditLog
from connector.db.engine import open_database
from connector.db.utc_time import utc_now
from connector.errors import ConnectorError
from connector.people.devices import Devices
from connector.people.passwords import Passwords
from connector.people.people import People
from connector.vault.api_tokens import ApiTokens

url, arguments = sys.argv[1], sys.argv[2:]
database = open_database(url)
audit = AuditLog(database)
people = People(database, audit, passwords=Passwords(passes=1, memory=8, lanes=1))
devices = Devices(database, ApiTokens(database), audit)

def wrong_codes_looked_at(tries):
    looked_at = 0
    for _ in range(tries):
        try:
            devices.look_up("BBBB-BBBB", attempts_subject="bob")
        except ConnectorError as error:
            looked_at += error.code == "UNKNOWN_DEVICE_CODE"
    return looked_at

print("ready", flush=True)
sys.stdin.read()  # all wait here, so that all go on at once
try:
    print({act})
except ConnectorError as error:
    print(error.code)
"""


def race(url: str, act: str, *arguments: str, processes: int = 2) -> list[str]:
    """What each process printed: the value of the expression `act`, or the code of its error."""
    script = _PRELUDE.replace("{act}", act)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, url, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(processes)
    ]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.close()
    answers = []
    for process in started:
        answers.append(process.stdout.read().strip())
        process.stdout.close()
        assert process.wait() == 0
    return answers
