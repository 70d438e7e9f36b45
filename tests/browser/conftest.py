from __future__ import annotations

import os

import pytest

from tests.browser.chromium import MISSING, chromium
from tests.browser.place import place


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    if chromium() is None and os.environ.get("CI") != "true":
        pytest.skip(MISSING)
    with place(tmp_path_factory.mktemp("data")) as running:
        yield running
