"""How many examples a property is tried with: some in every run, many in the long proofs.

A deadline would measure the machine and not the code, so there is none.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("test", deadline=None)
settings.register_profile(
    "proof", deadline=None, max_examples=1_000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("test")
