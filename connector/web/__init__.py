"""The service's HTTP: the only code that knows Flask."""

from connector.web.app import create_app

__all__ = ["create_app"]
