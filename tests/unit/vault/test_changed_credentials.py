"""A connection gets other credentials and stays the connection it was; what it had before is gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sample_credentials import MACHINE, ORIGIN, TBA

from connector.errors import ConnectorError
from connector.vault.connections import Credentials
from connector.vault.grants import NewGrant

BY_CERTIFICATE = Credentials("oauth2_client_credentials", MACHINE, role="3")


class Tokens:
    access_token, expires_in, refresh_token = "access", 3600.0, "refresh"


def refusal(call: Callable[..., object], *args: object, **kwargs: object) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        call(*args, **kwargs)
    return caught.value


def test_id_name_owner_and_account_stay(vault, add):
    before = add()
    after = vault.replace_credentials(before, BY_CERTIFICATE)
    same = ("id", "name", "owner", "account_id", "origin", "created_at")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert (after.method, after.role, after.version) == ("oauth2_client_credentials", "3", before.version + 1)
    assert vault.secrets(after) == MACHINE


def test_the_secrets_before_are_gone(vault, add, database):
    after = vault.replace_credentials(add(), BY_CERTIFICATE)
    with database.read() as transaction:
        fields = set(transaction.exec_driver_sql("SELECT field FROM secret").scalars())
    assert fields == set(MACHINE)
    record = vault.integration_records.add(
        owner="ann", account_id="1234567", application="client", name="x", origin=ORIGIN
    )
    grant = NewGrant(Tokens(), "restlets", rotates=False)
    consent = Credentials("oauth2_authorization_code", record_id=record.id, grant=grant)
    consented = vault.replace_credentials(after, consent)
    assert vault.secrets(consented) == {}
    again = vault.replace_credentials(consented, BY_CERTIFICATE)
    assert vault.grants.get(again) is None


def test_who_still_holds_the_connection_as_it_was_is_told_to_ask_again(vault, add):
    before = add()
    vault.replace_credentials(before, BY_CERTIFICATE)
    error = refusal(vault.secrets, before)
    assert (error.code, error.retryable) == ("CONNECTION_CHANGED", True)


def test_of_two_who_change_it_at_once_one_is_first(vault, add):
    before = add()

    def change(_number: int) -> str:
        try:
            vault.replace_credentials(before, BY_CERTIFICATE)
        except ConnectorError as error:
            return error.code
        return "changed"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(change, range(4))) == ["CONNECTION_CHANGED"] * 3 + ["changed"]


def test_secrets_of_an_earlier_version_do_not_open(vault, add, database):
    before = add()
    after = vault.replace_credentials(before, Credentials("tba", {**TBA, "token_id": "rotated"}))
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE secret SET version = 1")
        transaction.exec_driver_sql("UPDATE connection SET version = 1")
    assert refusal(vault.secrets, before).code == "VAULT_UNREADABLE"
    assert refusal(vault.secrets, after).code == "CONNECTION_CHANGED"


def test_a_record_of_another_account_is_refused(vault, add):
    record = vault.integration_records.add(
        owner="ann", account_id="7654321", application="client", name="x", origin=ORIGIN
    )
    grant = NewGrant(Tokens(), "restlets", rotates=False)
    consent = Credentials("oauth2_authorization_code", record_id=record.id, grant=grant)
    before = add()
    assert refusal(vault.replace_credentials, before, consent).code == "WRONG_ACCOUNT"
    assert vault.secrets(before) == TBA


@pytest.mark.parametrize(
    "given",
    [
        Credentials("oauth2_authorization_code"),
        Credentials("oauth2_authorization_code", secrets={"access_token": "x"}),
        Credentials("tba", MACHINE),
    ],
    ids=["no consent", "tokens by hand", "another method's"],
)
def test_credentials_that_are_none_are_refused(vault, add, given):
    before = add()
    assert refusal(vault.replace_credentials, before, given).code == "BAD_CREDENTIAL"
    assert vault.secrets(before) == TBA


def test_a_revoked_connection_keeps_its_name_and_nothing_else(vault, add, database):
    before = add()
    vault.revoke_connection(before)
    after = vault.connection("ann")
    assert (after.name, after.state, after.version) == ("Prod", "revoked", before.version + 1)
    assert refusal(vault.current, before).code == "CONNECTION_REVOKED"
    with database.read() as transaction:
        assert transaction.exec_driver_sql("SELECT count(*) FROM secret").scalar() == 0
    assert vault.replace_credentials(after, BY_CERTIFICATE).state == "enabled"


def test_certificates_that_were_given_are_known_and_others_are_not(vault, add):
    one = add(method="oauth2_client_credentials", secrets=MACHINE)
    vault.know_certificate(one, "uploaded")
    vault.know_certificate(one, "uploaded")
    asked = [MACHINE["certificate_id"], "uploaded", "intruder"]
    assert vault.unknown_certificates(one, asked) == {"intruder"}
    other = add(name="other", method="oauth2_client_credentials", secrets={**MACHINE, "client_id": "another"})
    assert vault.unknown_certificates(other, ["uploaded"]) == {"uploaded"}
