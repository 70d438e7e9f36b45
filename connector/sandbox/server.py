"""A sandbox account with its company: what `connector sandbox` and the tests start."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

from connector.sandbox.account import Account
from connector.sandbox.company import generate
from connector.sandbox.profile import PROFILES, Profile
from connector.sandbox.serving import RunningSandbox, serving
from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.table import Dataset

SEED = 1


@contextmanager
def opened_account(
    *,
    rows: int,
    seed: int = SEED,
    profile: str = "default",
    concurrency: int = 5,
    latency_ms: int = 0,
    clock: Callable[[], float] = time.time,
) -> Iterator[Account]:
    """An account with a generated company of `rows` transaction lines. Same seed, same data.

    Raises ValueError for fewer rows than a company needs, KeyError for a profile that does not exist.
    """
    chosen = PROFILES[profile]

    def wall_clock() -> datetime:
        return datetime.fromtimestamp(clock())  # noqa: DTZ006 - the account's wall clock, as SYSDATE has no time zone

    dataset, books = _data(rows, seed, chosen)
    with closing(Engine(dataset, date_format=chosen.date_format, clock=wall_clock)) as engine:
        yield Account(
            engine=engine,
            books=books,
            profile=chosen,
            concurrency=concurrency,
            latency=latency_ms / 1000,
            clock=clock,
            interrupt=engine.close,
        )


def _data(rows: int, seed: int, profile: Profile) -> tuple[Dataset, Mapping[str, Any]]:
    """What is kept of a company: its tables and its books, not the records that both were made from."""
    company = generate(lines=rows, seed=seed, profile=profile)
    return company.dataset, company.books()


@contextmanager
def running(
    *,
    rows: int = 2_000,
    seed: int = SEED,
    profile: str = "default",
    concurrency: int = 5,
    latency_ms: int = 0,
    tls: bool = False,
    clock: Callable[[], float] = time.time,
) -> Iterator[RunningSandbox]:
    """A sandbox in this process on a free loopback port, for tests."""
    with (
        opened_account(
            rows=rows, seed=seed, profile=profile, concurrency=concurrency, latency_ms=latency_ms, clock=clock
        ) as account,
        serving(account, tls=tls) as sandbox,
    ):
        yield sandbox
