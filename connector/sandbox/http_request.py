"""How the server reads a request where cheroot's own way is not HTTP's."""

from __future__ import annotations

from typing import Any

from cheroot.server import HTTPRequest


class SandboxRequest(HTTPRequest):
    """A request whose target may be an absolute URI (RFC 9112, 3.2.2), and whose answer may close the connection."""

    def __init__(self, server: Any, connection: Any) -> None:
        super().__init__(server, connection, proxy_mode=True)

    def send_headers(self) -> None:
        """Close after an answer that says so: what follows on the connection cannot be told from its body."""
        if (b"Connection", b"close") in self.outheaders:
            self.close_connection = True
        super().send_headers()
