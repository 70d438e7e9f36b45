"""Requests to the sandbox by the standard library alone."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import tba_signing

from connector.sandbox.serving import RunningSandbox

SUITEQL = "/services/rest/query/v1/suiteql"
SERVER_TIME = "/services/rest/system/v1/serverTime"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class WireClient:
    """One kept-alive connection, and signatures with the announced credentials."""

    def __init__(self, running: RunningSandbox, clock: Callable[[], float]) -> None:
        self.running = running
        self.clock = clock
        self.realm = running.announcement["account"]
        self.tba = running.announcement["tba"]
        self.connection = connect(running)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def send(self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Reply:
        return exchange(self.connection, method, target, headers, body)

    def authorization(self, method: str, target: str, *, base: str | None = None, **options: Any) -> str:
        settings: dict[str, Any] = {"realm": self.realm, "timestamp": int(self.clock()), **options}
        tba = settings.pop("tba", self.tba)
        return tba_signing.authorization(method, (base or self.running.url) + target, tba, **settings)

    def signed(
        self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None, **options: Any
    ) -> Reply:
        signed = {"Authorization": self.authorization(method, target, **options), **(headers or {})}
        return self.send(method, target, signed, body)

    def ask(self, q: object, params: object = None, *, page: str = "", **options: Any) -> Reply:
        body = json.dumps({"q": q} if params is None else {"q": q, "params": params}).encode()
        return self.signed("POST", SUITEQL + page, {"Prefer": "transient"}, body, **options)

    def details(self) -> list[str]:
        trail = self.send("GET", urlsplit(self.running.announcement["audit_trail"]).path).json()
        return [attempt["detail"] for attempt in trail]


def connect(running: RunningSandbox) -> http.client.HTTPConnection:
    parts = urlsplit(running.url)
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=running.announcement["ca_file"])
        return http.client.HTTPSConnection(parts.hostname or "", parts.port, context=context, timeout=10)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)


def raw_exchange(running: RunningSandbox, request: bytes) -> bytes:
    """Send these bytes and read until the sandbox closes the connection."""
    parts = urlsplit(running.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Reply:
    """Send exactly these headers beside Host and Content-Length."""
    given = {name.lower() for name in headers or {}}
    connection.putrequest(method, target, skip_host="host" in given, skip_accept_encoding=True)
    for name, value in (headers or {}).items():
        connection.putheader(name, value)
    if body is not None and "content-length" not in given:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    response = connection.getresponse()
    return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
