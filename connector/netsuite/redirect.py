"""What comes back with the browser: NetSuite's redirect after consent, by OAuth 2.0 and by the TBA flow.

Whoever can make a browser open an address can write these values, so each is checked for its form and none of them
chooses a host; whether `state` and `company` are those of the flow is for the caller to compare.
Sources: Oracle section_158081944642, subsect_158521823069, section_156536698849.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from connector.errors import LoginRefusedError, SettingError, UnreadableError
from connector.netsuite.account import AccountId

_INTEGRATIONS = "Setup > Integration > Manage Integrations, the record, Authentication"
_NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{1,2048}")
_REFUSALS = {
    "invalid_request": (
        "NetSuite could not take the request for consent.",
        f"{_INTEGRATIONS}: tick Authorization Code Grant, and Public Client where there is no client secret.",
    ),
    "unsupported_response_type": (
        "The integration record does not allow the authorization code grant.",
        f"{_INTEGRATIONS}: tick Authorization Code Grant.",
    ),
    "invalid_scope": (
        "The integration record does not allow the scopes that were asked for.",
        f"{_INTEGRATIONS}: tick the scopes, REST Web Services first; NetSuite AI Connector Service goes alone.",
    ),
}


def redirect_address(uri: str) -> str:
    """The redirect URI as it stands on the integration record. Raises SettingError (code BAD_REDIRECT_URI)."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        raise _bad_redirect_address("cannot be read") from None
    if not uri.isascii() or not uri.isprintable() or " " in uri:
        raise _bad_redirect_address("has a character that no address has")
    if parts.scheme in ("", "http", "javascript", "data", "file", "blob", "about"):
        raise _bad_redirect_address("is not https")
    if parts.fragment or "#" in uri or "@" in parts.netloc or (parts.scheme == "https" and not host):
        raise _bad_redirect_address("holds more or less than a host, a path and a query")
    return uri


def denied_or_refused(query: Mapping[str, str]) -> LoginRefusedError | None:
    """The error a redirect stands for; None where it stands for none."""
    error = query.get("error")
    if error is None:
        return None
    if error == "access_denied":
        return consent_denied()
    message, remedy = _REFUSALS.get(error, ("NetSuite did not give its consent.", f"{_INTEGRATIONS}."))
    if error not in _REFUSALS and re.fullmatch(r"[a-z_]{1,40}", error):
        message = f"NetSuite did not give its consent: {error}."
    return LoginRefusedError(message, code="AUTHORIZATION_REFUSED", remedy=remedy)


def consent_denied() -> LoginRefusedError:
    """The person pressed Deny."""
    return LoginRefusedError(
        "Access was denied on NetSuite's consent page.",
        code="CONSENT_DENIED",
        remedy="Connect again and press Allow, in the role that may read what you need; where no role is offered, "
        "Setup > Users/Roles > Manage Roles: the role has the permission Log in using OAuth 2.0 Access Tokens "
        "(for TBA: User Access Tokens).",
    )


def company_of(query: Mapping[str, str]) -> str:
    """The account the person chose, in the realm's form. Raises UnreadableError."""
    try:
        return AccountId.parse(query.get("company", "")).realm
    except SettingError:
        raise unreadable("company") from None


def number_of(query: Mapping[str, str], name: str) -> str:
    """The internal id of a role or an entity. Raises UnreadableError."""
    value = query.get(name, "")
    if _NUMBER.fullmatch(value) is None:
        raise unreadable(name)
    return value


def token_of(query: Mapping[str, str], name: str) -> str:
    """A code, a token or a verifier. Raises UnreadableError."""
    value = query.get(name, "")
    if _TOKEN.fullmatch(value) is None:
        raise unreadable(name)
    return value


def unreadable(name: str) -> UnreadableError:
    """The error for a redirect whose part `name` is missing or cannot be right."""
    return UnreadableError(
        f"NetSuite's redirect came without a {name} that can be right.",
        code="BAD_REDIRECT",
        remedy="Begin again with Connect; an address that somebody sent you is not to be opened.",
    )


def _bad_redirect_address(fault: str) -> SettingError:
    return SettingError(
        f"The redirect URI {fault}.",
        code="BAD_REDIRECT_URI",
        remedy="NetSuite takes https or an application's own scheme, never http: serve with --tls and set "
        "CONNECTOR_PUBLIC_URL to the https address.",
    )
