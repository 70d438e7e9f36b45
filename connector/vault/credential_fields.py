"""Which secrets each authentication method needs, and the check of those given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.errors import SettingError

_LONGEST = 16_384  # characters; a PEM of RSA 4096 has some 3,300


@dataclass(frozen=True, slots=True)
class Method:
    """An authentication method: its secrets, the one that names the application, and where NetSuite shows them."""

    fields: tuple[str, ...]
    application: str
    shown_at: str


CODE_GRANT = "oauth2_authorization_code"
"""The method whose tokens come by consent and stand in its grant; it has no secrets that anyone enters."""
CLIENT_CREDENTIALS = "oauth2_client_credentials"
TBA = "tba"
METHODS = {
    CLIENT_CREDENTIALS: Method(
        ("client_id", "certificate_id", "private_key"),
        "client_id",
        "NetSuite shows the client id once, when the integration record is saved (Setup > Integration > Manage "
        "Integrations > New), the certificate id in Setup > Integration > Manage Authentication > OAuth 2.0 Client "
        "Credentials (M2M) Setup.",
    ),
    TBA: Method(
        ("consumer_key", "consumer_secret", "token_id", "token_secret"),
        "consumer_key",
        "NetSuite shows consumer key and secret once, when the integration record is saved (Setup > Integration > Manage "
        "Integrations > New), token id and secret once in Setup > Users/Roles > Access Tokens > New.",
    ),
}


def method_named(name: str) -> Method:
    """The method. Raises SettingError (code UNKNOWN_METHOD)."""
    if name not in METHODS:
        raise SettingError(
            f"{name[:60]!a} is not an authentication method.",
            code="UNKNOWN_METHOD",
            remedy=f"Give one of {', '.join(METHODS)}; {CODE_GRANT} begins with Connect in the console.",
        )
    return METHODS[name]


def fields_of(method: str) -> tuple[str, ...]:
    """The secrets that a connection of this method has of its own. Raises SettingError (code UNKNOWN_METHOD)."""
    return () if method == CODE_GRANT else method_named(method).fields


def checked_secrets(method: Method, given: Mapping[str, object]) -> dict[str, str]:
    """The values in the method's order, without surrounding white space.

    Raises SettingError (code BAD_CREDENTIAL) that names the field and never holds a value.
    """
    for name in given:
        if name not in method.fields:
            raise _bad(f"{str(name)[:60]!a} is not a field of this method", method)
    return {name: _checked(name, given.get(name), method) for name in method.fields}


def _checked(name: str, value: object, method: Method) -> str:
    if value is None:
        raise _bad(f"{name} is missing", method)
    if not isinstance(value, str):
        raise _bad(f"{name} is not text", method)
    text = value.strip()
    if not text:
        raise _bad(f"{name} is empty", method)
    if len(text) > _LONGEST:
        raise _bad(f"{name} is longer than {_LONGEST} characters", method)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _bad(f"{name} has a character that is none", method) from None
    return text


def _bad(cause: str, method: Method) -> SettingError:
    return SettingError(
        f"The credentials are refused: {cause}.",
        code="BAD_CREDENTIAL",
        remedy=f"Give {', '.join(method.fields)}. {method.shown_at}",
    )
