"""Where mail is handed over, and whom it is from, as the settings say it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:.]+", re.ASCII)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PORTS = {"smtp": 587, "smtps": 465}  # RFC 6409, RFC 8314


@dataclass(frozen=True, slots=True)
class MailServer:
    """`smtp` begins in clear and goes over to TLS (STARTTLS, RFC 3207); `smtps` is TLS from the start (RFC 8314)."""

    scheme: Literal["smtp", "smtps"]
    host: str
    port: int
    user: str | None = None

    @classmethod
    def parse(cls, url: str) -> MailServer:
        """Read `smtp://user@host:587`. Raises ValueError, without what was given."""
        try:
            parts = urlsplit(url.strip())
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise ValueError("it is not an address") from None
        if not url.isprintable():
            raise ValueError("it is more than one line")
        if parts.scheme not in _PORTS or _HOST.fullmatch(host) is None or port == 0:
            raise ValueError("it is not smtp://host or smtps://host")
        if parts.password is not None:
            raise ValueError("a password does not belong in the environment")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("it holds more than a user, a host and a port")
        user = unquote(parts.username) if parts.username else None
        if user is not None and not user.isprintable():
            raise ValueError("the user is not one line")
        scheme: Literal["smtp", "smtps"] = "smtps" if parts.scheme == "smtps" else "smtp"
        return cls(scheme, host, port or _PORTS[scheme], user)

    @property
    def origin(self) -> str:
        """The address that the password belongs to."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{name}:{self.port}"

    @property
    def is_here(self) -> bool:
        """Whether it stands on this machine, where what is in clear is seen by nobody else."""
        return self.host in _LOOPBACK


def sender_of(text: str) -> Address:
    """Read `NSQuery <nsquery@example.com>` or the address alone. Raises ValueError."""
    if not text.isprintable():
        raise ValueError("it is more than one line")
    name, address = parseaddr(text)
    try:
        sender = Address(display_name=name, addr_spec=address)
    except (MessageError, ValueError, IndexError):
        raise ValueError("it is not an e-mail address") from None
    if not sender.username or not sender.domain:
        raise ValueError("it is not an e-mail address")
    return sender
