"""One company of 10,000 lines for all tests here, and its tables as rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connector.sandbox.company import Company, generate
from connector.sandbox.profile import PROFILES

Rows = Callable[[str], list[dict]]


@pytest.fixture(scope="session")
def company() -> Company:
    return generate(lines=10_000, seed=1, profile=PROFILES["default"])


@pytest.fixture(scope="session")
def rows(company: Company) -> Rows:
    read: dict[str, list[dict]] = {}

    def table(name: str) -> list[dict]:
        if name not in read:
            read[name] = company.dataset.tables[name].rows.to_pylist()
        return read[name]

    return table
