"""Where lines of syslog go, as the settings say it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:.]+", re.ASCII)
_PORTS = {"udp": 514, "tcp": 601}  # RFC 5426, RFC 3195


@dataclass(frozen=True, slots=True)
class LogTarget:
    """A host and port, or the path of a socket of this machine."""

    scheme: Literal["udp", "tcp", "unix"]
    host: str = ""
    port: int = 0
    path: str = ""

    @classmethod
    def parse(cls, url: str) -> LogTarget:
        """Read `udp://host:514`, `tcp://host:601` or `unix:///dev/log`. Raises ValueError."""
        try:
            parts = urlsplit(url.strip())
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise ValueError("it is not an address") from None
        if not url.isprintable():
            raise ValueError("it is more than one line")
        if parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("it holds more than an address")
        if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/"):
            return cls("unix", path=unquote(parts.path))
        if parts.scheme not in _PORTS or _HOST.fullmatch(host) is None or port == 0 or parts.path not in ("", "/"):
            raise ValueError("it is neither udp://host:port, tcp://host:port nor unix:///path")
        scheme: Literal["udp", "tcp"] = "udp" if parts.scheme == "udp" else "tcp"
        return cls(scheme, host, port or _PORTS[scheme])

    def __str__(self) -> str:
        """As it stands in messages."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"unix://{self.path}" if self.scheme == "unix" else f"{self.scheme}://{name}:{self.port}"
