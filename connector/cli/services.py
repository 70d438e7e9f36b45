"""The services behind a command, closed when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connector.settings import load_settings
from connector.web.log import configure
from connector.wiring import Services, build


@contextmanager
def opened() -> Iterator[Services]:
    """Build the services from the environment. Raises SettingError."""
    settings = load_settings()
    configure(settings.log_level)
    services = build(settings)
    try:
        yield services
    finally:
        services.close()
