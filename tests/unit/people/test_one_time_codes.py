"""One-time codes of an authenticator: none is taken twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from house import both_databases


class Phone:
    """An authenticator that scanned the picture."""

    def __init__(self, uri, clock):
        self.totp = pyotp.parse_uri(uri)
        self.clock = clock

    def code(self, seconds=0):
        return self.totp.at(self.clock.now.timestamp() + seconds)


@pytest.fixture
def bob(house):
    return house.person("bob")


@pytest.fixture
def phone(house, bob, clock):
    phone = Phone(house.totp.enrol(bob), clock)
    house.totp.confirm(bob, phone.code())
    clock.advance(minutes=5)
    return phone


def test_codes_are_on_once_the_first_one_was_right(house, bob, clock, refused):
    phone = Phone(house.totp.enrol(bob), clock)
    refused("BAD_CODE", house.totp.confirm, bob, phone.code(seconds=-600))
    assert not house.people.get(bob.id).has_totp
    house.totp.confirm(bob, phone.code())
    assert house.people.get(bob.id).has_totp
    refused("TOTP_IS_ON", house.totp.enrol, bob)
    refused("TOTP_IS_ON", house.totp.confirm, bob, phone.code())


def test_the_address_names_the_service_and_the_person(house, bob):
    parts = urlsplit(house.totp.enrol(bob))
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/NSQuery:bob")
    assert parse_qs(parts.query)["issuer"] == ["NSQuery"]


def test_a_hostile_name_stays_a_name(house):
    eve = house.person("eve&secret=AAAA?/../")
    assert len(pyotp.parse_uri(house.totp.enrol(eve)).secret) == 32


def test_a_mistyped_code_needs_no_new_picture_for_a_quarter_of_an_hour(house, bob, clock, refused):
    first = house.totp.enrol(bob)
    refused("BAD_CODE", house.totp.confirm, bob, "000000x")
    assert house.totp.enrol(bob) == first
    clock.advance(minutes=16)
    late = Phone(first, clock)
    refused("BAD_CODE", house.totp.confirm, bob, late.code())
    assert house.totp.enrol(bob) != first


def test_the_secret_is_sealed(house, bob, phone):
    with house.database.read() as transaction:
        rows = [transaction.exec_driver_sql(f"SELECT * FROM {table}").all() for table in ("secret", "user_account")]
    assert phone.totp.secret not in str(rows)
    assert phone.totp.secret.encode() not in b"".join(
        value for row in rows[0] for value in row if isinstance(value, bytes)
    )


def test_a_code_is_taken_once(house, bob, phone):
    code = phone.code()
    assert house.totp.check(bob, code)
    assert not house.totp.check(bob, code)


def test_the_code_that_turned_codes_on_is_used_up(house, clock, bob):
    phone = Phone(house.totp.enrol(bob), clock)
    code = phone.code()
    house.totp.confirm(bob, code)
    assert not house.totp.check(bob, code)


def test_an_earlier_code_is_not_taken_after_a_later_one(house, bob, phone):
    assert house.totp.check(bob, phone.code(seconds=30))
    assert not house.totp.check(bob, phone.code())
    assert not house.totp.check(bob, phone.code(seconds=-30))


@pytest.mark.parametrize(("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off(house, bob, phone, seconds, taken):
    assert house.totp.check(bob, phone.code(seconds)) is taken


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "\ud800" * 6, "0" * 100_000, "-12345"])
def test_what_is_no_code_is_wrong(house, bob, phone, code):
    assert not house.totp.check(bob, code)


def test_a_code_may_be_typed_in_two_halves(house, bob, phone):
    code = phone.code()
    assert house.totp.check(bob, f" {code[:3]} {code[3:]} ")


def test_a_code_is_its_owners_alone(house, bob, phone, clock):
    cy = house.person("cy")
    other = Phone(house.totp.enrol(cy), clock)
    house.totp.confirm(cy, other.code())
    clock.advance(minutes=5)
    assert not house.totp.check(cy, phone.code())
    assert house.totp.check(cy, other.code())


@both_databases
def test_of_many_threads_with_one_code_one_is_let_in(house, bob, phone):
    code = phone.code()
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda _: house.totp.check(bob, code), range(8))) == [False] * 7 + [True]


def test_who_lost_them_starts_anew(house, bob, phone, clock):
    house.totp.reset(bob)
    assert not house.people.get(bob.id).has_totp
    assert not house.totp.check(bob, phone.code())
    assert house.count("secret") == 0
    again = Phone(house.totp.enrol(bob), clock)
    house.totp.confirm(bob, again.code())
    assert again.totp.secret != phone.totp.secret


def test_the_secret_of_somebody_else_put_in_its_place_does_not_open(house, bob, phone, refused):
    eve = house.person("eve")
    house.totp.enrol(eve)
    with house.database.write() as transaction:
        transaction.exec_driver_sql("DELETE FROM secret WHERE row_id = ?", (bob.id,))
        transaction.exec_driver_sql("UPDATE secret SET row_id = ?, field = 'totp' WHERE row_id = ?", (bob.id, eve.id))
    refused("VAULT_UNREADABLE", house.totp.check, bob, phone.code())
