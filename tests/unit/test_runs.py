"""Runs: what is kept, for whom, and for how long."""

from __future__ import annotations

import threading

import pytest

from connector.core.options import Options
from connector.errors import BusyError, CallerError
from connector.runs import Runs
from tests.unit.core.frames import frame_of

FRAME = frame_of("SELECT memo FROM t", [{"memo": "x" * 1000}])


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def runs(clock):
    runs = Runs(clock=clock)
    yield runs
    runs.close()


def begun(runs, user="ada", ask=lambda _interest: FRAME):
    return runs.begin(user, ask, Options())


def answered(runs, user="ada"):
    run = begun(runs, user)
    runs.wait([run], 20)
    return run


def is_kept(runs, run):
    try:
        return runs.find(run.user, run.id) is run
    except CallerError:
        return False


def test_answers_that_were_given_at_once_take_no_place(runs):
    for _ in range(3_000):
        run = answered(runs)
        assert runs.pending(run) is None
        runs.discard([run])
    assert not is_kept(runs, run)


def test_a_user_with_too_many_waiting_questions_is_told_so_and_no_one_else_is(runs, clock):
    gate = threading.Event()
    waiting = [begun(runs, ask=lambda _: (gate.wait(20), FRAME)[1]) for _ in range(1_000)]
    with pytest.raises(BusyError) as refusal:
        begun(runs)
    assert refusal.value.code == "TOO_MANY_RUNS"
    assert "Governance" not in refusal.value.remedy
    clock.now = 1.0
    assert runs.pending(begun(runs, "bob")).place == 1_001
    gate.set()
    runs.wait(waiting, 20)
    assert begun(runs).user == "ada"


def test_an_answer_nobody_fetches_is_kept_for_ten_minutes(runs, clock):
    run = answered(runs)
    clock.now = 599.0
    begun(runs)
    assert is_kept(runs, run)
    clock.now = 601.0
    begun(runs)
    assert not is_kept(runs, run)


def test_an_answer_that_was_fetched_is_kept_for_a_minute(runs, clock):
    run = answered(runs)
    assert runs.pending(run) is None
    clock.now = 59.0
    begun(runs)
    assert is_kept(runs, run)
    clock.now = 61.0
    begun(runs)
    assert not is_kept(runs, run)


def test_the_oldest_answers_go_where_there_is_no_room(clock):
    runs = Runs(clock=clock, room=5_000)
    kept = []
    for _ in range(8):
        clock.now += 1
        kept.append(answered(runs))
    begun(runs)
    assert [is_kept(runs, run) for run in kept] == [False] * 4 + [True] * 4
    runs.close()


def test_a_run_belongs_to_its_user(runs):
    run = answered(runs)
    with pytest.raises(CallerError) as refusal:
        runs.find("eve", run.id)
    assert refusal.value.code == "UNKNOWN_RUN"


def test_who_asks_no_more_for_two_minutes_does_not_wait_and_who_asks_does(runs, clock):
    entered, looked, wanted = threading.Event(), threading.Event(), []

    def ask(interest):
        entered.set()
        looked.wait(20)
        wanted.append(not interest.is_set())
        return FRAME

    left, kept = begun(runs, ask=ask), begun(runs, ask=ask)
    assert entered.wait(20)
    clock.now = 100.0
    runs.find("ada", kept.id)
    clock.now = 130.0
    looked.set()
    runs.wait([left, kept], 20)
    assert (left.interest.is_set(), kept.interest.is_set()) == (True, False)
    assert sorted(wanted) == [False, True]


def test_a_run_that_was_stopped_is_over_and_unknown(runs):
    run = begun(runs)
    runs.stop(run)
    assert run.interest.is_set()
    assert not is_kept(runs, run)
