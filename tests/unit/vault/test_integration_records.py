"""One integration record for an application and account, many connections on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sample_credentials import MACHINE, TBA

from connector.errors import SettingError
from connector.settings import MasterKey
from connector.vault.connections import Vault
from connector.vault.key_ring import KeyRing


def refusal(call: Callable[..., object], *args: object) -> SettingError:
    with pytest.raises(SettingError) as caught:
        call(*args)
    return caught.value


def test_connections_of_one_application_share_its_record(vault, add):
    one = add(name="one", integration_name="NSQuery")
    two = add(name="two", integration_name="ignored", secrets={**TBA, "token_id": "other"})
    assert one.integration_record_id == two.integration_record_id
    (record,) = vault.integration_records.list("ann")
    assert (record.name, record.account_id, record.state, record.created_by) == ("NSQuery", "1234567", "enabled", "ann")


def test_another_application_or_another_account_has_another_record(vault, add):
    ids = {
        add(name="one").integration_record_id,
        add(name="two", secrets={**TBA, "consumer_key": "other"}).integration_record_id,
        add(name="three", account_id="1234567_SB1").integration_record_id,
    }
    assert len(ids) == 3
    assert [record.account_id for record in vault.integration_records.list("ann")] == [
        "1234567",
        "1234567",
        "1234567_SB1",
    ]


def test_the_consumer_key_is_the_client_id_of_the_same_record(add):
    tba = add(name="tba")
    machine = add(name="m2m", method="oauth2_client_credentials", secrets={**MACHINE, "client_id": TBA["consumer_key"]})
    assert tba.integration_record_id == machine.integration_record_id


def test_the_record_takes_the_connections_name_where_none_is_given(vault, add):
    add(name="Prod US")
    assert vault.integration_records.list("ann")[0].name == "Prod US"


def test_users_who_share_an_application_share_its_record_and_see_no_other(vault, add):
    shared = add(owner="ann", name="shared").integration_record_id
    add(owner="ann", name="own", secrets={**TBA, "consumer_key": "other"})
    assert add(owner="bob", name="shared").integration_record_id == shared
    assert [record.id for record in vault.integration_records.list("bob")] == [shared]
    assert vault.integration_records.list("carl") == []


def test_a_record_of_others_is_as_good_as_none(vault, add):
    record_id = add(owner="ann").integration_record_id
    assert vault.integration_records.get("ann", record_id).id == record_id
    assert refusal(vault.integration_records.get, "bob", record_id).code == "NO_INTEGRATION_RECORD"
    assert refusal(vault.integration_records.remove, "bob", record_id).code == "NO_INTEGRATION_RECORD"


def test_a_record_in_use_stays_and_one_without_connections_can_go(vault, add):
    connection = add()
    record_id = connection.integration_record_id
    assert refusal(vault.integration_records.remove, "ann", record_id).code == "INTEGRATION_RECORD_IN_USE"
    vault.remove_connection(connection)
    vault.integration_records.remove("ann", record_id)
    assert vault.integration_records.list("ann") == []


def test_a_record_can_be_entered_before_its_first_connection(vault, add):
    entered = vault.integration_records.add(
        owner="ann", account_id="1234567", application=TBA["consumer_key"], name="NSQuery"
    )
    assert vault.integration_records.list("ann") == [entered]
    assert add().integration_record_id == entered.id


def test_a_record_is_known_again_under_a_new_primary_key_and_then_without_the_old(database):
    old, new = MasterKey("old", bytes(range(32))), MasterKey("new", bytes(range(32, 64)))
    ids = [
        Vault(database, KeyRing(keys))
        .integration_records.add(owner="ann", account_id="1234567", application="consumerkey", name="NSQuery")
        .id
        for keys in ([old], [new, old], [new])
    ]
    assert len(set(ids)) == 1


def test_a_lost_key_does_not_keep_anyone_from_adding_a_connection_anew(database, vault, add):
    add()
    again = Vault(database, KeyRing([MasterKey("new", bytes(range(32)))]))
    again.remove_connection(again.connection("ann"))
    added = again.add_connection(
        owner="ann", name="Prod", account_id="1234567", method="tba", origin="https://x.example", secrets=TBA
    )
    assert again.secrets(added) == TBA
