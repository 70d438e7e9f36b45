"""Token-Based Authentication: OAuth 1.0a with HMAC-SHA256, as NetSuite wants it (RFC 5849, Oracle section_1534939551).

Every header parameter but `realm` and the signature is signed, NetSuite's own `role` included, and so is the query
string. authlib normalises address and parameters; base string and header are put together here, because authlib's
leave out a query parameter named `realm` and whatever in the header does not begin with `oauth_`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import string
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, fields
from urllib.parse import parse_qsl, urlsplit

import httpx2
from authlib.oauth1.rfc5849.signature import normalize_base_string_uri, normalize_parameters
from authlib.oauth1.rfc5849.util import escape

from connector.errors import SettingError

_NONCE_ALPHABET = string.ascii_letters + string.digits
_NONCE_LENGTH = 24  # NetSuite takes 6 and advises 20 (Oracle subsect_156935170194)


@dataclass(frozen=True, slots=True, repr=False)
class TokenCredentials:
    """The four values of NetSuite's two confirmation pages."""

    consumer_key: str
    consumer_secret: str
    token_id: str
    token_secret: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name).strip()
            if not value.isalnum() or not value.isascii():
                fault = "is empty" if not value else "has white space or other characters in it that no key has"
                raise SettingError(
                    f"The {field.name.replace('_', ' ')} {fault}.",
                    code="BAD_CREDENTIAL",
                    remedy="Copy it again from NetSuite's confirmation page: 64 characters, digits and letters alone.",
                )
            object.__setattr__(self, field.name, value)  # what was copied often ends with a line break

    def __repr__(self) -> str:
        return "TokenCredentials(…)"


def authorization_header(
    *,
    method: str,
    url: str,
    realm: str,
    consumer_key: str,
    consumer_secret: str,
    token_id: str | None = None,
    token_secret: str | None = None,
    extra: Mapping[str, str] | None = None,
    nonce: str | None = None,
    timestamp: int | str | None = None,
) -> str:
    """The `Authorization` value of one request.

    `url` is the address as it is sent, its query included; `realm` is the account id as NetSuite spells it; `extra`
    holds further signed header parameters (`oauth_callback`, `oauth_verifier`, `role`); `timestamp` is in seconds.
    """
    header = {
        "oauth_consumer_key": consumer_key,
        **({"oauth_token": token_id} if token_id else {}),
        "oauth_nonce": nonce or new_nonce(),
        "oauth_timestamp": str(int(time.time()) if timestamp is None else timestamp),
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_version": "1.0",
        **(extra or {}),
    }
    signature = _signature(method, url, header, consumer_secret, token_secret or "")
    parameters = {**header, "oauth_signature": signature}
    return f'OAuth realm="{escape(realm)}", ' + ", ".join(f'{escape(k)}="{escape(v)}"' for k, v in parameters.items())


def new_nonce() -> str:
    """A nonce that is used once."""
    return "".join(secrets.choice(_NONCE_ALPHABET) for _ in range(_NONCE_LENGTH))


def _signature(method: str, url: str, header: Mapping[str, str], consumer_secret: str, token_secret: str) -> str:
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    parameters = [pair for pair in (*header.items(), *query) if pair[0] != "oauth_signature"]
    parts = (method.upper(), normalize_base_string_uri(url), normalize_parameters(parameters))
    base_string = "&".join(escape(part) for part in parts)
    key = f"{escape(consumer_secret)}&{escape(token_secret)}"
    return base64.b64encode(hmac.digest(key.encode(), base_string.encode(), hashlib.sha256)).decode()


class TbaAuth(httpx2.Auth):
    """Signs each request anew, a retry too: NetSuite takes a nonce once."""

    def __init__(self, realm: str, credentials: TokenCredentials) -> None:
        self._realm = realm
        self._credentials = credentials

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = authorization_header(
            method=request.method,
            url=str(request.url),
            realm=self._realm,
            consumer_key=self._credentials.consumer_key,
            consumer_secret=self._credentials.consumer_secret,
            token_id=self._credentials.token_id,
            token_secret=self._credentials.token_secret,
        )
        yield request
