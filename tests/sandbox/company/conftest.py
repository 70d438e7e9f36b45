"""Companies that the tests here share, each generated once in a run, and their tables as rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest
from audit import Audit

from connector.sandbox.company import Company, generate
from connector.sandbox.company.company import FEWEST_LINES
from connector.sandbox.profile import PROFILES

Rows = Callable[[str], list[dict]]

# Lines, seed and profile.
SHAPES = [
    (10_000, 1, "default"),
    (10_000, 2, "default"),
    (3_000, 3, "default"),
    (1_000, 4, "default"),
    (1_000, 9, "default"),
    (10_000, 5, "4-4-5"),
    (3_000, 6, "4-4-5"),
    (10_000, 7, "no-oneworld"),
    (1_000, 8, "no-oneworld"),
    (FEWEST_LINES, 10, "default"),
    (FEWEST_LINES, 11, "no-oneworld"),
]
# The wider run: what grows with the company, and more chances for what happens seldom.
PROOF = [
    *((20_000, seed, "default") for seed in range(11, 17)),
    *((lines, seed, "default") for lines in (1_000, 1_777, 3_001) for seed in range(21, 27)),
    *((5_000, seed, profile) for profile in ("4-4-5", "no-oneworld") for seed in range(31, 34)),
    (200_000, 1, "default"),
]


def _named(shape: tuple[int, int, str]) -> str:
    lines, seed, profile = shape
    return f"{profile}-{lines}-{seed}"


@lru_cache(maxsize=1)
def _audit(shape: tuple[int, int, str]) -> Audit:
    lines, seed, profile = shape
    return Audit(generate(lines=lines, seed=seed, profile=PROFILES[profile]))


def _params(*profiles: str, fewest: int = FEWEST_LINES) -> list:
    return [
        pytest.param(shape, id=_named(shape), marks=marks)
        for shapes, marks in ((SHAPES, ()), (PROOF, pytest.mark.proof))
        for shape in shapes
        if shape[2] in profiles and shape[0] >= fewest
    ]


@pytest.fixture(scope="session", params=_params("default", "4-4-5", "no-oneworld"))
def audit(request) -> Audit:
    """One company after the other."""
    return _audit(request.param)


@pytest.fixture(scope="session", params=_params("default", "4-4-5", "no-oneworld", fewest=1_000))
def sizable(request) -> Audit:
    """Those in which a little of everything happens."""
    return _audit(request.param)


@pytest.fixture(scope="session", params=_params("default", "4-4-5", fewest=1_000))
def group(request) -> Audit:
    """Those of them with subsidiaries."""
    return _audit(request.param)


@pytest.fixture(scope="session", params=_params("no-oneworld"))
def single(request) -> Audit:
    """Those without subsidiaries."""
    return _audit(request.param)


@pytest.fixture(scope="session")
def large() -> Audit:
    """A company in which everything happens often."""
    return Audit(generate(lines=50_000, seed=1, profile=PROFILES["default"]))


@pytest.fixture(scope="session")
def usual() -> Audit:
    """The default account at its default size."""
    return Audit(generate(lines=10_000, seed=1, profile=PROFILES["default"]))


@pytest.fixture(scope="session")
def company(usual: Audit) -> Company:
    return usual.company


@pytest.fixture(scope="session")
def rows(usual: Audit) -> Rows:
    return usual.rows
