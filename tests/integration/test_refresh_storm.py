"""Refresh storm: whatever threads and processes want a token, NetSuite is asked once an expiry, and no token is used twice.

Each process is a real one on a real database, and the token endpoint is a witness of all it was asked.
"""

from __future__ import annotations

import base64
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from connector.db.engine import open_database
from connector.netsuite.authorization_code import Tokens
from connector.settings import Settings, load_settings
from connector.vault.authentication_options import AuthenticationOptions
from connector.vault.connections import Connection, Credentials, Vault
from connector.vault.grants import NewGrant
from connector.vault.key_ring import open_key_ring
from tests.integration.token_endpoint import TokenEndpoint, token_endpoint
from tests.postgres import drop, migrated_postgres_url

PROCESSES, THREADS = 4, 8
SERVICE = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from connector.settings import load_settings
from connector.wiring import build

services = build(load_settings(json.loads(sys.argv[1])))
connection = services.vault.connections("ann")[0]

def ask(_number):
    try:
        services.connections.test(connection)
    except Exception as error:
        return getattr(error, "code", repr(error))
    return "ok"

with ThreadPoolExecutor(8) as pool:
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(list(pool.map(ask, range(int(line))))), flush=True)
services.close()
"""
DIES = """
import json, os, signal, sys
from datetime import timedelta
from connector.connections import Connections
from connector.db.engine import open_database
from connector.netsuite.authorization_code import Application, refresh
from connector.settings import load_settings
from connector.vault.connections import Vault
from connector.vault.grant_tokens import GrantTokens
from connector.vault.key_ring import open_key_ring
from connector.egress import Origin

settings = load_settings(json.loads(sys.argv[1]))
database = open_database(settings.database_url)
vault = Vault(database, open_key_ring(settings, database))
connection = vault.connections("ann")[0]
session = Connections(vault, settings).plain_session(Origin.parse(settings.netsuite_url, configured=True))

def renew(token):
    tokens = refresh(session, Application("client", None), token)
    if sys.argv[2] == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    return tokens

try:
    print(GrantTokens(vault.grants, connection, renew, lease=timedelta(seconds=1)).access_token())
except Exception as error:
    print(getattr(error, "code", repr(error)))
