"""Equal questions of one moment are asked once, and each who waits may leave."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connector.core.single_flight import SingleFlight
from connector.errors import StoppedError


class Question:
    """Waits to be let go; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked, self.entered, self.go_on = 0, threading.Event(), threading.Event()
        self.everybody = None

    def __call__(self, everybody):
        self.asked += 1
        self.everybody = everybody
        self.entered.set()
        assert self.go_on.wait(20)
        return f"answer {self.asked}"


@pytest.fixture
def pool():
    with ThreadPoolExecutor(32) as pool:
        yield pool


def test_twenty_threads_ask_once(pool):
    flights, question = SingleFlight(), Question()
    first = pool.submit(flights.ask, "key", question)
    assert question.entered.wait(20)
    others = [pool.submit(flights.ask, "key", question) for _ in range(20)]
    other = pool.submit(flights.ask, "another key", lambda _: "another answer")
    assert other.result(20) == "another answer"
    question.go_on.set()
    assert {future.result(20) for future in [first, *others]} == {"answer 1"}
    assert question.asked == 1


def test_what_comes_after_the_answer_asks_anew():
    flights = SingleFlight()
    assert [flights.ask("key", lambda _, n=n: n) for n in range(3)] == [0, 1, 2]


def test_an_error_is_everybody_s_and_not_kept(pool):
    flights, question = SingleFlight(), Question()

    def fails(everybody):
        question(everybody)
        raise ValueError("no")

    first = pool.submit(flights.ask, "key", fails)
    assert question.entered.wait(20)
    second = pool.submit(flights.ask, "key", fails)
    question.go_on.set()
    for future in (first, second):
        with pytest.raises(ValueError, match="no"):
            future.result(20)
    assert flights.ask("key", lambda _: "fine") == "fine"


def test_a_question_older_than_a_moment_is_not_joined(pool):
    now = [0.0]
    flights, question = SingleFlight(lambda: now[0]), Question()
    first = pool.submit(flights.ask, "key", question)
    assert question.entered.wait(20)
    now[0] = 5.0
    assert flights.ask("key", lambda _: "newer") == "newer"
    content = pool.submit(flights.ask, "key", question, max_age=60.0)
    question.go_on.set()
    assert first.result(20).startswith("answer")
    assert content.result(20).startswith("answer")


def test_who_leaves_is_let_go_and_the_question_goes_on_for_the_others(pool):
    flights, question = SingleFlight(), Question()
    leaves, stays = threading.Event(), threading.Event()
    first = pool.submit(flights.ask, "key", question, cancelled=stays)
    assert question.entered.wait(20)
    second = pool.submit(flights.ask, "key", question, cancelled=leaves)
    leaves.set()
    with pytest.raises(StoppedError):
        second.result(20)
    assert not question.everybody.is_set()
    stays.set()
    assert question.everybody.is_set()
    question.go_on.set()
    assert first.result(20) == "answer 1"
