from __future__ import annotations

import pytest
import structlog


@pytest.fixture(autouse=True)
def whole_log():
    """A service of another test may have set what is logged at all, for the whole process."""
    structlog.reset_defaults()
