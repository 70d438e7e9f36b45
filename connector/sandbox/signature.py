"""OAuth 1.0a's signature over a request as it came, HMAC-SHA256 (RFC 5849; Oracle section_157651396916)."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, unquote

from oauthlib.oauth1 import Client
from oauthlib.oauth1.rfc5849.signature import (
    base_string_uri,
    normalize_parameters,
    sign_hmac_sha256_with_client,
    signature_base_string,
)

from connector.sandbox.wire import FORM, Request

Parameters = Sequence[tuple[str, str]]

_PARAMETER = re.compile(r'\s*([^\s="(),]+)\s*=\s*"([^"]*)"\s*(?:,|$)')
_UNSIGNED = {"realm", "oauth_signature"}
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class MalformedParameters(ValueError):  # noqa: N818 - NetSuite's word for it is parameter_rejected
    """A header, query or form that cannot be read one way only."""


def header_parameters(value: str) -> dict[str, str]:
    """The parameters of an `Authorization: OAuth` header, decoded. Raises MalformedParameters, also for duplicates."""
    scheme, _, rest = value.partition(" ")
    if scheme.lower() != "oauth":
        raise MalformedParameters
    found: dict[str, str] = {}
    position = 0
    while position < len(rest):
        match = _PARAMETER.match(rest, position)
        if match is None:
            raise MalformedParameters
        name, text = _decode(match[1]), _decode(match[2])
        if name in found:
            raise MalformedParameters
        found[name] = text
        position = match.end()
    return found


def base_string(request: Request, header: Iterable[tuple[str, str]]) -> str:
    """What is signed: method, address without its query, and every parameter but realm and signature.

    Signed are the header's parameters, whatever their names, the query string's, and a form's; a body of another
    type is not. Raises MalformedParameters where a protocol parameter stands outside the header too.
    """
    outside = _form(request.query)
    if request.content_type == FORM:
        outside += _form_body(request.body)
    if any(name.startswith("oauth_") for name, _ in outside):
        raise MalformedParameters
    signed = [(name, value) for name, value in header if name not in _UNSIGNED]
    return signature_base_string(
        request.method,  # type: ignore[arg-type] # its stubs know nine methods, the code takes any
        base_string_uri(request.base_url + request.path),
        normalize_parameters(signed + outside),  # type: ignore[arg-type] # its stubs say dict, the code iterates pairs
    )


def is_signed(base: str, signature: str, consumer_secret: str, token_secret: str) -> bool:
    """Whether the signature is the one that both secrets make. Compared in constant time."""
    signer = Client("-", client_secret=consumer_secret, resource_owner_secret=token_secret)
    made: str = sign_hmac_sha256_with_client(base, signer)  # type: ignore[no-untyped-call] # its stubs leave it bare
    return hmac.compare_digest(made.encode(), signature.encode())


def _form_body(body: bytes) -> list[tuple[str, str]]:
    try:
        return _form(body.decode("ascii"))
    except UnicodeDecodeError as error:
        raise MalformedParameters from error


def _form(text: str) -> list[tuple[str, str]]:
    if _BAD_ESCAPE.search(text):
        raise MalformedParameters
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise MalformedParameters from error


def _decode(text: str) -> str:
    if _BAD_ESCAPE.search(text):
        raise MalformedParameters
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise MalformedParameters from error
