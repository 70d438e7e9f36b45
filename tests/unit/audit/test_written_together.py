"""Events that threads bring at once: one transaction for many, each kept or refused before its thread goes on."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connector.audit.together import Together


def test_what_comes_while_one_is_written_is_written_at_once() -> None:
    begun, go_on, batches = threading.Event(), threading.Event(), []

    def write(values) -> None:
        batches.append(list(values))
        begun.set()
        go_on.wait()

    together = Together(write)
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(together.add, 0)
        begun.wait()
        others = [pool.submit(together.add, number) for number in range(1, 9)]
        while len(together._waiting) < 8:
            os.sched_yield()
        assert not any(one.done() for one in [first, *others])
        go_on.set()
    assert batches[0] == [0]
    assert sorted(value for batch in batches[1:] for value in batch) == list(range(1, 9))
    assert len(batches) == 2


def test_who_is_in_a_refused_batch_is_told_and_the_next_goes_on() -> None:
    def write(values) -> None:
        if "bad" in values:
            raise ValueError("refused")

    together = Together(write)
    with pytest.raises(ValueError, match="refused"):
        together.add("bad")
    together.add("good")
