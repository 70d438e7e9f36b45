"""Signing in: who is refused learns nothing, and guesses are limited for all processes together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from house import PASSWORD, both_databases

from connector.errors import NotAllowedError
from connector.people.passwords import Passwords
from connector.people.sign_in import SignIn

WRONG = "some other words instead"


@pytest.fixture
def bob(house):
    return house.person("bob")


def enter(house, name="bob", password=PASSWORD, code=None, address="192.0.2.1"):
    return house.sign_in.check(name=name, password=password, code=code, address=address)


def outcome(house, **given):
    try:
        return enter(house, **given).name
    except NotAllowedError as error:
        return error.code


def test_the_right_password_lets_in_and_is_noted(house, bob, clock):
    assert enter(house).id == bob.id
    assert house.people.get(bob.id).signed_in_at == clock.now
    assert enter(house, name=" bob ").id == bob.id
    house.sign_in.check(name="bob", password=PASSWORD, code=None, address="192.0.2.1", session_id="s1")
    assert house.actions()[-3:] == ["sign_in", "sign_in", "proof"]
    assert house.audit.list(action="sign_in")[0].detail == {"address": "192.0.2.1"}


def test_unknown_names_wrong_passwords_and_blocked_people_get_one_sentence(house, bob):
    house.person("cy")
    house.people.block(None, house.people.find("cy"))
    house.tokens.create("dan")  # has a name here and no password
    cases = [("eve", PASSWORD), ("bob", WRONG), ("cy", PASSWORD), ("cy", WRONG), ("dan", PASSWORD), ("workspace", "")]
    told = set()
    for name, password in cases:
        with pytest.raises(NotAllowedError) as caught:
            enter(house, name=name, password=password)
        told.add((caught.value.code, caught.value.message, caught.value.remedy, caught.value.retry_after))
    assert len(told) == 1
    assert told.pop()[0] == "SIGN_IN_REFUSED"


def test_each_refusal_costs_one_hash(house, bob):
    """The same time by the same work: whoever it is, one password is hashed at the same costs."""
    hashed = []

    class Counted(Passwords):
        def matches(self, stored, password):
            hashed.append(stored)
            return super().matches(stored, password)

    sign_in = SignIn(house.database, Counted(passes=1, memory=8, lanes=1), house.totp, house.audit, house.clock)
    house.people.block(None, house.person("cy"))
    for name in ("eve", "bob", "cy"):
        with pytest.raises(NotAllowedError):
            sign_in.check(name=name, password=WRONG, code=None, address="192.0.2.1")
    assert [stored is None for stored in hashed] == [True, False, False]


@pytest.mark.parametrize("name", ["", " ", "\ud800", "x" * 100_000, "' OR 1=1 --", "bob\x00", "BOB"])
@both_databases
def test_a_name_that_nobody_has_is_unknown(house, bob, refused, name):
    refused("SIGN_IN_REFUSED", enter, house, name=name)


def test_what_was_typed_as_a_name_is_kept_nowhere(house, bob):
    typed = "my-password-in-the-wrong-field"
    assert outcome(house, name=typed) == "SIGN_IN_REFUSED"
    assert outcome(house, password=WRONG) == "SIGN_IN_REFUSED"
    with house.database.read() as transaction:
        rows = [transaction.exec_driver_sql(f"SELECT * FROM {table}").all() for table in ("attempt", "audit_event")]
    assert typed not in str(rows)
    assert WRONG not in str(rows)
    assert [event.actor for event in house.audit.list(action="sign_in")] == ["bob", "unknown name"]


class TestWithCodes:
    @pytest.fixture
    def phone(self, house, bob, clock):
        totp = pyotp.parse_uri(house.totp.enrol(bob))
        house.totp.confirm(bob, totp.at(clock.now))
        clock.advance(minutes=5)
        return totp

    @pytest.mark.usefixtures("phone")
    def test_a_code_is_asked_for_only_after_the_right_password(self, house):
        assert outcome(house, password=WRONG) == "SIGN_IN_REFUSED"
        assert outcome(house) == "TOTP_NEEDED"
        assert outcome(house, code="") == "TOTP_NEEDED"

    def test_a_right_code_lets_in_once(self, house, clock, phone):
        code = phone.at(clock.now)
        assert outcome(house, code=code) == "bob"
        assert outcome(house, code=code) == "SIGN_IN_REFUSED"

    def test_a_right_code_with_a_wrong_password_is_not_used_up(self, house, clock, phone):
        code = phone.at(clock.now)
        assert outcome(house, code=code, password=WRONG) == "SIGN_IN_REFUSED"
        assert outcome(house, code=code) == "bob"

    @pytest.mark.usefixtures("phone")
    def test_guessing_codes_is_limited_even_with_the_password(self, house):
        tries = []
        for number in range(12):
            tries += [outcome(house, code=f"{number:06}"), outcome(house)]
        assert tries.count("SIGN_IN_REFUSED") <= 5
        assert tries[-1] == "TOO_MANY_ATTEMPTS"


@pytest.mark.usefixtures("bob")
class TestLimits:
    def test_five_wrong_ones_are_free_then_pauses_grow(self, house, clock):
        assert [outcome(house, password=WRONG) for _ in range(6)] == ["SIGN_IN_REFUSED"] * 5 + ["TOO_MANY_ATTEMPTS"]
        pauses = []
        for _ in range(10):
            with pytest.raises(NotAllowedError) as caught:
                enter(house)
            pauses.append(caught.value.retry_after)
            clock.advance(seconds=caught.value.retry_after)
            assert outcome(house, password=WRONG) == "SIGN_IN_REFUSED"
        assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]

    def test_while_closed_the_right_password_is_not_looked_at_and_nothing_counts(self, house, clock):
        for _ in range(5):
            outcome(house, password=WRONG)
        assert {outcome(house) for _ in range(20)} == {"TOO_MANY_ATTEMPTS"}
        clock.advance(seconds=5)
        assert outcome(house) == "bob"

    def test_a_success_clears_the_name(self, house):
        for _ in range(3):
            assert [outcome(house, password=WRONG) for _ in range(4)] == ["SIGN_IN_REFUSED"] * 4
            assert outcome(house) == "bob"

    def test_an_unknown_name_is_limited_alike(self, house):
        assert [outcome(house, name="eve") for _ in range(6)][4:] == ["SIGN_IN_REFUSED", "TOO_MANY_ATTEMPTS"]

    def test_another_name_is_not_held_up(self, house):
        house.person("cy")
        for _ in range(6):
            outcome(house, password=WRONG)
        assert outcome(house, name="cy") == "cy"

    def test_a_stranger_elsewhere_shuts_nobody_out_with_a_few_guesses(self, house):
        assert outcome(house, password=WRONG, address="198.51.100.1") == "SIGN_IN_REFUSED"
        for _ in range(20):
            outcome(house, password=WRONG, address="198.51.100.1")
        assert outcome(house) == "bob"

    def test_many_strangers_together_guess_fifty_times_before_pauses_grow(self, house):
        tries = [outcome(house, password=WRONG, address=f"198.51.100.{number}") for number in range(80)]
        assert tries.count("SIGN_IN_REFUSED") == 50
        assert outcome(house) == "TOO_MANY_ATTEMPTS"

    def test_proofs_count_for_their_session_alone(self, house):
        def prove(session: str) -> str:
            try:
                house.sign_in.check(name="bob", password=WRONG, code=None, address="192.0.2.1", session_id=session)
            except NotAllowedError as error:
                return error.code
            raise AssertionError("a wrong password proved somebody")

        assert [prove("stolen") for _ in range(6)] == ["SIGN_IN_REFUSED"] * 5 + ["TOO_MANY_ATTEMPTS"]
        assert prove("own") == "SIGN_IN_REFUSED"
        assert outcome(house) == "bob"

    def test_one_address_may_not_try_many_names(self, house):
        tries = [outcome(house, name=f"guess{number}") for number in range(25)]
        assert tries.count("SIGN_IN_REFUSED") == 20
        assert outcome(house) == "TOO_MANY_ATTEMPTS"
        assert outcome(house, address="192.0.2.2") == "bob"

    def test_an_own_account_does_not_clear_the_address(self, house):
        tries = [outcome(house, name="bob" if n % 4 == 3 else f"guess{n}") for n in range(40)]
        assert len([one for one in tries if one == "SIGN_IN_REFUSED"]) == 20

    def test_a_day_later_all_is_forgotten(self, house, clock):
        for _ in range(6):
            outcome(house, password=WRONG)
        clock.advance(hours=24, seconds=1)
        assert [outcome(house, password=WRONG) for _ in range(5)] == ["SIGN_IN_REFUSED"] * 5
        assert house.count("attempt") == 3

    @both_databases
    def test_many_at_once_get_no_more_guesses_than_one_after_the_other(self, house):
        with ThreadPoolExecutor(16) as pool:
            tries = list(pool.map(lambda _: outcome(house, password=WRONG), range(32)))
        assert tries.count("SIGN_IN_REFUSED") == 5


def test_a_hash_at_old_costs_is_renewed_at_the_next_sign_in(house, bob):
    dearer = Passwords(passes=2, memory=16, lanes=1)
    sign_in = SignIn(house.database, dearer, house.totp, house.audit, house.clock)
    assert sign_in.check(name="bob", password=PASSWORD, code=None, address="::1").id == bob.id
    with house.database.read() as transaction:
        stored = transaction.exec_driver_sql("SELECT password_hash FROM user_account WHERE name = 'bob'").scalar()
    assert not dearer.is_dated(stored)
    assert dearer.matches(stored, PASSWORD)
