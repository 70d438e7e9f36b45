"""The rounds: one process does a task, every so often, and what fails is told once and tried again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from connector.db.engine import Database, open_database
from connector.db.leases import Leases
from connector.errors import ConnectorError
from connector.housekeeping.rounds import Housekeeping, Task
from tests.postgres import drop, migrated_postgres_url

HOUR = timedelta(hours=1)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 31, 7, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(tmp_path, request) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/nsquery.db"
        return
    url = migrated_postgres_url()
    yield url
    drop(url)


@pytest.fixture
def database(url) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()


@pytest.fixture
def leases(database, clock) -> Leases:
    return Leases(database, clock)


def test_a_task_is_done_every_so_often(leases, clock):
    done = []
    house = Housekeeping(leases, [Task("a", lambda: done.append(1), HOUR), Task("b", lambda: done.append(2))])
    assert [house.tick(), house.tick()] == [["a", "b"], ["b"]]
    clock.advance(minutes=59)
    assert house.tick() == ["b"]
    clock.advance(minutes=1)
    assert house.tick() == ["a", "b"]


def test_of_many_processes_one_does_it(url, clock):
    done, start = [], threading.Barrier(6)
    databases = [open_database(url) for _ in range(6)]

    def process(database):
        start.wait()
        return Housekeeping(Leases(database, clock), [Task("a", lambda: done.append(1), HOUR)]).tick()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(process, databases))
    for database in databases:
        database.close()
    assert (sorted(answers), done) == ([[], [], [], [], [], ["a"]], [1])


def test_a_process_that_dies_in_the_middle_holds_nobody_up_for_long(leases, clock):
    died = leases.held("task:a", timedelta(minutes=20), every=HOUR)
    assert died.__enter__() is True  # and never comes to its end
    house = Housekeeping(leases, [Task("a", lambda: None, HOUR)])
    assert house.tick() == []
    clock.advance(minutes=21)
    assert house.tick() == ["a"]


def test_who_comes_back_late_takes_nothing_from_who_went_on(leases, clock):
    with leases.held("x", timedelta(minutes=1)) as mine:
        assert mine
        clock.advance(minutes=2)
        other = leases.held("x", timedelta(minutes=10))
        assert other.__enter__() is True
    with leases.held("x", timedelta(minutes=1)) as third:
        assert not third


def test_what_fails_is_told_once_and_keeps_no_other_task_back(leases, clock):
    failing = [ConnectorError("It is away.", code="UNREACHABLE")]

    def fail():
        if failing:
            raise failing[0]

    house = Housekeeping(leases, [Task("a", fail, HOUR), Task("b", lambda: None, HOUR)])
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            assert house.tick() == ["b"]
            clock.advance(hours=1)
        failing[0] = ZeroDivisionError()
        house.tick()
        failing.clear()
        clock.advance(hours=1)
        assert house.tick() == ["a", "b"]
    assert [(entry["event"], entry.get("code")) for entry in logs] == [
        ("housekeeping_fails", "UNREACHABLE"),
        ("housekeeping_fails", "ZeroDivisionError"),
        ("housekeeping_works_again", None),
    ]


def test_what_asks_netsuite_does_not_begin_with_each_start(leases, clock):
    house = Housekeeping(leases, [Task("a", lambda: None, HOUR, waits=True)])
    assert house.tick() == []
    clock.advance(minutes=60)
    assert house.tick() == ["a"]


def test_the_thread_does_its_rounds_and_says_its_last_words_at_the_end(leases):
    done, went = [], threading.Event()
    house = Housekeeping(
        leases, [Task("a", went.set), Task("last", lambda: done.append("last"), HOUR, at_end=True)], looks_every=0.01
    )
    house.stop(1)  # never started: nothing to say
    assert done == []
    house.start()
    assert went.wait(20)
    house.stop(20)
    assert done[-1] == "last"
    assert not any(thread.name == "housekeeping" for thread in threading.enumerate())
