"""An address that something is posted to, fixed by the settings: https alone, one origin and one path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:.]+", re.ASCII)
_PATH = re.compile(r"/[A-Za-z0-9/._~%+-]{0,500}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebHook:
    """`origin` is https://host[:port]; `path` begins with a slash."""

    origin: str
    path: str

    @classmethod
    def parse(cls, url: str) -> WebHook:
        """Raises ValueError for anything but an https address without user, query and fragment."""
        try:
            parts = urlsplit(url.strip())
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise ValueError("it is not an address") from None
        if not url.isprintable():
            raise ValueError("it is more than one line")
        if parts.scheme != "https" or _HOST.fullmatch(host) is None or port == 0:
            raise ValueError("it is not an https address")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("it holds more than a host, a port and a path")
        path = parts.path or "/"
        if _PATH.fullmatch(path) is None:
            raise ValueError("its path has signs that are not written so in an address")
        name = f"[{host}]" if ":" in host else host
        return cls(f"https://{name}" + ("" if port in (None, 443) else f":{port}"), path)
