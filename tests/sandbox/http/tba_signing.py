"""RFC 5849 with HMAC-SHA256, written for these tests from the RFC: no library that the sandbox uses."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import parse_qsl, quote, urlsplit


def encode(text: str) -> str:
    return quote(text, safe="-._~")


def base_string(method: str, url: str, parameters: dict[str, str], form: str = "") -> str:
    parts = urlsplit(url)
    default = {"https": 443, "http": 80}[parts.scheme]
    host = (parts.hostname or "") + ("" if parts.port in (None, default) else f":{parts.port}")
    pairs = [*parameters.items(), *parse_qsl(parts.query, keep_blank_values=True)]
    pairs += parse_qsl(form, keep_blank_values=True)
    normal = "&".join(f"{k}={v}" for k, v in sorted((encode(k), encode(v)) for k, v in pairs))
    return "&".join([method.upper(), encode(f"{parts.scheme}://{host}{parts.path}"), encode(normal)])


def signature(base: str, consumer_secret: str, token_secret: str) -> str:
    key = f"{encode(consumer_secret)}&{encode(token_secret)}".encode()
    return base64.b64encode(hmac.new(key, base.encode(), hashlib.sha256).digest()).decode()


def header(parameters: dict[str, str], realm: str | None) -> str:
    shown = [] if realm is None else [f'realm="{realm}"']
    return "OAuth " + ", ".join(shown + [f'{encode(k)}="{encode(v)}"' for k, v in parameters.items()])


def authorization(
    method: str,
    url: str,
    tba: dict[str, str],
    *,
    realm: str,
    timestamp: int,
    form: str = "",
    change: dict[str, str | None] | None = None,
) -> str:
    """A signed header; `change` replaces or takes out parameters before they are signed."""
    parameters: dict[str, str | None] = {
        "oauth_consumer_key": tba["consumer_key"],
        "oauth_token": tba["token_id"],
        "oauth_nonce": secrets.token_hex(10),
        "oauth_timestamp": str(timestamp),
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_version": "1.0",
        **(change or {}),
    }
    signed = {name: value for name, value in parameters.items() if value is not None}
    made = signature(base_string(method, url, signed, form), tba["consumer_secret"], tba["token_secret"])
    return header({**signed, "oauth_signature": made}, realm)
