"""The addresses that an integration record may send people back to (Oracle section_157771733782, section_156338994830)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LONGEST = 1000
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_NEVER = {"http", "javascript", "data", "file", "blob", "about", "vbscript", "ftp", "ws", "wss"}
_LOCAL = re.compile(r"http://localhost(:[0-9]{1,5})?(/[\x21\x24-\x7e]*)?")


class AddressRefused(Exception):  # noqa: N818 - the page's answer, not a fault of ours
    """The record does not take this address; the message says why."""


def checked_redirect_uri(uri: str) -> str:
    """An address of the scheme https or of an application's own (`myapp://callback`). Raises AddressRefused."""
    try:
        parts = urlsplit(uri)
        host, scheme = parts.hostname, parts.scheme
        _ = parts.port
    except ValueError as error:
        raise AddressRefused("The redirect URI cannot be read.") from error
    if len(uri) > _LONGEST or _VISIBLE.fullmatch(uri) is None or not scheme:
        raise AddressRefused("The redirect URI is not an address.")
    if scheme in _NEVER:
        raise AddressRefused("The redirect URI must be of the scheme https or of a custom one; http is not supported.")
    if "#" in uri or "@" in parts.netloc or (scheme == "https" and not host):
        raise AddressRefused("The redirect URI must have a host, and neither a user nor a fragment.")
    return uri


def checked_callback_url(url: str) -> str:
    """The callback of the TBA flow; `http://localhost` with any port is taken besides. Raises AddressRefused."""
    return url if is_local(url) else checked_redirect_uri(url)


def is_local(url: str) -> bool:
    """Whether this is `http://localhost`, with or without port and path."""
    return _LOCAL.fullmatch(url) is not None and len(url) <= _LONGEST
