"""The queue before an account: lanes, fairness, what a dead process leaves behind, a pace that gives way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.db.account_slots import LEASE, MOST_OF_ONE_LOGIN, AccountSlots, Lane, Request
from connector.db.engine import open_database
from tests.postgres import drop, migrated_postgres_url


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 7, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(tmp_path, request):
    url = migrated_postgres_url() if request.param == "postgresql" else f"sqlite:///{tmp_path}/nsquery.db"
    database = open_database(url)
    yield database.relaxed()
    database.close()
    if request.param == "postgresql":
        drop(url)


def wanted(asker="ann", lane=Lane.INTERACTIVE, share=2, login="token", account="1234567") -> Request:
    return Request(account, login, asker, lane, share)


def test_as_many_go_as_we_may_take_and_the_rest_waits_in_turn(database, clock):
    slots = AccountSlots(database, clock)
    asked = [slots.ask(wanted()) for _ in range(4)]
    assert [may_go for _, may_go in asked] == [True, True, False, False]
    assert [slots.place(ticket) for ticket, _ in asked] == [0, 0, 1, 2]
    assert slots.give_back(asked[0][0], wanted(), was_busy=False) == [asked[2][0]]
    assert sorted(slots.may_go()) == sorted([asked[1][0], asked[2][0]])


def test_another_account_has_slots_of_its_own(database, clock):
    slots = AccountSlots(database, clock)
    assert [slots.ask(wanted(account=name, share=1))[1] for name in ("1", "2", "1")] == [True, True, False]


def test_who_is_waited_for_goes_before_what_nobody_looks_at(database, clock):
    slots = AccountSlots(database, clock)
    going, _ = slots.ask(wanted(share=1))
    background = wanted("import", Lane.BACKGROUND, share=1)
    slots.ask(background)
    person, _ = slots.ask(wanted("eve", share=1))
    assert slots.place(person) == 1
    assert slots.give_back(going, wanted(share=1), was_busy=False) == [person]


def test_who_has_least_on_the_way_goes_first(database, clock):
    slots = AccountSlots(database, clock)
    mine = [slots.ask(wanted("ann"))[0] for _ in range(10)]
    bens, _ = slots.ask(wanted("ben"))
    assert slots.give_back(mine[0], wanted("ann"), was_busy=False) == [bens]


def test_one_login_has_so_many_on_the_way_and_another_goes_beside_it(database, clock):
    slots = AccountSlots(database, clock)
    assert sum(slots.ask(wanted(share=10))[1] for _ in range(8)) == MOST_OF_ONE_LOGIN
    assert slots.ask(wanted(login="another", share=10))[1]


def test_a_process_is_told_of_its_own_requests_alone(database, clock):
    ours, theirs = AccountSlots(database, clock), AccountSlots(database, clock)
    going, _ = ours.ask(wanted(share=1))
    waiting, _ = theirs.ask(wanted(share=1))
    assert ours.give_back(going, wanted(share=1), was_busy=False) == []
    assert theirs.may_go() == [waiting]


def test_what_a_dead_process_held_is_free_after_its_lease_and_a_living_one_keeps_its_own(database, clock):
    dead, alive = AccountSlots(database, clock), AccountSlots(database, clock)
    dead.ask(wanted(share=2))
    alive.ask(wanted(share=2))
    waiting, may_go = alive.ask(wanted("ben", share=2))
    assert not may_go
    clock.now += LEASE * 0.6
    assert alive.beat([("1234567", 2)]) == []
    clock.now += LEASE * 0.6
    assert alive.beat([("1234567", 2)]) == [waiting]
    assert len(alive.may_go()) == 2


def test_a_limit_of_the_account_below_our_share_is_kept(database, clock):
    slots = AccountSlots(database, clock)
    slots.know_limit("1234567", 1)
    assert slots.limit("1234567")[0] == 1
    assert [slots.ask(wanted(share=5))[1] for _ in range(2)] == [True, False]


def test_the_pace_is_halved_once_for_refusals_of_one_moment_and_grows_by_one(database, clock):
    slots = AccountSlots(database, clock)

    def at_once() -> int:
        asked = [slots.ask(wanted(share=8, login=f"login {number}")) for number in range(9)]
        for ticket, _ in asked:
            slots.give_back(ticket, wanted(share=8), was_busy=False)
        return sum(may_go for _, may_go in asked)

    def refused() -> None:
        slots.give_back(slots.ask(wanted(share=8))[0], wanted(share=8), was_busy=True)

    refused()
    refused()
    assert at_once() == 4
    clock.now += timedelta(seconds=5)
    refused()
    assert at_once() == 2
    found = []
    for _ in range(8):
        clock.now += timedelta(seconds=20)
        at_once()
        found.append(at_once())
    assert found == [3, 4, 5, 6, 7, 8, 8, 8]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(["ask", "end"]), st.integers(0, 5), st.booleans()), max_size=40), st.uuids())
def test_never_more_go_than_we_may_take_and_none_waits_beside_a_free_slot(database, steps, account):
    slots, share, open_ = AccountSlots(database, Clock()), 3, []
    for act, number, background in steps:
        lane = Lane.BACKGROUND if background else Lane.INTERACTIVE
        request = wanted(f"user {number}", lane, share, account=account.hex[:20], login=f"login {number}")
        if act == "ask":
            open_.append((slots.ask(request)[0], request))
        elif open_:
            ticket, request = open_.pop(number % len(open_))
            slots.give_back(ticket, request, was_busy=False)
        assert len(slots.may_go()) == min(share, len(open_))
    for ticket, request in open_:
        slots.give_back(ticket, request, was_busy=False)
