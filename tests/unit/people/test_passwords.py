"""What is accepted as a password, and how it is kept."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters

from connector.errors import CallerError
from connector.people.passwords import Passwords, checked_password


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(passes=1, memory=8, lanes=1)


@pytest.mark.parametrize(
    ("password", "name"),
    [
        ("", "ada"),
        ("elevensigns", "ada"),
        ("x" * 1_001, "ada"),
        ("abababababababab", "ada"),
        ("password1234", "ada"),
        ("Password 1234", "ada"),
        ("p-a-s-s-w-o-r-d-1-2-3-4", "ada"),
        ("qwertyuiop123", "ada"),
        ("CorrectHorseBatteryStaple", "ada"),
        ("alexandra1234", "alexandra"),
        ("ALEXANDRAalexandra!", "Alexandra"),
        ("four words and \ud800 half", "ada"),
    ],
)
def test_what_is_guessed_soon_is_refused_without_being_told(password, name):
    with pytest.raises(CallerError) as caught:
        checked_password(password, name)
    assert caught.value.code == "BAD_PASSWORD"
    assert not password or password not in caught.value.message + caught.value.remedy


@pytest.mark.parametrize(
    "password",
    [
        "twelve signs",
        "annual report of a tractor",
        "пароль из слов",
        "🐎🔋📎✅ and four",
        "x y z w " * 100,
        "a'; DROP TABLE--",
    ],
)
def test_length_is_enough_whatever_the_letters(password):
    assert checked_password(password, "ann") == password


def test_a_password_matches_its_hash_and_no_other_does(passwords):
    stored = passwords.hash("four words and more")
    assert passwords.matches(stored, "four words and more")
    for other in ("four words and mor", "Four words and more", "", "\ud800", "x" * 100_000):
        assert not passwords.matches(stored, other)


def test_the_same_password_has_another_hash_each_time(passwords):
    assert passwords.hash("four words and more") != passwords.hash("four words and more")


def test_a_letter_may_be_typed_in_one_sign_or_two(passwords):
    assert passwords.matches(passwords.hash("zwölf Zeichen ü"), "zwo\u0308lf Zeichen u\u0308")


def test_what_lies_beyond_the_longest_password_does_not_match(passwords):
    longest = "abcde" * 200
    assert passwords.matches(passwords.hash(longest), longest)
    assert not passwords.matches(passwords.hash(longest), longest + "f")


def test_without_a_stored_hash_the_same_work_is_done(passwords):
    assert not passwords.matches(None, "four words and more")
    assert not passwords.matches("", "four words and more")
    assert extract_parameters(passwords._nobodys) == extract_parameters(passwords.hash("four words and more"))


@pytest.mark.parametrize("broken", ["x", "$argon2id$v=19$m=8,t=1,p=1$", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_hash_that_is_none_matches_nothing(passwords, broken):
    assert not passwords.matches(broken, "four words and more")


def test_a_hash_of_other_costs_is_dated(passwords):
    stored = passwords.hash("four words and more")
    assert not passwords.is_dated(stored)
    assert Passwords(passes=2, memory=16, lanes=1).is_dated(stored)


def test_the_usual_costs_are_those_of_rfc_9106():
    costs = extract_parameters(Passwords()._nobodys)
    assert (costs.time_cost, costs.memory_cost, costs.parallelism, costs.type.name) == (3, 65_536, 4, "ID")
