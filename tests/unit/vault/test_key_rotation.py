"""A new primary key takes over every secret, in batches that may be cut off anywhere; and every secret can be checked."""

from __future__ import annotations

import base64
import signal
import subprocess
import sys

import pytest
from sample_credentials import MACHINE, ORIGIN, TBA

from connector.errors import SettingError
from connector.settings import MasterKey
from connector.vault.connections import Credentials, Vault
from connector.vault.grants import NewGrant
from connector.vault.integration_record_rows import RecordSecrets
from connector.vault.key_ring import KeyRing
from connector.vault.rotation import KeyRotation

OLD, NEW = MasterKey("old", bytes(range(32))), MasterKey("new", bytes(range(32, 64)))
ROTATE = """
import base64, sys
from connector.db.engine import open_database
from connector.settings import parse_keys
from connector.vault.key_ring import KeyRing
from connector.vault.rotation import KeyRotation
database = open_database(sys.argv[1])
KeyRotation(database, KeyRing(parse_keys(sys.argv[2]))).rotate(
    batch=3, progress=lambda done: print(done.rewrapped, flush=True)
)
"""


class Tokens:
    access_token, expires_in, refresh_token = "access", 3600.0, "refresh"


@pytest.fixture
def old(database) -> Vault:
    """A vault of everything there is, under the old key alone."""
    vault = Vault(database, KeyRing([OLD]))
    vault.add_connection(owner="ann", name="tba", account_id="1234567", method="tba", origin=ORIGIN, secrets=TBA)
    vault.add_connection(
        owner="ann",
        name="m2m",
        account_id="1234567",
        method="oauth2_client_credentials",
        origin=ORIGIN,
        secrets=MACHINE,
    )
    record = vault.integration_records.add(
        owner="ann", account_id="1234567", application="client", client_secret="hidden", name="app", origin=ORIGIN
    )
    grant = NewGrant(Tokens(), "restlets", rotates=True)
    credentials = Credentials("oauth2_authorization_code", record_id=record.id, grant=grant)
    vault.add(owner="ann", name="mine", account_id="1234567", origin=ORIGIN, credentials=credentials)
    return vault


def keys(database) -> set[str]:
    with database.read() as transaction:
        return set(transaction.exec_driver_sql("SELECT DISTINCT key_id FROM secret").scalars())


def works(vault: Vault) -> None:
    assert vault.secrets(vault.connection("ann", "tba")) == TBA
    assert vault.secrets(vault.connection("ann", "m2m")) == MACHINE
    mine = vault.connection("ann", "mine")
    assert vault.grants.refresh_token(mine) == "refresh"
    secrets = vault.integration_records.secrets(mine.integration_record_id)
    assert (secrets.client_id, secrets.client_secret) == ("client", "hidden")


def test_after_a_rotation_the_new_key_alone_opens_everything(database, old):
    done = KeyRotation(database, KeyRing([NEW, OLD])).rotate(batch=2)
    assert (done.rewrapped, done.unreadable) == (11, 0)
    assert keys(database) == {"new"}
    works(Vault(database, KeyRing([NEW])))


def test_records_are_known_by_the_new_key_alone(database, old):
    done = KeyRotation(database, KeyRing([NEW, OLD])).rotate()
    assert (done.fingerprints, done.fingerprints_left) == (3, 0)
    again = Vault(database, KeyRing([NEW]))
    known = again.connection("ann", "tba").integration_record_id
    again.add_connection(
        owner="bob", name="x", account_id="1234567", method="tba", origin=ORIGIN, secrets={**TBA, "token_id": "other"}
    )
    assert again.connection("bob").integration_record_id == known


def test_a_record_whose_application_nothing_tells_is_counted(database, old):
    old.integration_records.add(owner="ann", account_id="1234567_SB1", application="forgotten", name="empty")
    assert KeyRotation(database, KeyRing([NEW, OLD])).rotate().fingerprints_left == 1


