"""Secrets of the service's own parts: sealed for one address, opened for no other, carried along by a rotation."""

from __future__ import annotations

import base64

import pytest

from connector.errors import SettingError
from connector.settings import load_settings, parse_keys
from connector.vault.key_ring import KeyRing
from connector.vault.part_secrets import PartSecrets, part_origin
from connector.vault.rotation import KeyRotation

SMTP = "smtp://mail.example.com:587"
VALUE = "the mail server's own password"


@pytest.fixture
def parts(database, ring) -> PartSecrets:
    return PartSecrets(database, ring)


def refusal(call, *arguments, **named) -> str:
    with pytest.raises(SettingError) as caught:
        call(*arguments, **named)
    assert VALUE not in f"{caught.value.message}{caught.value.remedy}"
    return caught.value.code


def test_a_secret_comes_back_for_its_address_alone(parts, database):
    assert parts.get("smtp", origin=SMTP) is None
    parts.put("smtp", "old", origin=SMTP)
    parts.put("smtp", VALUE, origin=SMTP)
    assert parts.get("smtp", origin=SMTP) == VALUE
    assert refusal(parts.get, "smtp", origin="smtp://evil.example:587") == "MOVED_ORIGIN"
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE part_secret SET origin = 'smtp://evil.example:587'")
    assert refusal(parts.get, "smtp", origin="smtp://evil.example:587") == "VAULT_UNREADABLE"
    parts.drop("smtp")
    assert parts.get("smtp", origin=SMTP) is None


def test_it_does_not_stand_in_the_database_in_clear(parts, database):
    parts.put("smtp", VALUE, origin=SMTP)
    with database.read() as transaction:
        (row,) = transaction.exec_driver_sql("SELECT ciphertext FROM secret WHERE table_name = 'part_secret'").all()
    assert VALUE.encode() not in bytes(row[0])


@pytest.mark.parametrize("value", ["", "two\nlines", "x" * 8_001, "\x00"])
def test_what_cannot_be_a_secret_is_refused(parts, value):
    assert refusal(parts.put, "smtp", value, origin=SMTP) == "BAD_PART_SECRET"


def test_a_rotation_of_keys_takes_it_along(parts, database, ring):
    parts.put("smtp", VALUE, origin=SMTP)
    new = parse_keys("new:" + base64.b64encode(bytes(range(50, 82))).decode())
    both = KeyRing([*new, *ring])
    rotation = KeyRotation(database, both)
    assert rotation.rotate().rewrapped == 1
    assert rotation.check().opened == {"new": 1}
    assert PartSecrets(database, KeyRing(new)).get("smtp", origin=SMTP) == VALUE


def test_which_address_it_is_for_stands_in_the_settings(tmp_path):
    environment = {"CONNECTOR_DATA": str(tmp_path)}
    assert refusal(part_origin, load_settings(environment), "smtp") == "UNKNOWN_PART"
    assert refusal(part_origin, load_settings(environment), "other") == "UNKNOWN_PART"
    environment |= {
        "CONNECTOR_SMTP_URL": "smtp://nsquery@mail.example.com",
        "CONNECTOR_MAIL_FROM": "nsquery@example.com",
        "CONNECTOR_AUDIT_WEBHOOK": "https://siem.example.com/in/nsquery",
    }
    assert part_origin(load_settings(environment), "smtp") == SMTP
    assert part_origin(load_settings(environment), "audit-webhook") == "https://siem.example.com"
