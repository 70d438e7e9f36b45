"""How often something happens."""

from __future__ import annotations

from random import Random


def chance(rng: Random, percent: float) -> bool:
    """True in so many cases of a hundred."""
    return rng.random() * 100 < percent
