"""A token endpoint as NetSuite's, for one grant: refresh tokens that are good for one use or for all, and a witness.

It answers the refresh of a token, and the time to whoever brings the newest access token or the one before.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class TokenEndpoint:
    """What was asked, in order, and what is good now."""

    def __init__(self, *, rotates: bool, seconds: float = 3600) -> None:
        self.rotates = rotates
        self.seconds = seconds
        self.lock = threading.Lock()
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.good = "refresh-0"
        self.access = ["access-0"]
        self.url = ""

    def refresh(self, token: str) -> tuple[int, dict[str, object]]:
        with self.lock:
            self.asked.append(token)
            if token != self.good:
                self.refused.append(token)
                return 400, {"error": "invalid_grant"}
            number = len(self.asked)
            self.access.append(f"access-{number}")
            answer: dict[str, object] = {
                "access_token": self.access[-1],
                "expires_in": self.seconds,
                "token_type": "bearer",
            }
            if self.rotates:
                self.good = f"refresh-{number}"
                answer["refresh_token"] = self.good
            return 200, answer

    def consented(self, number: int) -> str:
        """The refresh token of a new consent."""
        with self.lock:
            self.good = f"refresh-consent-{number}"
            return self.good


@contextmanager
def token_endpoint(*, rotates: bool, seconds: float = 3600) -> Iterator[TokenEndpoint]:
    endpoint = TokenEndpoint(rotates=rotates, seconds=seconds)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            assert form["grant_type"] == ["refresh_token"]
            self.answer(*endpoint.refresh(form["refresh_token"][0]))

        def do_GET(self) -> None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if token in endpoint.access:
                self.answer(200, {"serverTime": "2026-01-31T07:00:00.000Z"})
            else:
                self.answer(
                    401, {"o:errorDetails": [{"detail": "Invalid login attempt.", "o:errorCode": "INVALID_LOGIN"}]}
                )

        def answer(self, status: int, body: object) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: the witness remembers."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
