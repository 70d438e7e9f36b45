"""Who may ask over a connection: its owner, whom it is shared with, and their tokens, which may be narrower."""

from __future__ import annotations

import pytest
from house import both_databases

from connector.accounts import grant, visible
from connector.core.query import Query

QUERY = Query("SELECT id FROM account", (), "f")


@pytest.fixture
def bob(house):
    return house.person("bob")


@pytest.fixture
def cy(house):
    return house.person("cy")


@pytest.fixture
def prod(house, bob):
    return house.connect("bob")


def seen(house, who):
    return [one.id for one in visible(house.vault, who)]


def principal(house, user, **narrower):
    return house.tokens.principal(house.tokens.create(user, **narrower))


def test_a_share_lets_somebody_ask_and_ends_at_once(house, bob, cy, prod, refused):
    refused("NO_CONNECTION", grant, house.vault, "cy", QUERY, None)
    house.shares.share(bob, prod, cy)
    assert grant(house.vault, "cy", QUERY, "Prod").connection.id == prod.id
    assert (house.shares.shared_with(prod), house.shares.of(cy)) == ([cy], [prod.id])
    house.shares.unshare(bob, prod, cy)
    refused("NO_CONNECTION", grant, house.vault, "cy", QUERY, "Prod")
    assert (house.shares.shared_with(prod), house.shares.of(cy)) == ([], [])


@both_databases
def test_a_share_with_everybody_reaches_who_comes_later(house, bob, prod):
    house.shares.share(bob, prod, None)
    house.person("dan")
    assert seen(house, "dan") == [prod.id]
    assert house.shares.is_everybodys(prod)
    assert house.shares.shared_with(prod) == []
    house.shares.unshare(bob, prod, None)
    assert seen(house, "dan") == []
    assert not house.shares.is_everybodys(prod)


def test_what_is_shared_twice_over_is_seen_once(house, bob, cy, prod):
    for with_person in (cy, cy, None, None):
        house.shares.share(bob, prod, with_person)
    assert seen(house, "cy") == seen(house, "bob") == [prod.id]
    assert house.actions().count("connection_shared") == 2


def test_own_ones_come_first_then_those_shared_then_everybodys(house, bob, cy, prod):
    own, everybodys = house.connect("cy", "Own"), house.connect("workspace", "All")
    house.shares.share(bob, prod, cy)
    assert seen(house, "cy") == [own.id, prod.id, everybodys.id]


def test_of_two_with_one_name_the_own_one_is_meant_and_an_id_names_either(house, bob, cy, prod):
    own = house.connect("cy")
    house.shares.share(bob, prod, cy)
    assert grant(house.vault, "cy", QUERY, "Prod").connection.id == own.id
    assert grant(house.vault, "cy", QUERY, prod.id).connection.id == prod.id


def test_only_its_owner_shares_a_connection(house, bob, cy, prod, refused):
    house.shares.share(bob, prod, cy)
    dan, ada = house.person("dan"), house.administrator()
    for stranger in (cy, dan, ada):
        refused("NOT_OWNER", house.shares.share, stranger, prod, dan)
        refused("NOT_OWNER", house.shares.unshare, stranger, prod, cy)
    assert house.shares.shared_with(prod) == [cy]


def test_everybodys_connection_is_an_administrators_to_share(house, cy, refused):
    ada, everybodys = house.administrator(), house.connect("workspace")
    refused("NOT_OWNER", house.shares.share, cy, everybodys, cy)
    house.shares.share(ada, everybodys, cy)
    assert house.shares.shared_with(everybodys) == [cy]


def test_nobody_shares_with_themselves_with_somebody_blocked_or_with_nobody(house, bob, cy, prod, refused):
    house.shares.share(bob, prod, bob)
    assert house.shares.shared_with(prod) == []
    house.people.block(None, cy)
    refused("PERSON_BLOCKED", house.shares.share, bob, prod, cy)
    house.people.erase(None, cy)
    refused("UNKNOWN_PERSON", house.shares.share, bob, prod, cy)
    house.vault.remove_connection(prod)
    refused("NO_CONNECTION", house.shares.share, bob, prod, house.person("dan"))


def test_a_blocked_owners_connections_serve_nobody_else(house, bob, cy, prod):
    house.shares.share(bob, prod, cy)
    house.people.block(None, bob)
    assert seen(house, "cy") == []
    house.people.unblock(None, bob)
    assert seen(house, "cy") == [prod.id]


def test_a_reader_uses_what_is_shared(house, bob, prod):
    reader = house.person("rea", "reader")
    house.shares.share(bob, prod, reader)
    asker = principal(house, "rea")
    assert asker.role == "reader"
    assert grant(house.vault, asker, QUERY, None).user == "rea"


@both_databases
def test_a_token_is_never_wider_than_its_owner(house, bob, cy, prod, refused):
    other = house.connect("bob", "Other")
    foreign = house.connect("cy", "Foreign")
    narrow = principal(house, "bob", connection_ids=[prod.id, foreign.id])
    assert seen(house, narrow) == [prod.id]
    assert seen(house, principal(house, "bob")) == [other.id, prod.id]
    assert grant(house.vault, narrow, QUERY, None).connection.id == prod.id
    for name in ("Other", other.id, "Foreign", foreign.id):
        refused("UNKNOWN_CONNECTION", grant, house.vault, narrow, QUERY, name)


def test_a_token_loses_what_its_owner_loses(house, bob, cy, prod):
    house.shares.share(bob, prod, cy)
    narrow = principal(house, "cy", connection_ids=[prod.id])
    assert seen(house, narrow) == [prod.id]
    house.shares.unshare(bob, prod, cy)
    assert seen(house, narrow) == []


def test_a_token_for_the_library_asks_no_free_question(house, bob, prod, refused):
    refused("LIBRARY_ONLY", grant, house.vault, principal(house, "bob", library_only=True), QUERY, None)


class TestPauses:
    @both_databases
    @pytest.mark.usefixtures("prod")
    def test_a_paused_account_is_not_asked_by_anyone(self, house, bob, refused):
        house.connect("bob", "Sandbox", account="1234567_SB1", application="other")
        house.pauses.pause(bob, "1234567")
        error = refused("ACCOUNT_PAUSED", grant, house.vault, "bob", QUERY, "Prod")
        assert "bob" in error.message
        assert grant(house.vault, "bob", QUERY, "Sandbox")
        house.pauses.resume(bob, "1234567")
        assert grant(house.vault, "bob", QUERY, "Prod")

    def test_pausing_twice_is_pausing_once(self, house, bob, cy):
        house.pauses.pause(bob, "1234567")
        house.pauses.pause(cy, "1234567")
        assert house.pauses.paused() == {"1234567": "bob"}
        house.pauses.resume(None, "1234567")
        house.pauses.resume(None, "1234567")
        assert house.pauses.paused() == {}
        assert house.actions()[-2:] == ["account_paused", "account_resumed"]

    def test_a_pause_is_ended_by_who_made_it_or_an_administrator(self, house, bob, cy, refused):
        house.pauses.pause(bob, "1234567")
        error = refused("NOT_YOUR_PAUSE", house.pauses.resume, cy, "1234567")
        assert "bob" in error.remedy
        house.pauses.resume(house.person("boss", "administrator"), "1234567")
        assert house.pauses.paused() == {}

    def test_a_reader_pauses_nothing(self, house, refused):
        reader = house.person("rea", "reader")
        refused("ROLE_NEEDED", house.pauses.pause, reader, "1234567")
        refused("ROLE_NEEDED", house.pauses.resume, reader, "1234567")
