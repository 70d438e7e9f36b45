"""Roles, blocking, handing over and erasing; somebody always stays who can administer."""

from __future__ import annotations

import pytest
from house import PASSWORD, both_databases
from racing import race

pytestmark = both_databases


@pytest.fixture
def ada(house):
    return house.administrator()


@pytest.fixture
def bob(house, ada):
    return house.person("bob")


def test_people_are_found_by_name_and_id_and_listed_in_order(house, ada, bob, refused):
    house.connect("workspace")
    assert house.people.find(" bob ") == house.people.get(bob.id) == bob
    assert [one.name for one in house.people.list()] == ["ada", "bob"]
    for name in ("eve", "workspace", "BOB", ""):
        refused("UNKNOWN_PERSON", house.people.find, name)
    refused("UNKNOWN_PERSON", house.people.get, "0" * 32)


@pytest.mark.parametrize("act", ["block", "erase", "change_role"])
def test_the_last_administrator_stays(house, ada, refused, act):
    house.people.invite(ada, name="cy", role="administrator")  # has no password yet
    blocked = house.person("dan", "administrator")
    house.people.block(ada, blocked)
    more = ("reader",) if act == "change_role" else ()
    refused("LAST_ADMINISTRATOR", getattr(house.people, act), ada, ada, *more)
    refused("LAST_ADMINISTRATOR", getattr(house.people, act), None, ada, *more)
    house.person("eve", "administrator")
    getattr(house.people, act)(ada, ada, *more)
    assert not house.people.needs_set_up()


def test_two_processes_that_block_everybody_leave_an_administrator(house, ada, settings):
    house.person("eve", "administrator")
    answers = race(settings.database_url, "[people.block(None, one) for one in people.list()]")
    assert answers == ["LAST_ADMINISTRATOR"] * 2
    assert not house.people.needs_set_up()


def test_a_blocked_persons_sessions_tokens_and_devices_end_at_once(house, ada, bob, refused):
    text = house.tokens.create("bob")
    _, cookie = house.sessions.begin(bob, address="::1", agent="")
    asked = house.devices.begin(kind="excel", label="", address="::1")
    house.devices.approve(asked.user_code, bob, None)
    house.people.block(ada, bob)
    refused("PERSON_BLOCKED", house.tokens.principal, text)
    refused("PERSON_BLOCKED", house.tokens.create, "bob")
    refused("SESSION_ENDED", house.sessions.find, cookie)
    refused("SESSION_ENDED", house.sessions.begin, bob, address="::1", agent="")
    refused("ACCESS_DENIED", house.devices.poll, asked.device_code)
    refused("SIGN_IN_REFUSED", house.sign_in.check, name="bob", password=PASSWORD, code=None, address="::1")


def test_who_is_unblocked_has_their_tokens_but_must_sign_in_anew(house, ada, bob, refused):
    text = house.tokens.create("bob")
    _, cookie = house.sessions.begin(bob, address="::1", agent="")
    house.people.block(ada, bob)
    house.people.unblock(ada, bob)
    assert house.tokens.principal(text).user == "bob"
    refused("SESSION_ENDED", house.sessions.find, cookie)


def test_nobody_but_an_administrator_acts_on_people(house, ada, bob, refused):
    cy = house.person("cy")
    for act in (house.people.block, house.people.unblock, house.people.erase):
        refused("ROLE_NEEDED", act, bob, cy)
    refused("ROLE_NEEDED", house.people.change_role, bob, bob, "administrator")
    refused("ROLE_NEEDED", house.people.transfer, bob, cy, bob)
    refused("BAD_ROLE", house.people.change_role, ada, bob, "root")


def test_what_is_handed_over_keeps_its_id_and_secrets(house, ada, bob):
    connection = house.connect("bob")
    before = house.vault.secrets(connection)
    house.people.transfer(ada, bob, ada)
    (moved,) = house.vault.connections("ada")
    assert (moved.id, moved.name, moved.owner) == (connection.id, "Prod", "ada")
    assert house.vault.secrets(moved) == before
    assert house.vault.connections("bob") == []


def test_a_name_that_the_new_owner_has_already_gets_an_ending(house, ada, bob):
    house.connect("ada")
    house.connect("ada", "Prod (bob)")
    house.connect("bob")
    house.people.transfer(ada, bob, ada)
    assert [one.name for one in house.vault.connections("ada")] == ["Prod", "Prod (bob 2)", "Prod (bob)"]


def test_names_of_full_length_stay_within_it(house, ada, bob):
    long = "x" * 100
    house.connect("ada", long)
    house.connect("bob", long)
    house.people.transfer(ada, bob, ada)
    assert sorted(len(one.name) for one in house.vault.connections("ada")) == [100, 100]


