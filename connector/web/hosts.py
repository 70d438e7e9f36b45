"""Which hosts the service answers as: links in answers follow the host of the request, so that must not be anybody's choice."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Response, request

from connector.errors import CallerError
from connector.settings import Settings
from connector.web.problem import misdirected

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_ANY_HOST = {"/healthz", "/readyz"}
_PORTS = {"http": 80, "https": 443}


def host_check(settings: Settings) -> Callable[[], Response | None]:
    """Refuses a foreign Host: loopback alone is taken, and what CONNECTOR_PUBLIC_URL names."""
    public = urlsplit(settings.public_url or "")

    def check() -> Response | None:
        asked = urlsplit(f"//{request.host}")
        try:
            host, port = (asked.hostname or "").lower(), asked.port
        except ValueError:
            host, port = "", None
        if host in _LOOPBACK or request.path in _ANY_HOST:
            return None
        ports = {public.port or _PORTS.get(public.scheme), *({None} if public.port is None else set[None]())}
        if public.hostname is not None and host == public.hostname.lower() and port in ports:
            return None
        return misdirected(
            CallerError(
                "This service does not answer under this host name.",
                code="WRONG_HOST",
                remedy="Set CONNECTOR_PUBLIC_URL to the address that browsers and spreadsheets use, for example "
                "https://nsquery.example.com.",
            )
        )

    return check
