"""TLS whose handshake is a worker's affair.

Cheroot shakes hands in the one thread that accepts connections, where a client that says nothing keeps all others out.
"""

from __future__ import annotations

from typing import Any

from cheroot.errors import FatalSSLAlert
from cheroot.ssl.builtin import BuiltinSSLAdapter

from connector.sandbox.late_answers import LateConnection

_HANDSHAKE_SECONDS = 5.0


class LaterHandshake(BuiltinSSLAdapter):
    """Wraps a socket without a word to the client."""

    def wrap(self, sock: Any) -> tuple[Any, dict[str, str]]:
        try:
            return self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False), {}
        except OSError as error:  # the client is gone already
            raise FatalSSLAlert(*error.args) from error


class TLSConnection(LateConnection):
    """Shakes hands when the client's first bytes are there, before it reads a request."""

    _is_secure = False

    def communicate(self) -> bool:
        """As without TLS. A client that does not finish the handshake in time, or speaks no TLS, is left."""
        if not self._is_secure:
            try:
                self.socket.settimeout(_HANDSHAKE_SECONDS)
                self.socket.do_handshake()
                self.socket.settimeout(self.server.timeout)
            except OSError:
                return False
            self._is_secure = True
        return super().communicate()