def test_shares_stay_with_what_is_handed_over_and_no_owner_shares_with_themselves(house, ada, bob):
    cy, connection = house.person("cy"), house.connect("bob")
    house.shares.share(bob, connection, cy)
    house.shares.share(bob, connection, ada)
    house.people.transfer(ada, bob, ada)
    assert house.shares.shared_with(connection) == [cy]
    house.people.erase(ada, bob)
    assert house.shares.shared_with(connection) == [cy]


def test_a_connection_is_not_handed_to_a_reader_nor_to_somebody_blocked(house, ada, bob, refused):
    house.connect("bob")
    reader = house.person("rea", "reader")
    refused("ROLE_NEEDED", house.people.transfer, ada, bob, reader)
    house.people.change_role(ada, reader, "author")
    house.people.block(ada, reader)
    refused("PERSON_BLOCKED", house.people.transfer, ada, bob, reader)


def test_who_is_erased_leaves_nothing_but_lines_in_the_audit_log(house, ada, bob, refused):
    connection = house.connect("bob")
    house.connect("bob", "Second")
    text = house.tokens.create("bob")
    _, cookie = house.sessions.begin(bob, address="::1", agent="")
    house.totp.enrol(bob)
    asked = house.devices.begin(kind="excel", label="", address="::1")
    house.devices.approve(asked.user_code, bob, None)
    house.shares.share(bob, connection, ada)
    house.people.invite(ada, name="bob", role="author")
    house.people.erase(ada, bob)
    for table in ("api_token", "connection", "connection_share", "secret", "integration_record", "device_code"):
        assert house.count(table) == 0, table
    for table in ("browser_session", "invitation"):
        assert house.count(table, f"user_id = '{bob.id}'") == 0, table
    assert [one.name for one in house.people.list()] == ["ada"]
    refused("BAD_TOKEN", house.tokens.principal, text)
    refused("SESSION_ENDED", house.sessions.find, cookie)
    refused("EXPIRED_TOKEN", house.devices.poll, asked.device_code)
    assert house.audit.list(action="person_erase")[0].detail == {"connections": 2}


def test_what_others_connect_over_stays_and_goes_to_the_administrator(house, ada, bob):
    house.connect("bob")
    kept = house.connect("cy")
    house.people.erase(ada, bob)
    assert house.vault.secrets(kept)["token_secret"] == "s4"
    assert [record.id for record in house.vault.integration_records.list("ada")] == [kept.integration_record_id]


def test_what_was_handed_over_before_survives_its_former_owner(house, ada, bob):
    house.connect("bob")
    house.people.transfer(ada, bob, ada)
    house.people.erase(ada, bob)
    (kept,) = house.vault.connections("ada")
    assert house.vault.secrets(kept)["token_secret"] == "s4"


def test_an_administrator_who_shared_what_is_everybodys_can_be_erased(house, ada, bob):
    connection = house.connect("workspace")
    house.shares.share(ada, connection, bob)
    eve = house.person("eve", "administrator")
    house.people.erase(eve, ada)
    assert house.shares.shared_with(connection) == [bob]


def test_who_erases_themselves_leaves_records_to_the_workspace(house, ada):
    house.person("eve", "administrator")
    house.connect("ada")
    kept = house.connect("cy")
    house.people.erase(ada, ada)
    assert house.vault.secrets(kept)


def test_who_was_erased_is_unknown_to_every_act(house, ada, bob, refused):
    house.people.erase(ada, bob)
    for act in (house.people.erase, house.people.block, house.people.unblock):
        refused("UNKNOWN_PERSON", act, ada, bob)
    refused("UNKNOWN_PERSON", house.people.invite, bob, name="eve", role="author")
    refused("UNKNOWN_PERSON", house.people.transfer, ada, bob, ada)


def test_each_act_is_in_the_audit_log_with_who_did_it(house, ada, bob):
    house.people.block(ada, bob)
    house.people.unblock(None, bob)
    house.people.change_role(ada, bob, "reader")
    lines = [(event.actor, event.action, event.subject, event.detail) for event in house.audit.list(limit=3)]
    assert lines == [
        ("ada", "person_role", "bob", {"role": "reader"}),
        ("server console", "person_unblock", "bob", {}),
        ("ada", "person_block", "bob", {}),
    ]
    assert house.audit.verify().ok


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "", "' OR 1=1 --", "x" * 10_000])
def test_what_no_database_takes_as_text_is_unknown(house, ada, refused, text):
    refused("UNKNOWN_PERSON", house.people.find, text)
    refused("UNKNOWN_PERSON", house.people.get, text)
    refused("NO_TOKEN", house.tokens.revoke, "ada", text)
    assert house.tokens.list(text) == house.audit.list(actor=text, action=text, connection_id=text) == []
    assert house.tokens.revoke_all(text) == 0
    assert not house.sessions.end(text, ada)
