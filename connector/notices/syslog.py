"""A line of syslog (RFC 5424) over UDP (RFC 5426), TCP (RFC 6587, octets counted) or a socket of this machine."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime

from connector.core.log_target import LogTarget
from connector.errors import UnavailableError

_AUDIT_NOTICE = 13 * 8 + 5  # RFC 5424 section 6.2.1: facility log audit, severity notice
_NAME = "nsquery"
_SECONDS = 5.0


class Syslog:
    """Sends one line at a time. UDP and a socket of this machine do not tell whether anybody heard it."""

    def __init__(self, target: LogTarget, *, hostname: str | None = None, timeout: float = _SECONDS) -> None:
        self._target = target
        self._hostname = _printable(hostname or socket.gethostname(), 255) or "-"
        self._timeout = timeout

    def send(self, message_id: str, text: str, at: datetime) -> None:
        """Send a line of printable ASCII. Raises UnavailableError (code SYSLOG_UNREACHABLE)."""
        stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        head = f"<{_AUDIT_NOTICE}>1 {stamp} {self._hostname} {_NAME} {os.getpid()} {_printable(message_id, 32)} -"
        line = f"{head} {text}".encode("ascii", "replace")
        try:
            match self._target.scheme:
                case "unix":
                    self._to_socket(line)
                case "udp":
                    self._to_host(line)
                case "tcp":
                    with socket.create_connection((self._target.host, self._target.port), self._timeout) as stream:
                        stream.sendall(b"%d %s" % (len(line), line))
        except OSError as error:
            raise UnavailableError(
                f"The log at {self._target} cannot be reached.",
                code="SYSLOG_UNREACHABLE",
                remedy="Check CONNECTOR_AUDIT_SYSLOG, and that something listens there.",
            ) from error

    def _to_host(self, line: bytes) -> None:
        found = socket.getaddrinfo(self._target.host, self._target.port, type=socket.SOCK_DGRAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as sender:
            sender.sendto(line, address)

    def _to_socket(self, line: bytes) -> None:
        """Most take datagrams, some a stream of lines."""
        for kind, end in ((socket.SOCK_DGRAM, b""), (socket.SOCK_STREAM, b"\n")):
            with socket.socket(socket.AF_UNIX, kind) as sender:
                sender.settimeout(self._timeout)
                try:
                    sender.connect(self._target.path)
                except OSError:
                    if kind == socket.SOCK_STREAM:
                        raise
                    continue
                sender.sendall(line + end)
                return


def _printable(text: str, longest: int) -> str:
    return "".join(sign for sign in text if "!" <= sign <= "~")[:longest]
