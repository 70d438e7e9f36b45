"""A real sandbox server per test, on a company of a few rows, with a clock that the test turns."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rows_engine import NothingEntered, RowsEngine
from wire_client import WireClient

from connector.sandbox.account import REDIRECT_URIS, Account, Company
from connector.sandbox.profile import PROFILES, Profile
from connector.sandbox.serving import RunningSandbox, serving
from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.table import Dataset


@dataclass
class Clock:
    now: float

    def __call__(self) -> float:
        return self.now


@dataclass
class Sandbox:
    running: RunningSandbox
    account: Account
    engine: RowsEngine
    clock: Clock
    client: WireClient


@pytest.fixture
def start() -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes; with `data` the real engine answers, without it one that knows a single question.

    `prepare` changes the account before it is announced.
    """
    with ExitStack() as open_things:

        def start_one(
            *,
            profile: Profile = PROFILES["default"],
            concurrency: int = 5,
            latency: float = 0.0,
            tls: bool = False,
            data: Dataset | None = None,
            company: Company | None = None,
            redirect_uris: Sequence[str] = REDIRECT_URIS,
            prepare: Callable[[Account], object] = lambda _: None,
        ) -> Sandbox:
            clock, engine = Clock(float(int(time.time()))), RowsEngine()
            account = Account(
                engine=open_things.enter_context(closing(Engine(data))) if data else engine,
                company=company or NothingEntered(),
                profile=profile,
                concurrency=concurrency,
                latency=latency,
                clock=clock,
                redirect_uris=redirect_uris,
            )
            prepare(account)
            running = open_things.enter_context(serving(account, tls=tls))
            client = open_things.enter_context(WireClient(running, clock))
            return Sandbox(running, account, engine, clock, client)

        yield start_one


@pytest.fixture
def sandbox(start: Callable[..., Sandbox]) -> Sandbox:
    return start()


def _vector_file() -> dict[str, Any]:
    file: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "tba.json").read_text())
    return file


@pytest.fixture(scope="session")
def vectors() -> list[dict[str, Any]]:
    """REST headers signed in Oracle's documentation."""
    return [vector for vector in _vector_file()["vectors"] if vector["kind"] == "rest_header"]


@pytest.fixture(scope="session")
def misprints() -> list[dict[str, Any]]:
    """Signatures that Oracle's pages print and that do not hold."""
    found: list[dict[str, Any]] = _vector_file()["must_not_verify"]
    return found


@pytest.fixture(scope="session")
def rfc_vector() -> dict[str, Any]:
    """RFC 5849's example of a base string."""
    return next(vector for vector in _vector_file()["vectors"] if vector["kind"] == "base_string_only")