"""


@dataclass
class Place:
    """A service with one consent, before a token endpoint."""

    environment: dict[str, str]
    settings: Settings
    vault: Vault
    connection: Connection
    endpoint: TokenEndpoint
    database: object

    def expire(self) -> None:
        """The access token is over for everybody, as NetSuite and the row see it."""
        with self.endpoint.lock:
            self.endpoint.access.clear()
        with self.database.write() as transaction:
            transaction.exec_driver_sql("UPDATE oauth_grant SET access_expires_at = '2001-01-01T00:00:00.000000Z'")

    def run(self, script: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-c", script, json.dumps(self.environment), *arguments]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def consent_anew(self, number: int) -> None:
        now = self.vault.by_id(self.connection.id)
        grant = NewGrant(
            Tokens("access-none", 3600, self.endpoint.consented(number)), "rest_webservices", self.endpoint.rotates
        )
        self.vault.replace_credentials(
            now, Credentials("oauth2_authorization_code", record_id=now.integration_record_id, grant=grant)
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def place(tmp_path, request) -> Iterator[Place]:
    rotates = getattr(request.node, "callspec", None) is None or request.node.callspec.params.get("rotates", True)
    key = "k1:" + base64.b64encode(bytes(range(100, 132))).decode()
    environment = {"CONNECTOR_DATA": str(tmp_path / "data"), "CONNECTOR_KEYS": key}
    if request.param == "postgresql":
        environment["CONNECTOR_DATABASE_URL"] = migrated_postgres_url()
    with token_endpoint(rotates=rotates) as endpoint:
        environment["CONNECTOR_NETSUITE_URL"] = endpoint.url
        settings = load_settings(environment)
        database = open_database(settings.database_url)
        vault = Vault(database, open_key_ring(settings, database))
        record = vault.integration_records.add(
            owner="ann",
            account_id="1234567",
            application="client",
            name="NSQuery",
            origin=endpoint.url,
            client_secret=None if rotates else "secret",
            options=AuthenticationOptions(
                authorization_code=True, redirect_uri="https://x.example/y", public_client=rotates, scopes=("restlets",)
            ),
        )
        grant = NewGrant(Tokens("access-0", 3600, "refresh-0"), "restlets", rotates)
        credentials = Credentials("oauth2_authorization_code", record_id=record.id, grant=grant)
        connection = vault.add(
            owner="ann", name="Mine", account_id="1234567", origin=endpoint.url, credentials=credentials
        )
        yield Place(environment, settings, vault, connection, endpoint, database)
        database.close()
    if request.param == "postgresql":
        drop(environment["CONNECTOR_DATABASE_URL"])


def storm(place: Place, *, rounds: int, requests: int) -> None:
    """All processes ask at once, again after each expiry."""
    services = [place.run(SERVICE) for _ in range(PROCESSES)]
    try:
        for service in services:
            assert service.stdout.readline() == "ready\n"
        for expiry in range(1, rounds + 1):
            place.expire()
            for service in services:
                service.stdin.write(f"{requests}\n")
                service.stdin.flush()
            answers = [json.loads(service.stdout.readline()) for service in services]
            assert answers == [["ok"] * requests] * PROCESSES
            assert len(place.endpoint.asked) == expiry, "one refresh an expiry"
    finally:
        for service in services:
            service.stdin.close()
            service.wait(30)
            service.stdout.close()
    assert place.endpoint.refused == []


@pytest.mark.parametrize("rotates", [True, False], ids=["public", "confidential"])
def test_32_threads_in_4_processes_cause_one_refresh_an_expiry(place: Place, rotates: bool):
    storm(place, rounds=3, requests=THREADS)
    assert len(set(place.endpoint.asked)) == (3 if rotates else 1)


@pytest.mark.proof
@pytest.mark.parametrize("rotates", [True, False], ids=["public", "confidential"])
def test_so_do_many_expiries_with_many_requests(place: Place, rotates: bool):
    storm(place, rounds=40, requests=3 * THREADS)


def run_to_end(process: subprocess.Popen) -> str:
    out, _ = process.communicate(timeout=60)
    return out.strip()


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
@pytest.mark.parametrize("rotates", [True], ids=["public"])
def test_a_process_killed_between_answer_and_write_loses_the_consent_and_it_is_told_once(place: Place, rotates: bool):
    place.expire()
    dying = place.run(DIES, "dies")
    assert run_to_end(dying) == ""
    assert dying.returncode == -signal.SIGKILL
    survivors = [place.run(DIES, "lives") for _ in range(PROCESSES)]
    assert [run_to_end(process) for process in survivors] == ["RECONSENT_NEEDED"] * PROCESSES
    assert place.endpoint.asked == ["refresh-0"], "a token that may have been used is never sent again"
    told = [place.vault.take_untold() for _ in range(2)]
    assert [[one.trouble for one in each] for each in told] == [["REFRESH_LOST"], []]
    place.consent_anew(1)
    place.expire()
    assert run_to_end(place.run(DIES, "lives")) == "access-2"


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
@pytest.mark.parametrize("rotates", [False], ids=["confidential"])
def test_a_process_killed_there_costs_nothing_where_the_token_does_not_rotate(place: Place, rotates: bool):
    place.expire()
    dying = place.run(DIES, "dies")
    assert run_to_end(dying) == ""
    survivors = [place.run(DIES, "lives") for _ in range(PROCESSES)]
    assert {run_to_end(process) for process in survivors} == {"access-2"}
    assert place.endpoint.asked == ["refresh-0", "refresh-0"]


@pytest.mark.proof
@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
@pytest.mark.parametrize("rotates", [True], ids=["public"])
def test_processes_killed_at_any_moment_never_use_a_token_twice(place: Place, rotates: bool):
    """After each kill the consent is either whole or told as lost; a new one makes it whole again."""
    chance = random.Random(7)
    lost = 0
    for number in range(25):
        place.expire()
        victims = [place.run(SERVICE) for _ in range(2)]
        for victim in victims:
            assert victim.stdout.readline() == "ready\n"
            victim.stdin.write("8\n")
            victim.stdin.flush()
        time.sleep(chance.uniform(0, 0.08))  # the moment of death
        for victim in victims:
            victim.kill()
            victim.communicate(timeout=30)
        with place.database.write() as transaction:
            transaction.exec_driver_sql(
                "UPDATE oauth_grant SET lease_until = '2001-01-01T00:00:00.000000Z' WHERE lease IS NOT NULL"
            )
        outcome = run_to_end(place.run(DIES, "lives"))
        if outcome == "RECONSENT_NEEDED":
            lost += 1
            assert [one.trouble for one in place.vault.take_untold()] == ["REFRESH_LOST"]
            place.consent_anew(number)
        else:
            assert outcome.startswith("access-"), outcome
    assert place.endpoint.refused == []
    assert len(set(place.endpoint.asked)) == len(place.endpoint.asked)
    assert lost < 25, "no kill hit another moment than that one"
