"""Whom an access token of NetSuite stands for, as its own claims say.

The way back through the browser names account, role and entity too, where anybody at the browser can change them. The
signature is not verified: the token came over TLS from the token endpoint, and NetSuite alone judges it. Its form is that
of Oracle's samples (article_0907012935): `sub` is "role;entity", and the audience names the account behind a semicolon.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

_SUBJECT = re.compile(r"(-?[0-9]{1,10});(-?[0-9]{1,10})")


@dataclass(frozen=True, slots=True)
class TokenSubject:
    """Internal ids of the role and of the entity, and the account where the token tells it."""

    role: str
    entity: str
    company: str | None


def subject_of(access_token: str) -> TokenSubject | None:
    """Whom the token stands for; None where it is not of the known form."""
    claims = _claims(access_token)
    found = _SUBJECT.fullmatch(claims["sub"]) if isinstance(claims.get("sub"), str) else None
    if found is None:
        return None
    audience = claims.get("aud")
    names = audience if isinstance(audience, list) else [audience]
    companies = [name.partition(";")[2] for name in names if isinstance(name, str) and ";" in name]
    return TokenSubject(found[1], found[2], companies[0] if companies else None)


def _claims(access_token: str) -> dict[str, Any]:
    parts = access_token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - a JWS (RFC 7515)
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
