"""Keys come from the settings, or from one private file that is made once."""

from __future__ import annotations

import base64
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from connector.db.engine import open_database
from connector.errors import SettingError
from connector.settings import MasterKey, Settings, load_settings
from connector.vault.connections import Vault
from connector.vault.key_ring import KeyRing, open_key_ring

KEY = base64.b64encode(bytes(range(32))).decode()
OPEN = """
import sys
from connector.db.engine import open_database
from connector.settings import load_settings
from connector.vault.connections import Vault
from connector.vault.key_ring import open_key_ring
settings = load_settings({"CONNECTOR_DATA": sys.argv[1]})
database = open_database(settings.database_url)
sys.stdin.read()  # all wait here, so that all go on at once
Vault(database, open_key_ring(settings, database)).add_connection(
    owner="ann", name=sys.argv[2], account_id="1234567", method="tba", origin="https://x.example",
    secrets={"consumer_key": "a", "consumer_secret": "b", "token_id": "c", "token_secret": sys.argv[2]},
)
database.close()
"""


@pytest.fixture
def settings(tmp_path) -> Settings:
    """SQLite: it alone has a key file."""
    return load_settings({"CONNECTOR_DATA": str(tmp_path / "data")})


posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")


def key_file(settings):
    return settings.data / "keys.txt"


def refusal(settings, database) -> SettingError:
    with pytest.raises(SettingError) as caught:
        open_key_ring(settings, database)
    return caught.value


@posix
def test_the_first_start_makes_a_private_file_with_one_random_key(settings, database):
    ring = open_key_ring(settings, database)
    assert stat.S_IMODE(key_file(settings).stat().st_mode) == 0o600
    (line,) = [line for line in key_file(settings).read_text().splitlines() if not line.startswith("#")]
    key_id, _, text = line.partition(":")
    assert ring.primary == MasterKey(key_id, base64.b64decode(text))
    assert len(set(ring.primary.material)) > 8
    assert [path.name for path in settings.data.iterdir() if "keys" in path.name] == ["keys.txt"]


def test_the_next_start_has_the_same_key(settings, database, ring):
    assert open_key_ring(settings, database).primary == ring.primary


def test_the_settings_come_before_the_file(tmp_path, database):
    settings = load_settings({"CONNECTOR_DATA": str(tmp_path / "data"), "CONNECTOR_KEYS": f"env:{KEY}"})
    assert open_key_ring(settings, database).primary == MasterKey("env", bytes(range(32)))
    assert not key_file(settings).exists()


def test_the_first_key_of_the_file_is_the_primary_one_and_the_others_still_open(settings, database):
    other = base64.b64encode(bytes(range(32, 64))).decode()
    settings.data.mkdir(exist_ok=True)
    key_file(settings).write_text(f"# ours\nnew:{other}\n\nold:{KEY}\n")
    key_file(settings).chmod(0o600)
    ring = open_key_ring(settings, database)
    assert ring.primary.key_id == "new"
    assert ring.key("old") == MasterKey("old", bytes(range(32)))
    assert ring.key("none") is None


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o644])
def test_a_file_that_others_can_reach_is_refused_with_the_command_to_run(settings, database, ring, mode):
    key_file(settings).chmod(mode)
    error = refusal(settings, database)
    assert error.code == "KEY_FILE_OPEN"
    assert f"chmod 600 {key_file(settings)}" in error.remedy


def test_postgresql_without_keys_is_refused(database):
    settings = load_settings({"CONNECTOR_DATABASE_URL": "postgresql://db/nsquery"})
    error = refusal(settings, database)
    assert error.code == "KEY_MISSING"
    assert "CONNECTOR_KEYS" in error.remedy


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("", "there is no key"),
        ("# nothing but this\n", "there is no key"),
        (f"k1:{base64.b64encode(bytes(31)).decode()}\n", "31 bytes instead of 32"),
        (f"k1:{base64.b64encode(b'a' * 32).decode()}\n", "repeats one byte"),
        (f"{KEY}\n", "without its id"),
        (f"k1:{KEY}\nk1:{KEY}\n", "the same id"),
        (f"k1:{KEY[:20]}ä{KEY[20:]}\n", "not base64"),
    ],
)
def test_a_weak_or_broken_file_is_refused_and_its_key_never_repeated(settings, database, content, cause):
    key_file(settings).write_text(content, encoding="utf-8")
    key_file(settings).chmod(0o600)
    error = refusal(settings, database)
    assert error.code == "KEY_FILE_UNREADABLE"
    assert cause in error.message
    assert KEY[:12] not in f"{error.message}{error.remedy}{error.__cause__!r}"
    assert key_file(settings).read_text(encoding="utf-8") == content


def test_no_new_key_is_made_where_the_database_has_credentials_of_another(settings, database, ring, add):
    add()
    key_file(settings).unlink()
    error = refusal(settings, database)
    assert error.code == "KEY_MISSING"
    assert str(key_file(settings)) in error.message
    assert ring.primary.key_id in error.remedy
    assert not key_file(settings).exists()


def test_a_directory_in_place_of_the_file_is_told(settings, database):
    key_file(settings).mkdir()
    assert refusal(settings, database).code == "KEY_FILE_UNREADABLE"


def test_processes_that_start_at_once_agree_on_one_key(tmp_path):
    data = tmp_path / "data"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(data), f"name{number}"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for number in range(4)
    ]
    for process in processes:
        process.stdin.close()
        process.stdin = None
    for process in processes:
        assert process.communicate(timeout=60)[1] == b""
    assert [path.name for path in data.iterdir() if "keys" in path.name] == ["keys.txt"]
    settings = load_settings({"CONNECTOR_DATA": str(data)})
    database = open_database(settings.database_url)
    vault = Vault(database, open_key_ring(settings, database))
    names = {
        name: vault.secrets(vault.connection("ann", name))["token_secret"] for name in map("name{}".format, range(4))
    }
    database.close()
    assert names == {f"name{number}": f"name{number}" for number in range(4)}


def test_of_many_that_find_no_key_file_one_makes_it_and_all_use_it(tmp_path, database):
    for number in range(20):
        settings = load_settings({"CONNECTOR_DATA": str(tmp_path / f"data{number}")})
        together = Barrier(8)

        def primary(_thread: int, settings: Settings = settings, together: Barrier = together) -> MasterKey:
            together.wait()
            return open_key_ring(settings, database).primary

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(primary, range(8)))) == 1
        assert [path.name for path in settings.data.iterdir()] == ["keys.txt"]


def test_a_ring_shows_the_ids_of_its_keys_alone():
    shown = repr(KeyRing([MasterKey("k1", bytes(range(32)))]))
    assert re.fullmatch(r"KeyRing\(k1\)", shown)
