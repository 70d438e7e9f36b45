"""The first administrator is whoever reads the server's console."""

from __future__ import annotations

import pytest
from house import PASSWORD, both_databases
from racing import race

TAKE = (
    "people.set_up(arguments[0], name=f'p{__import__(\"os\").getpid()}', password='four words beside each other').role"
)


def test_a_token_is_made_while_nobody_administers(house):
    assert house.people.needs_set_up()
    assert len(house.people.setup_token()) == 43
    house.administrator()
    assert not house.people.needs_set_up()
    assert house.people.setup_token() is None


def test_the_first_administrator_can_sign_in(house):
    ada = house.administrator()
    assert (ada.name, ada.role, ada.state, ada.has_password) == ("ada", "administrator", "active", True)
    assert house.sign_in.check(name="ada", password=PASSWORD, code=None, address="::1").id == ada.id
    assert house.actions() == ["setup_token_made", "set_up", "sign_in"]


def test_only_a_hash_of_the_token_is_kept(house):
    token = house.people.setup_token()
    with house.database.read() as transaction:
        rows = str(transaction.exec_driver_sql("SELECT * FROM invitation").all())
    assert token not in rows + str(house.audit.list())


def test_a_token_is_good_once(house, refused):
    token = house.people.setup_token()
    house.people.set_up(token, name="ada", password=PASSWORD)
    refused("INVITATION_OVER", house.people.set_up, token, name="eve", password=PASSWORD)


def test_each_process_prints_a_token_and_the_first_one_used_ends_them_all(house, refused):
    one, other = house.people.setup_token(), house.people.setup_token()
    house.people.set_up(other, name="ada", password=PASSWORD)
    refused("INVITATION_OVER", house.people.set_up, one, name="eve", password=PASSWORD)


def test_a_token_lasts_an_hour(house, clock, refused):
    token = house.people.setup_token()
    clock.advance(hours=1)
    refused("INVITATION_OVER", house.people.set_up, token, name="ada", password=PASSWORD)


@pytest.mark.parametrize("token", ["", "x", "x" * 100_000, "\ud800", "' OR 1=1 --"])
@both_databases
def test_a_guess_is_no_token(house, refused, token):
    house.people.setup_token()
    refused("INVITATION_OVER", house.people.set_up, token, name="ada", password=PASSWORD)


def test_an_invitation_is_no_setup_token(house, refused):
    token = house.people.invite(None, name="bob", role="author")
    refused("INVITATION_OVER", house.people.set_up, token, name="bob", password=PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("workspace", PASSWORD, "BAD_USER"),
        ("Server Console", PASSWORD, "BAD_USER"),
        ("", PASSWORD, "BAD_NAME"),
        ("a\nb", PASSWORD, "BAD_NAME"),
        ("ada", "short", "BAD_PASSWORD"),
    ],
)
def test_a_mistake_leaves_the_token_as_good_as_before(house, refused, name, password, code):
    token = house.people.setup_token()
    refused(code, house.people.set_up, token, name=name, password=password)
    assert house.people.set_up(token, name="ada", password=PASSWORD).name == "ada"


def test_whoever_had_a_token_of_the_api_before_keeps_what_they_own(house):
    house.connect("ada")
    house.administrator("ada")
    assert [one.name for one in house.vault.connections("ada")] == ["Prod"]


@both_databases
def test_two_processes_race_for_one_token_and_one_wins(house):
    answers = race(house.url, TAKE, house.people.setup_token())
    assert sorted(answers) == ["INVITATION_OVER", "administrator"]
    assert len(house.people.list()) == 1


def test_an_administrator_without_a_password_leaves_the_door_open(house):
    house.people.invite(None, name="bob", role="administrator")
    assert house.people.needs_set_up()
