"""One engine over the small account, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from suiteql_account import ACCOUNT, NOW

from connector.sandbox.suiteql.engine import Engine
from connector.sandbox.suiteql.refusal import SuiteQLRefused

Rows = Callable[..., list[dict[str, str]]]


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    engine = Engine(ACCOUNT, clock=lambda: NOW)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def rows(engine: Engine) -> Rows:
    """All rows of a query."""

    def ask(q: str, *params: object) -> list[dict[str, str]]:
        return engine.page(q, params, limit=1000, offset=0).items

    return ask


@pytest.fixture(scope="session")
def refusal(engine: Engine) -> Callable[..., str]:
    """The sentence a query is refused with."""

    def ask(q: str, *params: object) -> str:
        with pytest.raises(SuiteQLRefused) as refused:
            engine.page(q, params, limit=1000, offset=0)
        return refused.value.detail

    return ask