def test_a_rotation_that_is_cut_off_goes_on_where_it_was(database, old):
    rotation = KeyRotation(database, KeyRing([NEW, OLD]))

    def cut_off(_done: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(batch=4, progress=cut_off)
    assert keys(database) == {"old", "new"}
    works(Vault(database, KeyRing([NEW, OLD])))
    assert rotation.rotate(batch=4).rewrapped == 7
    assert rotation.rotate().rewrapped == 0
    works(Vault(database, KeyRing([NEW])))


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
def test_kill_9_in_a_rotation_leaves_every_secret_open(database, settings, old):
    ring = ",".join(f"{key.key_id}:{base64.b64encode(key.material).decode()}" for key in (NEW, OLD))
    process = subprocess.Popen(
        [sys.executable, "-c", ROTATE, settings.database_url, ring], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "3\n"
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stdout.close()
    works(Vault(database, KeyRing([NEW, OLD])))
    KeyRotation(database, KeyRing([NEW, OLD])).rotate()
    works(Vault(database, KeyRing([NEW])))


def test_what_a_missing_key_sealed_is_counted_and_left(database, old):
    done = KeyRotation(database, KeyRing([NEW])).rotate(batch=3)
    assert (done.rewrapped, done.unreadable) == (0, 11)
    works(old)


def test_a_running_service_that_has_both_keys_writes_meanwhile(database, old):
    service = Vault(database, KeyRing([OLD, NEW]))
    mine = service.connection("ann", "mine")

    def write(_done: object) -> None:
        service.integration_records.edit(
            "ann", mine.integration_record_id, origin=ORIGIN, secrets=RecordSecrets("client", "hidden")
        )

    KeyRotation(database, KeyRing([NEW, OLD])).rotate(batch=5, progress=write)
    works(Vault(database, KeyRing([NEW, OLD])))


def test_the_check_opens_every_secret_and_counts_by_key(database, old):
    checked = old.rotation.check()
    assert (checked.opened, checked.failed, checked.leftovers) == ({"old": 11}, (), 0)
    KeyRotation(database, KeyRing([NEW, OLD])).rotate()
    assert old.rotation.check().opened == {}
    assert len(old.rotation.check().failed) == 11


def test_the_check_names_what_does_not_open_and_shows_none_of_it(database, old):
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE secret SET field = 'x' WHERE field = 'token_secret'")
        transaction.exec_driver_sql("UPDATE connection SET origin = 'https://evil.example' WHERE name = 'm2m'")
    failed = old.rotation.check().failed
    assert {one.field for one in failed} == {"x", *MACHINE}
    assert not [value for value in (*TBA.values(), *MACHINE.values()) if value in repr(failed)]


def test_secrets_of_rows_that_are_gone_are_counted_and_go_with_a_rotation(database, old):
    with database.write() as transaction:
        transaction.exec_driver_sql("DELETE FROM connection WHERE name = 'mine'")
    assert old.rotation.check().leftovers == 2
    assert old.rotation.rotate().removed == 2
    assert old.rotation.check().leftovers == 0


class KeyService:
    """A key service far away, as the vault's KeyProvider sees it: nothing but wrapped keys leaves it."""

    primary_id = "kms-1"

    def __init__(self) -> None:
        self._ring = KeyRing([MasterKey("kms-1", bytes(range(64, 96)))])

    def wrap(self, material: bytes) -> bytes:
        return self._ring.wrap(material)

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        if key_id != self.primary_id:
            raise SettingError("not here", code="VAULT_UNREADABLE")
        return self._ring.unwrap(key_id, wrapped)

    def fingerprints(self, text: str) -> list[str]:
        return self._ring.fingerprints(text)


def test_another_provider_of_keys_serves_as_well(database, add):
    vault = Vault(database, KeyService())
    vault.add_connection(owner="bob", name="x", account_id="1", method="tba", origin=ORIGIN, secrets=TBA)
    assert vault.secrets(vault.connection("bob")) == TBA
