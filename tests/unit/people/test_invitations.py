"""Links with which somebody sets their password: good once, for seven days, for nobody else."""

from __future__ import annotations

import pytest
from house import PASSWORD, both_databases
from racing import race

OTHER = "five other words and a comma,"


@pytest.fixture
def ada(house):
    return house.administrator()


def test_somebody_new_is_invited_and_signs_in(house, ada):
    token = house.people.invite(ada, name=" bob ", email=" bob@example.com ", role="reader")
    asked = house.people.invitation(token)
    assert (asked.name, asked.email, asked.role, asked.has_password) == ("bob", "bob@example.com", "reader", False)
    assert house.people.accept(token, password=PASSWORD).has_password
    assert house.sign_in.check(name="bob", password=PASSWORD, code=None, address="::1").name == "bob"
    assert house.actions()[-3:] == ["invited", "join", "sign_in"]


def test_a_link_is_good_once_and_for_seven_days(house, ada, clock, refused):
    used, late = (house.people.invite(ada, name=name, role="author") for name in ("bob", "cy"))
    house.people.accept(used, password=PASSWORD)
    refused("INVITATION_OVER", house.people.accept, used, password=OTHER)
    clock.advance(days=7)
    refused("INVITATION_OVER", house.people.invitation, late)
    refused("INVITATION_OVER", house.people.accept, late, password=PASSWORD)


def test_the_newest_link_ends_the_one_before(house, ada, refused):
    first, second = (house.people.invite(ada, name="bob", role="author") for _ in range(2))
    refused("INVITATION_OVER", house.people.accept, first, password=PASSWORD)
    assert house.people.accept(second, password=PASSWORD).name == "bob"


def test_a_weak_password_leaves_the_link_as_good_as_before(house, ada, refused):
    token = house.people.invite(ada, name="bob", role="author")
    refused("BAD_PASSWORD", house.people.accept, token, password="bobbobbobbob1")
    assert house.people.accept(token, password=PASSWORD).name == "bob"


def test_a_link_for_somebody_who_is_here_sets_a_new_password_and_changes_no_role(house, ada, refused):
    bob = house.person("bob", "administrator")
    _, cookie = house.sessions.begin(bob, address="::1", agent="")
    token = house.people.invite(ada, name="bob", email="eve@example.com", role="reader")
    assert house.sign_in.check(name="bob", password=PASSWORD, code=None, address="::1").id == bob.id
    changed = house.people.accept(token, password=OTHER)
    assert (changed.id, changed.role, changed.email) == (bob.id, "administrator", None)
    refused("SIGN_IN_REFUSED", house.sign_in.check, name="bob", password=PASSWORD, code=None, address="::1")
    refused("SESSION_ENDED", house.sessions.find, cookie)


def test_only_an_administrator_of_this_moment_invites(house, ada, refused):
    bob = house.person("bob", "administrator")
    house.people.change_role(ada, bob, "author")
    refused("ROLE_NEEDED", house.people.invite, bob, name="eve", role="administrator")
    house.people.block(ada, bob)
    refused("ROLE_NEEDED", house.people.invite, house.people.find("bob"), name="eve", role="author")
    assert [one.name for one in house.people.list()] == ["ada", "bob"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": " "}, "BAD_NAME"),
        ({"name": "x" * 101}, "BAD_NAME"),
        ({"name": "a\tb"}, "BAD_NAME"),
        ({"name": "workspace"}, "BAD_USER"),
        ({"role": "root"}, "BAD_ROLE"),
        ({"role": ""}, "BAD_ROLE"),
        ({"email": "bob"}, "BAD_EMAIL"),
        ({"email": "bob@"}, "BAD_EMAIL"),
        ({"email": "a b@c.d"}, "BAD_EMAIL"),
        ({"email": "bob@example.com\r\nBcc: x@y.z"}, "BAD_EMAIL"),
        ({"email": f"{'x' * 251}@y.z"}, "BAD_EMAIL"),
    ],
)
def test_what_cannot_be_right_is_refused(house, ada, refused, wrong, code):
    refused(code, house.people.invite, ada, **{"name": "bob", "role": "author", **wrong})
    assert len(house.people.list()) == 1


@both_databases
def test_two_processes_race_for_one_invitation_and_one_wins(house):
    token = house.people.invite(None, name="bob", role="author")
    act = "people.accept(arguments[0], password=f'words of process {__import__(\"os\").getpid()}').name"
    assert sorted(race(house.url, act, token)) == ["INVITATION_OVER", "bob"]
    assert house.actions().count("join") == 1


def test_a_blocked_person_is_not_invited_and_loses_the_link_they_have(house, ada, refused):
    bob = house.person("bob")
    token = house.people.invite(ada, name="bob", role="author")
    house.people.block(ada, bob)
    refused("INVITATION_OVER", house.people.accept, token, password=OTHER)
    refused("PERSON_BLOCKED", house.people.invite, ada, name="bob", role="author")
