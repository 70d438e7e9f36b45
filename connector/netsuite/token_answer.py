"""The answer of the token endpoint (Oracle section_158081952044), read with a little more patience than it asks for."""

from __future__ import annotations

import re

from connector.egress import Reply
from connector.errors import UnreadableError

_LIFETIME_SECONDS = 3600.0
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


def access_token_of(reply: Reply) -> tuple[str, float]:
    """The access token and the seconds it is good for; NetSuite says 3600, some clients report a string.

    Raises UnreadableError.
    """
    answer = _object(reply)
    token, lifetime = answer.get("access_token"), str(answer.get("expires_in", "3600"))
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
        raise UnreadableError("NetSuite's token endpoint sent no token.")
    seconds = float(lifetime) if re.fullmatch(r"[1-9][0-9]{0,8}(\.[0-9]{1,6})?", lifetime) else _LIFETIME_SECONDS
    return token, min(seconds, _LIFETIME_SECONDS)


def refresh_token_of(reply: Reply) -> str | None:
    """The refresh token; a confidential client gets none when it refreshes. Raises UnreadableError."""
    token = _object(reply).get("refresh_token")
    if token is None or token == "":
        return None
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
        raise UnreadableError("NetSuite's token endpoint sent a refresh token that cannot be one.")
    return token


def _object(reply: Reply) -> dict[str, object]:
    try:
        body = reply.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
