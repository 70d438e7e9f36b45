"""Browser sessions: the cookie is the only key, and it is kept by nobody but the browser."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from house import both_databases

from connector.people.sessions import csrf_matches, csrf_token


@pytest.fixture
def bob(house):
    return house.person("bob")


def begin(house, person, agent="Firefox"):
    return house.sessions.begin(person, address="192.0.2.1", agent=agent)


def test_the_cookie_finds_the_session_and_the_person_as_they_are_now(house, bob):
    session, cookie = begin(house, bob)
    house.people.change_role(None, bob, "reader")
    found = house.sessions.find(cookie)
    assert (found.id, found.person.id, found.person.role) == (session.id, bob.id, "reader")
    assert (found.address, found.agent) == ("192.0.2.1", "Firefox")


def test_only_a_hash_of_the_cookie_is_kept(house, bob):
    _, cookie = begin(house, bob)
    with house.database.read() as transaction:
        assert cookie not in str(transaction.exec_driver_sql("SELECT * FROM browser_session").all())
    assert len(cookie) == 43


def test_each_sign_in_is_a_new_session(house, bob):
    assert begin(house, bob)[1] != begin(house, bob)[1]
    assert len(house.sessions.list(bob)) == 2


@pytest.mark.parametrize("cookie", ["", "x", "\ud800", "x" * 1_000_000, "A" * 43])
def test_a_cookie_of_nobodys_is_none(house, bob, refused, cookie):
    begin(house, bob)
    refused("SESSION_ENDED", house.sessions.find, cookie)


def test_the_id_of_a_session_is_no_cookie(house, bob, refused):
    session, _ = begin(house, bob)
    refused("SESSION_ENDED", house.sessions.find, session.id)


def test_twelve_idle_hours_end_it(house, bob, clock, refused):
    _, cookie = begin(house, bob)
    clock.advance(hours=11, minutes=59)
    house.sessions.find(cookie)
    clock.advance(hours=11, minutes=59)
    house.sessions.find(cookie)
    clock.advance(hours=12)
    refused("SESSION_ENDED", house.sessions.find, cookie)
    assert house.sessions.list(bob) == []


def test_seven_days_end_it_however_busy(house, bob, clock, refused):
    _, cookie = begin(house, bob)
    for _ in range(27):
        clock.advance(hours=6)
        house.sessions.find(cookie)
    clock.advance(hours=6)
    refused("SESSION_ENDED", house.sessions.find, cookie)


def test_it_is_noted_as_seen_at_most_once_a_minute(house, bob, clock):
    session, cookie = begin(house, bob)
    clock.advance(seconds=59)
    house.sessions.find(cookie)
    assert house.sessions.list(bob)[0].last_seen_at == session.last_seen_at
    clock.advance(seconds=1)
    house.sessions.find(cookie)
    assert house.sessions.list(bob)[0].last_seen_at == clock.now


def test_a_proof_is_fresh_for_fifteen_minutes(house, bob, clock):
    session, cookie = begin(house, bob)
    assert house.sessions.is_fresh(session)
    clock.advance(minutes=15)
    stale = house.sessions.find(cookie)
    assert not house.sessions.is_fresh(stale)
    house.sessions.prove(stale)
    assert house.sessions.is_fresh(house.sessions.find(cookie))


def test_an_ended_session_stays_ended(house, bob, refused):
    session, cookie = begin(house, bob)
    assert house.sessions.end(session.id, bob)
    assert not house.sessions.end(session.id, bob)
    refused("SESSION_ENDED", house.sessions.find, cookie)


def test_another_persons_session_is_as_unknown_as_none(house, bob):
    eve = house.person("eve")
    session, cookie = begin(house, bob)
    assert house.sessions.end(session.id, eve) is house.sessions.end("0" * 32, eve) is False
    assert house.sessions.find(cookie).id == session.id
    assert house.sessions.list(eve) == []


@both_databases
def test_all_but_one_end(house, bob, refused):
    (kept, cookie), (_, gone) = begin(house, bob), begin(house, bob)
    eve = house.person("eve")
    _, eves = begin(house, eve)
    house.sessions.end_all(bob, except_id=kept.id)
    assert house.sessions.find(cookie).id == kept.id
    refused("SESSION_ENDED", house.sessions.find, gone)
    assert house.sessions.find(eves).person.id == eve.id
    house.sessions.end_all(bob)
    refused("SESSION_ENDED", house.sessions.find, cookie)


def test_what_a_browser_says_of_itself_is_short_and_printable(house, bob):
    session, _ = begin(house, bob, agent="\x1b[31m\ud800" + "x" * 10_000)
    assert len(session.agent) == 200
    assert session.agent.isprintable()


def test_old_sessions_are_cleared_away(house, bob, clock):
    for _ in range(3):
        begin(house, bob)
    clock.advance(days=8)
    begin(house, bob)
    assert house.count("browser_session") == 1


def test_a_form_belongs_to_its_session(house, bob):
    (_, mine), (_, other) = begin(house, bob), begin(house, bob)
    assert csrf_matches(mine, csrf_token(mine))
    assert mine not in csrf_token(mine)
    for text in (csrf_token(other), "", mine, "\ud800", "ä"):
        assert not csrf_matches(mine, text)


@both_databases
def test_threads_share_the_sessions(house, bob):
    with ThreadPoolExecutor(8) as pool:
        cookies = list(pool.map(lambda _: begin(house, bob)[1], range(16)))
        assert {house.sessions.find(cookie).person.id for cookie in cookies} == {bob.id}
    assert len(set(cookies)) == 16
