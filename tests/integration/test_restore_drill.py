"""The drill of docs/operations.md, by the commands as they stand there: backup, restore on another path, a new key."""

from __future__ import annotations

import base64
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from connector.settings import child_environment, load_settings
from connector.wiring import Services, build
from tests.integration.service import TBA
from tests.postgres import drop, migrated_postgres_url, new_postgres_url, program

OLD, NEW = (base64.b64encode(bytes(range(first, first + 32))).decode() for first in (0, 100))


def run(*arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    environment = child_environment({f"CONNECTOR_{name.upper()}": str(value) for name, value in settings.items()})
    command = [sys.executable, "-m", "connector", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def with_connections(services: Services) -> None:
    for name in ("one", "two"):
        secrets = {**TBA, "token_id": name * 20}
        services.connections.add(owner="ann", name=name, account="1234567", method="tba", secrets=secrets)


@pytest.fixture
def data(tmp_path) -> Path:
    return tmp_path / "data"


def test_a_copy_made_beside_a_running_service_works_on_another_path(tmp_path, data):
    services = build(load_settings({"CONNECTOR_DATA": str(data)}))
    with_connections(services)
    with closing(sqlite3.connect(data / "nsquery.db")) as database:
        database.execute("VACUUM INTO ?", [str(tmp_path / "copy.db")])
    services.connections.add(owner="ann", name="later", account="1234567", method="tba", secrets=TBA)
    services.close()

    restored = tmp_path / "restored"
    restored.mkdir(mode=0o700)
    shutil.copy(tmp_path / "copy.db", restored / "nsquery.db")
    shutil.copy(data / "keys.txt", restored)
    checked = run("vault", "check", data=restored)
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "all 8 open")
    assert run("connection", "list", "--user", "ann", data=restored).stdout.count("\n") == 2


def test_the_database_alone_opens_nothing(tmp_path, data):
    services = build(load_settings({"CONNECTOR_DATA": str(data)}))
    with_connections(services)
    services.close()
    stolen = tmp_path / "stolen"
    stolen.mkdir(mode=0o700)
    shutil.copy(data / "nsquery.db", stolen)
    without = run("vault", "check", data=stolen)
    assert (without.returncode, without.stderr.split(":")[0]) == (2, "error KEY_MISSING")
    guessed = run("vault", "check", data=stolen, keys=f"k1:{OLD}")
    assert guessed.returncode == 2
    assert "does not open" in guessed.stderr
    assert not [value for value in TBA.values() if value in guessed.stdout + guessed.stderr]


def test_a_dump_of_postgresql_works_in_another_database(tmp_path):
    url, other = migrated_postgres_url(), new_postgres_url()
    settings = {"data": tmp_path / "data", "database_url": url, "keys": f"k1:{OLD}"}
    services = build(load_settings({f"CONNECTOR_{name.upper()}": str(value) for name, value in settings.items()}))
    with_connections(services)
    dump = tmp_path / "nsquery.dump"
    subprocess.run([program("pg_dump"), "--format=custom", f"--file={dump}", url], check=True)
    subprocess.run([program("pg_restore"), f"--dbname={other}", str(dump)], check=True)
    services.close()
    checked = run("vault", "check", **{**settings, "database_url": other})
    assert (checked.returncode, checked.stdout.splitlines()) == (0, ["under key k1: 8", "all 8 open"])
    for one in (url, other):
        drop(one)


def test_a_new_key_takes_over_step_by_step(data):
    services = build(load_settings({"CONNECTOR_DATA": str(data), "CONNECTOR_KEYS": f"k1:{OLD}"}))
    with_connections(services)
    services.close()
    assert run("vault", "check", data=data, keys=f"k1:{OLD},k2:{NEW}").stdout == "under key k1: 8\nall 8 open\n"
    rotated = run("vault", "rotate", "--batch", "3", data=data, keys=f"k2:{NEW},k1:{OLD}")
    assert rotated.returncode == 0, rotated.stderr
    assert rotated.stdout.splitlines() == ["wrapped anew: 8", "applications hashed anew: 1", "under key k2: 8"]
    assert run("vault", "check", data=data, keys=f"k2:{NEW}").stdout == "under key k2: 8\nall 8 open\n"
    assert run("vault", "rotate", data=data, keys=f"k2:{NEW}").stdout.splitlines()[0] == "wrapped anew: 0"


def test_a_rotation_without_the_old_key_says_what_is_missing_and_changes_nothing(data):
    services = build(load_settings({"CONNECTOR_DATA": str(data), "CONNECTOR_KEYS": f"k1:{OLD}"}))
    with_connections(services)
    services.close()
    rotated = run("vault", "rotate", data=data, keys=f"k2:{NEW}")
    assert rotated.returncode == 2
    assert "error VAULT_UNREADABLE: 8 stored secrets do not open." in rotated.stderr
    assert run("vault", "check", data=data, keys=f"k1:{OLD}").returncode == 0
