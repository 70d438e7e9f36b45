"""Devices: a code that is typed, a person who decides, a token that is handed out once (RFC 8628)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from house import both_databases
from racing import race

from connector.errors import CallerError


@pytest.fixture
def bob(house):
    return house.person("bob")


def begin(house, **different):
    return house.devices.begin(**{"kind": "excel", "label": "Ann's laptop", "address": "192.0.2.1", **different})


def look_up(house, code, who="bob"):
    return house.devices.look_up(code, attempts_subject=who)


def polled(house, code):
    try:
        return house.devices.poll(code)
    except CallerError as error:
        return error.code


def test_a_device_gets_a_code_to_show_and_one_to_ask_with(house):
    begun, other = begin(house), begin(house)
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", begun.user_code)
    assert len(begun.device_code) == 43
    assert (begun.expires_in, begun.interval) == (600, 5)
    assert begun.user_code != other.user_code
    assert begun.device_code not in repr(begun)


def test_only_hashes_of_the_codes_are_kept(house):
    begun = begin(house)
    with house.database.read() as transaction:
        rows = str(transaction.exec_driver_sql("SELECT * FROM device_code").all())
    assert begun.device_code not in rows
    assert begun.user_code.replace("-", "") not in rows.replace("-", "")


def test_the_page_names_application_age_and_address(house, clock):
    begun = begin(house)
    clock.advance(seconds=42)
    found = look_up(house, begun.user_code)
    assert (found.kind, found.label, found.address) == ("excel", "Ann's laptop", "192.0.2.1")
    assert found.age == timedelta(seconds=42)


def test_a_code_may_be_typed_anyhow(house):
    code = begin(house).user_code
    for typed in (code.lower(), code.replace("-", ""), f" {code[:2]} {code[2:]} "):
        assert look_up(house, typed).kind == "excel"


@both_databases
def test_the_whole_way(house, bob, clock):
    begun = begin(house, kind="sheets")
    assert polled(house, begun.device_code) == "AUTHORIZATION_PENDING"
    house.devices.approve(begun.user_code, bob, None)
    clock.advance(seconds=5)
    token = polled(house, begun.device_code)
    principal = house.tokens.principal(token)
    assert (principal.user, principal.kind, principal.connection_ids) == ("bob", "sheets", None)
    (listed,) = house.tokens.list("bob")
    assert (listed.label, listed.address) == ("Ann's laptop", "192.0.2.1")


def test_the_token_appears_once(house, bob):
    begun = begin(house)
    house.devices.approve(begun.user_code, bob, None)
    assert polled(house, begun.device_code).startswith("nsq_")
    assert polled(house, begun.device_code) == "EXPIRED_TOKEN"
    assert len(house.tokens.list("bob")) == 1
    assert house.count("device_code") == 0


@both_databases
def test_two_processes_race_for_one_token_and_one_gets_it(house, bob):
    begun = begin(house)
    house.devices.approve(begun.user_code, bob, None)
    first, second = sorted(race(house.url, "devices.poll(arguments[0])", begun.device_code))
    assert first == "EXPIRED_TOKEN"
    assert house.tokens.principal(second).user == "bob"
    assert len(house.tokens.list("bob")) == 1


def test_a_device_that_asks_too_often_is_slowed_down_for_good(house, clock):
    code = begin(house).device_code
    assert polled(house, code) == "AUTHORIZATION_PENDING"
    clock.advance(seconds=4)
    assert polled(house, code) == "SLOW_DOWN"
    clock.advance(seconds=9)
    assert polled(house, code) == "SLOW_DOWN"
    clock.advance(seconds=15)
    assert polled(house, code) == "AUTHORIZATION_PENDING"
    clock.advance(seconds=14)
    assert polled(house, code) == "SLOW_DOWN"


def test_who_says_no_sends_it_away(house, bob):
    begun = begin(house)
    house.devices.deny(begun.user_code, bob)
    assert polled(house, begun.device_code) == polled(house, begun.device_code) == "ACCESS_DENIED"
    assert house.tokens.list("bob") == []


def test_ten_minutes_end_a_code(house, bob, clock, refused):
    waiting, approved = begin(house), begin(house)
    house.devices.approve(approved.user_code, bob, None)
    clock.advance(minutes=10)
    refused("UNKNOWN_DEVICE_CODE", look_up, house, waiting.user_code)
    refused("UNKNOWN_DEVICE_CODE", house.devices.approve, waiting.user_code, bob, None)
    assert polled(house, waiting.device_code) == polled(house, approved.device_code) == "EXPIRED_TOKEN"
    begin(house)
    assert house.count("device_code") == 1


def test_a_code_is_decided_once(house, bob, refused):
    eve, begun = house.person("eve"), begin(house)
    house.devices.deny(begun.user_code, bob)
    for act in (house.devices.deny, lambda code, who: house.devices.approve(code, who, None)):
        refused("UNKNOWN_DEVICE_CODE", act, begun.user_code, eve)
    refused("UNKNOWN_DEVICE_CODE", look_up, house, begun.user_code)
    assert polled(house, begun.device_code) == "ACCESS_DENIED"


@both_databases
def test_of_two_who_approve_at_once_one_is_first(house, bob):
    begun = begin(house)
    act = "devices.approve(arguments[0], people.find('bob'), None)"
    assert sorted(race(house.url, act, begun.user_code)) == ["None", "UNKNOWN_DEVICE_CODE"]


def test_the_code_it_shows_is_not_the_one_it_asks_with(house, bob, refused):
    begun = begin(house)
    assert polled(house, begun.user_code) == "EXPIRED_TOKEN"
    refused("UNKNOWN_DEVICE_CODE", look_up, house, begun.device_code)


@pytest.mark.parametrize("code", ["", "x", "\ud800", "x" * 100_000, "A" * 43, "' OR 1=1 --"])
def test_what_is_no_code_is_unknown(house, bob, refused, code):
    begin(house)
    assert polled(house, code) == "EXPIRED_TOKEN"
    refused("UNKNOWN_DEVICE_CODE", look_up, house, code)


def test_guessing_codes_is_limited(house, bob, refused):
    begun = begin(house)
    for _ in range(5):
        refused("UNKNOWN_DEVICE_CODE", look_up, house, "BBBB-BBBB")
    error = refused("TOO_MANY_ATTEMPTS", look_up, house, begun.user_code)
    assert error.retry_after == 10
    assert look_up(house, begun.user_code, who="cy").kind == "excel"


def test_guessing_by_deciding_is_limited_too(house, bob, refused):
    begun = begin(house)
    for _ in range(5):
        refused("UNKNOWN_DEVICE_CODE", house.devices.approve, "BBBB-BBBB", bob, None)
    refused("TOO_MANY_ATTEMPTS", house.devices.approve, begun.user_code, bob, None)
    refused("TOO_MANY_ATTEMPTS", house.devices.deny, begun.user_code, bob)


def test_right_codes_are_not_counted(house, bob):
    for _ in range(12):
        code = begin(house).user_code
        look_up(house, code, who=bob.id)
        house.devices.approve(code, bob, None)


@both_databases
def test_two_processes_share_the_limit_of_guesses(house):
    answers = race(house.url, "wrong_codes_looked_at(6)")
    assert sum(int(answer) for answer in answers) == 5


def test_one_address_may_not_fill_the_table(house, refused):
    for _ in range(50):
        begin(house)
    refused("TOO_MANY_ATTEMPTS", begin, house)
    assert begin(house, address="192.0.2.2").interval == 5


@pytest.mark.parametrize("kind", ["api", "root", "", "EXCEL", "x" * 1_000])
def test_a_device_is_of_a_known_kind(house, refused, kind):
    refused("BAD_TOKEN_KIND", begin, house, kind=kind)


@both_databases
def test_what_a_device_calls_itself_is_short_printable_and_marked_as_claimed(house, bob):
    begun = begin(house, label="\x1b[2J<script>" + "x" * 1_000)
    label = look_up(house, begun.user_code).label
    assert len(label) == 100
    assert label.isprintable()
    house.devices.approve(begun.user_code, bob, None)
    (event,) = house.audit.list(action="device_approved")
    assert event.detail == {"address": "192.0.2.1", "claimed": {"label": label}}
    assert polled(house, begun.device_code).startswith("nsq_")


def test_a_token_is_narrowed_to_the_connections_that_were_ticked(house, bob, refused):
    one, begun = house.connect("bob"), begin(house)
    refused("BAD_TOKEN_SCOPE", house.devices.approve, begun.user_code, bob, [])
    refused("BAD_TOKEN_SCOPE", house.devices.approve, begun.user_code, bob, ["x"])
    house.devices.approve(begun.user_code, bob, [one.id])
    assert house.tokens.principal(polled(house, begun.device_code)).connection_ids == (one.id,)
