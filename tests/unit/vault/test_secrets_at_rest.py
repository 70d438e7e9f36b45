"""What someone can do who has the database file: nothing with it alone, and nothing by changing it."""

from __future__ import annotations

import base64
import hashlib
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from sample_credentials import MACHINE, TBA

from connector.db.engine import open_database
from connector.errors import SettingError
from connector.settings import MasterKey, Settings, load_settings
from connector.vault.api_tokens import ApiTokens
from connector.vault.authorization_flows import Flow
from connector.vault.connections import Credentials, Vault
from connector.vault.grants import NewGrant
from connector.vault.hand_offs import NewHandOff
from connector.vault.key_ring import KeyRing, open_key_ring
from connector.vault.pending_certificates import PendingCertificate


@pytest.fixture
def settings(tmp_path) -> Settings:
    """SQLite, whose files a thief can copy."""
    return load_settings({"CONNECTOR_DATA": str(tmp_path / "data")})


def change(database, statement: str) -> None:
    with database.write() as transaction:
        assert transaction.exec_driver_sql(statement).rowcount >= 1


def unreadable(vault, connection) -> str:
    with pytest.raises(SettingError) as caught:
        vault.secrets(connection)
    assert caught.value.code == "VAULT_UNREADABLE"
    told = f"{caught.value.message}{caught.value.remedy}"
    assert not [value for value in TBA.values() if value in told]
    return caught.value.message


def spellings(secret: str) -> list[bytes]:
    """A secret as it stands, in hex, in base64 and hashed without a key."""
    raw = secret.encode()
    digest = hashlib.sha256(raw)
    return [raw, raw.hex().encode(), base64.b64encode(raw)[:-4], digest.digest(), digest.hexdigest().encode()]


def test_no_file_of_the_data_directory_holds_a_secret(settings, database, add):
    add(name="tba")
    add(name="m2m", method="oauth2_client_credentials", secrets=MACHINE)
    token = ApiTokens(database).create("ann")
    files = {path.name: path.read_bytes() for path in settings.data.iterdir()}
    assert {"nsquery.db", "nsquery.db-wal", "keys.txt"} <= files.keys()
    held = b"".join(files.values())
    assert b"ann" in held, "what is no secret is found by the same search"
    assert b"1234567" in held
    for secret in (*TBA.values(), *MACHINE.values()):
        assert not [spelling for spelling in spellings(secret) if spelling in held]
    assert token.encode() not in held
    assert token.split("_", 2)[2].encode() not in held


def test_the_keys_do_not_stand_in_the_database(settings, database, ring, add):
    add()
    database.close()
    with closing(sqlite3.connect(settings.data / "nsquery.db")) as plain:
        dump = "\n".join(plain.iterdump()).encode()
    assert ring.primary.key_id.encode() in dump
    for spelling in (ring.primary.material, ring.primary.material.hex().upper().encode()):
        assert spelling not in dump


def test_the_database_alone_opens_nothing(tmp_path, settings, database, add):
    add()
    database.close()
    thief = load_settings({"CONNECTOR_DATA": str(tmp_path / "thief")})
    thief.data.mkdir()
    shutil.copy(settings.data / "nsquery.db", thief.data)
    stolen = open_database(thief.database_url)
    with pytest.raises(SettingError) as caught:
        open_key_ring(thief, stolen)
    assert caught.value.code == "KEY_MISSING"
    vault = Vault(stolen, KeyRing([MasterKey("guess", bytes(range(32)))]))
    assert "not in the key ring" in unreadable(vault, vault.connection("ann"))
    stolen.close()


def test_database_and_key_file_restored_on_another_path_work(tmp_path, settings, database, add):
    add()
    database.close()
    shutil.copytree(settings.data, tmp_path / "restored")
    restored = load_settings({"CONNECTOR_DATA": str(tmp_path / "restored")})
    again = open_database(restored.database_url)
    vault = Vault(again, open_key_ring(restored, again))
    assert vault.secrets(vault.connection("ann")) == TBA
    again.close()


def test_a_changed_address_makes_the_secrets_unusable(vault, database, add):
    add()
    change(database, "UPDATE connection SET origin = 'https://evil.example'")
    assert "another address" in unreadable(vault, vault.connection("ann"))


def test_secrets_are_not_given_out_for_another_address(vault, add):
    assert "another address" in unreadable(vault, replace(add(), origin="https://evil.example"))


def test_secrets_moved_to_another_connection_do_not_open(vault, database, add):
    mine, theirs = add(owner="mallory"), add(owner="ann")
    change(database, f"DELETE FROM secret WHERE row_id = '{mine.id}'")
    change(database, f"UPDATE secret SET row_id = '{mine.id}' WHERE row_id = '{theirs.id}'")
    assert "moved" in unreadable(vault, mine)


def test_secrets_moved_to_another_field_do_not_open(vault, database, add):
    connection = add()
    for old, new in (("token_id", "x"), ("token_secret", "token_id"), ("x", "token_secret")):
        change(database, f"UPDATE secret SET field = '{new}' WHERE field = '{old}'")
    assert "moved" in unreadable(vault, connection)


def test_a_secret_given_another_version_does_not_open(vault, database, add):
    connection = add()
    change(database, "UPDATE secret SET version = 2 WHERE field = 'token_secret'")
    assert "altered" in unreadable(vault, connection)


def test_a_secret_that_is_missing_is_named(vault, database, add):
    connection = add()
    change(database, "DELETE FROM secret WHERE field = 'token_secret'")
    assert "token_secret" in unreadable(vault, connection)


def test_each_connection_has_a_data_key_of_its_own(database, add):
    one, other = add(name="one"), add(name="other")
    with database.read() as transaction:
        keys = {
            (row.row_id, bytes(row.wrapped_key))
            for row in transaction.exec_driver_sql("SELECT row_id, wrapped_key FROM secret")
        }
    assert len(keys) == 2
    assert {row for row, _ in keys} == {one.id, other.id}


def test_no_file_holds_a_record_a_consent_a_flow_or_a_hand_off_in_clear(settings, database, vault):
    class Tokens:
        access_token, expires_in, refresh_token = "access-7d1c", 3600.0, "refresh-7d1c"

    origin = "https://1234567.suitetalk.api.netsuite.com"
    record = vault.integration_records.add(
        owner="ann",
        account_id="1234567",
        application="clientid-7d1c",
        client_secret="hidden-7d1c",
        name="x",
        origin=origin,
    )
    credentials = Credentials(
        "oauth2_authorization_code", record_id=record.id, grant=NewGrant(Tokens(), "restlets", rotates=True)
    )
    mine = vault.add(owner="ann", name="mine", account_id="1234567", origin=origin, credentials=credentials)
    flow = Flow("tba", record.id, None, "x", "", "https://x/y", {"token_secret": "verifier-7d1c"})
    vault.authorization_flows.begin("state-7d1c", "ann", "browser", flow)
    at = mine.created_at
    _, link = vault.hand_offs.begin(NewHandOff("ann", "1234567", origin, "y", "PEM", at, "handedkey-7d1c"))
    vault.pending_certificates.keep(mine, PendingCertificate("pendingkey-7d1c", "PEM", at, "pendingid-7d1c"))
    held = b"".join(path.read_bytes() for path in settings.data.iterdir())
    assert b"ann" in held
    told = ("clientid", "hidden", "access", "refresh", "verifier", "state", "handedkey", "pendingkey", "pendingid")
    for secret in (*(f"{name}-7d1c" for name in told), link):
        assert not [spelling for spelling in spellings(secret)[:3] if spelling in held], secret
