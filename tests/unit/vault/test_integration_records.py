"""One integration record for an application and account, many connections on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sample_credentials import MACHINE, ORIGIN, TBA

from connector.db.tables import secret
from connector.errors import SettingError
from connector.settings import MasterKey
from connector.vault.authentication_options import AuthenticationOptions, checked_options
from connector.vault.connections import Vault
from connector.vault.integration_record_rows import RecordSecrets
from connector.vault.key_ring import KeyRing


def refusal(call: Callable[..., object], *args: object, **kwargs: object) -> SettingError:
    with pytest.raises(SettingError) as caught:
        call(*args, **kwargs)
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


CODE = {
    "authorization_code": True,
    "redirect_uri": "https://x.example/oauth2/callback",
    "scopes": ("rest_webservices",),
}


def entered(vault: Vault, **different: object):
    usual = {
        "owner": "ann",
        "account_id": "1234567",
        "application": "clientid",
        "client_secret": "clientsecret",
        "origin": ORIGIN,
        "name": "NSQuery",
        "options": AuthenticationOptions(**CODE),
    }
    return vault.integration_records.add(**{**usual, **different})


def test_a_record_holds_what_netsuites_page_holds(vault):
    options = AuthenticationOptions(
        token_based=True,
        authorization_flow=True,
        issue_token=True,
        callback_url="http://localhost:8080/tba/callback",
        client_credentials=True,
        public_client=True,
        refresh_token_hours=720,
        rotation_hours=1,
        consent_policy="never_ask",
        **{**CODE, "scopes": ("restlets", "rest_webservices", "suite_analytics")},
    )
    record = entered(vault, description="What it does", note="Ask Bo", state="waiting_for_approval", options=options)
    assert vault.integration_records.get("ann", record.id) == record
    assert record.options == options
    assert (record.description, record.note, record.state) == ("What it does", "Ask Bo", "waiting_for_approval")


def test_its_secrets_come_back_and_are_never_shown(vault):
    record = entered(vault)
    secrets = vault.integration_records.secrets(record.id)
    assert (secrets.client_id, secrets.client_secret) == ("clientid", "clientsecret")
    assert "clientsecret" not in f"{record!r}{secrets!r}"


def test_a_record_of_a_connection_has_no_secrets_of_its_own(vault, add):
    assert vault.integration_records.secrets(add().integration_record_id) is None


def test_entering_it_again_brings_it_up_to_date(vault):
    first = entered(vault)
    again = entered(
        vault, client_secret="reset", name="Renamed", options=AuthenticationOptions(**CODE, public_client=True)
    )
    assert again.id == first.id
    assert (again.name, again.options.refresh_token_hours, again.options.rotation_hours) == ("Renamed", 48, 168)
    assert vault.integration_records.secrets(first.id).client_secret == "reset"


def test_nobody_replaces_the_secrets_of_somebody_elses_record(vault):
    record = entered(vault)
    assert refusal(entered, vault, owner="bob", client_secret="bobs").code == "RECORD_TAKEN"
    assert refusal(vault.integration_records.edit, "bob", record.id, name="Bob's").code == "NO_INTEGRATION_RECORD"
    assert vault.integration_records.secrets(record.id).client_secret == "clientsecret"
    assert vault.integration_records.list("bob") == []


def test_an_administrators_record_is_for_all_and_edited_by_administrators(vault, database):
    record = entered(vault)
    entered(vault, owner="bob", application="bobs", name="Bob's")
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE user_account SET role = 'administrator' WHERE name = 'ann'")
    assert vault.integration_records.get("bob", record.id) == record
    assert vault.integration_records.list("nobody") == []
    bobs = vault.integration_records.list("bob")[0]
    assert vault.integration_records.edit("ann", bobs.id, note="seen by Ann").note == "seen by Ann"


def test_who_entered_a_record_first_does_not_decide_over_the_connections_of_others(vault, add, database):
    record = add(owner="eve", name="early").integration_record_id
    assert vault.integration_records.edit("eve", record, note="mine alone").note == "mine alone"
    add(owner="ann", name="late")
    for change in (
        {"state": "blocked"},
        {"secrets": RecordSecrets("other", "secret"), "origin": ORIGIN},
        {"note": "x"},
    ):
        assert refusal(vault.integration_records.edit, "eve", record, **change).code == "RECORD_USED_BY_OTHERS"
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE user_account SET role = 'administrator' WHERE name = 'ann'")
    assert vault.integration_records.edit("ann", record, state="blocked").state == "blocked"


def test_what_is_not_given_stays(vault):
    record = entered(vault, note="kept")
    edited = vault.integration_records.edit("ann", record.id, name="Other", state="blocked")
    assert (edited.name, edited.state, edited.note, edited.options) == ("Other", "blocked", "kept", record.options)
    assert vault.integration_records.secrets(record.id).client_secret == "clientsecret"


@pytest.mark.parametrize("change", [{"account_id": "7654321"}, {"origin": "https://other.example"}])
def test_another_account_or_address_takes_the_secrets_away(vault, database, change):
    record = entered(vault)
    edited = vault.integration_records.edit("ann", record.id, **change)
    assert edited.origin is None
    assert vault.integration_records.secrets(record.id) is None
    with database.read() as transaction:
        assert transaction.exec_driver_sql("SELECT count(*) FROM secret").scalar() == 0


def test_new_secrets_come_with_the_new_address(vault):
    record = entered(vault)
    edited = vault.integration_records.edit(
        "ann", record.id, account_id="7654321", origin="https://other.example", secrets=RecordSecrets("new", None)
    )
    assert (edited.account_id, edited.origin) == ("7654321", "https://other.example")
    assert vault.integration_records.secrets(record.id).client_id == "new"


def test_the_account_of_a_record_in_use_stays(vault, add):
    record_id = add().integration_record_id
    error = refusal(vault.integration_records.edit, "ann", record_id, account_id="7654321")
    assert error.code == "INTEGRATION_RECORD_IN_USE"


def test_an_application_has_one_record_in_an_account(vault):
    entered(vault)
    other = entered(vault, application="other")
    error = refusal(vault.integration_records.edit, "ann", other.id, secrets=RecordSecrets("clientid", "x"))
    assert error.code == "DUPLICATE_RECORD"


def test_secrets_set_back_to_an_earlier_version_do_not_open(vault, database):
    record = entered(vault)
    with database.read() as transaction:
        earlier = [dict(row) for row in transaction.execute(secret.select()).mappings()]
    vault.integration_records.edit("ann", record.id, secrets=RecordSecrets("clientid", "rotated"))
    with database.write() as transaction:
        for row in earlier:
            transaction.execute(secret.update().filter_by(field=row["field"]).values(**row))
    assert refusal(vault.integration_records.secrets, record.id).code == "VAULT_UNREADABLE"


def test_a_removed_record_takes_its_secrets_along(vault, database):
    record = entered(vault)
    vault.integration_records.remove("ann", record.id)
    with database.read() as transaction:
        assert transaction.exec_driver_sql("SELECT count(*) FROM secret").scalar() == 0


BAD_OPTIONS = {
    "no redirect URI": {**CODE, "redirect_uri": None},
    "http": {**CODE, "redirect_uri": "http://x.example/"},
    "http on loopback": {**CODE, "redirect_uri": "http://localhost/"},
    "a script": {**CODE, "redirect_uri": "javascript:alert(1)"},
    "a file": {**CODE, "redirect_uri": "file:///etc/passwd"},
    "a fragment": {**CODE, "redirect_uri": "https://x.example/#a"},
    "a user": {**CODE, "redirect_uri": "https://u@x.example/"},
    "a wildcard": {**CODE, "redirect_uri": "https://*.example/"},
    "white space": {**CODE, "redirect_uri": "https://x.example/a b"},
    "a line break": {**CODE, "redirect_uri": "https://x.example/\r\nX: y"},
    "no port": {**CODE, "redirect_uri": "https://x.example:99999/"},
    "endless": {**CODE, "redirect_uri": "https://x.example/" + "a" * 500},
    "no scope": {**CODE, "scopes": ()},
    "an unknown scope": {**CODE, "scopes": ("everything",)},
    "mcp with others": {**CODE, "scopes": ("mcp", "restlets")},
    "mcp that never asks": {**CODE, "scopes": ("mcp",), "consent_policy": "never_ask"},
    "mcp by machine": {**CODE, "scopes": ("mcp",), "client_credentials": True},
    "an unknown policy": {**CODE, "consent_policy": "sometimes"},
    "0 hours": {**CODE, "public_client": True, "rotation_hours": 0},
    "721 hours": {**CODE, "public_client": True, "refresh_token_hours": 721},
    "hours of a confidential client": {**CODE, "rotation_hours": 48},
    "public without the grant": {"public_client": True},
    "a flow without TBA": {"authorization_flow": True, "callback_url": "https://x.example/"},
    "a flow without callback": {"token_based": True, "authorization_flow": True},
    "a callback by http": {"token_based": True, "authorization_flow": True, "callback_url": "http://x.example/"},
}


@pytest.mark.parametrize("options", BAD_OPTIONS.values(), ids=BAD_OPTIONS)
def test_what_netsuite_would_not_take_is_refused_with_where_it_stands(options):
    error = refusal(checked_options, AuthenticationOptions(**options))
    assert error.code == "BAD_RECORD"
    assert "Setup > Integration > Manage Integrations" in error.remedy


@pytest.mark.parametrize("uri", ["https://x.example/cb", "https://x.example:8443/cb?a=b", "com.example.app:/cb"])
def test_https_and_the_schemes_of_applications_are_redirect_uris(uri):
    assert checked_options(AuthenticationOptions(**{**CODE, "redirect_uri": f" {uri} "})).redirect_uri == uri


@pytest.mark.parametrize(
    "text", [{"note": "x" * 4_001}, {"description": "a\x1b[31m"}, {"state": "sleeping"}, {"name": ""}], ids=str
)
def test_texts_are_checked(vault, text):
    assert refusal(entered, vault, **text).code in ("BAD_RECORD", "BAD_NAME")
