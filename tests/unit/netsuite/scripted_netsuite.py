"""A real HTTP server on loopback that answers as it is told: what NetSuite sends, and what it should never send."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Received:
    """A request as the server got it."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.target.partition("?")[2]).items()}


@dataclass(frozen=True)
class Scripted:
    """What the server answers. `cut` closes the connection after so many bytes; `held` keeps silent until close."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    held: bool = False


Script = Callable[[Received], Scripted]


def answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Scripted:
    """A JSON answer."""
    return Scripted(status, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})})


def refusal(status: int, code: str, detail: str, **more: str) -> Scripted:
    """An error in the form of Oracle section_156570709583."""
    details = [{"detail": detail, **more, "o:errorCode": code}]
    return answer({"type": "about:blank", "title": "Bad Request", "status": status, "o:errorDetails": details}, status)


def page_of(rows: list[dict[str, str]], request: Received) -> Scripted:
    """The page of `rows` that a request asks for, in the form of Oracle section_157909186990."""
    limit, offset = int(request.query["limit"]), int(request.query["offset"])
    held = rows[offset : offset + limit]
    return answer(
        {
            "links": [{"rel": "next", "href": "https://evil.example/services/rest/query/v1/suiteql?limit=1&offset=1"}],
            "count": len(held),
            "hasMore": offset + len(held) < len(rows),
            "items": [{"links": [], **row} for row in held],
            "offset": offset,
            "totalResults": len(rows),
        }
    )


class ScriptedNetSuite:
    """The server: its address, and everything it was asked."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None) -> None:
        self.script = script
        self.received: list[Received] = []
        self.released = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                request = Received(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
                outer.received.append(request)
                scripted = outer.script(request)
                if scripted.held:
                    outer.released.wait(30)
                    self.close_connection = True
                    return
                if scripted.cut is not None:
                    self.close_connection = True
                self.send_response(scripted.status)
                headers = {"Content-Length": str(len(scripted.body)), **scripted.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(scripted.body[: scripted.cut])
                except OSError:
                    self.close_connection = True

            do_GET = do_POST = do_OPTIONS = _answer  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is part of the script."""


@contextmanager
def running(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[ScriptedNetSuite]:
    """Serve a script on a free loopback port."""
    server = ScriptedNetSuite(script, tls)
    try:
        yield server
    finally:
        server.close()
