"""What is ticked on the Authentication subtab of a NetSuite integration record, and which of it goes together.

Source: Oracle section_157771733782 (the subtab), section_161071224088 (public clients), section_162626471013 (consent),
section_0714082142 (NetSuite AI Connector Service).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit

from connector.errors import SettingError

STATES = ("enabled", "blocked", "waiting_for_approval")
CONSENT_POLICIES = ("always_ask", "ask_first_time", "never_ask")
SCOPES = ("restlets", "rest_webservices", "suite_analytics")
AI_CONNECTOR = "mcp"
REFRESH_HOURS, ROTATION_HOURS = 48, 168
"""What NetSuite fills in for a public client."""
_MOST_HOURS = 720
_LONGEST = 500
_CUSTOM_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+", re.ASCII)
_LOOPBACK = ("localhost", "127.0.0.1")
_SUBTAB = "Setup > Integration > Manage Integrations, the record, Authentication"


@dataclass(frozen=True, slots=True)
class AuthenticationOptions:
    """The subtab, field by field; hours are those of a public client. `scopes` is in no order."""

    token_based: bool = False
    authorization_flow: bool = False
    issue_token: bool = False
    callback_url: str | None = None
    authorization_code: bool = False
    client_credentials: bool = False
    redirect_uri: str | None = None
    public_client: bool = False
    refresh_token_hours: int | None = None
    rotation_hours: int | None = None
    scopes: tuple[str, ...] = ()
    consent_policy: str = "always_ask"


def checked_options(given: AuthenticationOptions) -> AuthenticationOptions:
    """The options with NetSuite's own defaults filled in. Raises SettingError (code BAD_RECORD)."""
    options = replace(
        given,
        callback_url=(given.callback_url or "").strip() or None,
        redirect_uri=(given.redirect_uri or "").strip() or None,
        scopes=tuple(dict.fromkeys(given.scopes)),
    )
    _check_token_based(options)
    _check_scopes(options)
    if options.redirect_uri is not None:
        _check_redirect_uri(options.redirect_uri)
    if options.authorization_code and options.redirect_uri is None:
        raise _bad(
            "The authorization code grant needs a redirect URI", "Copy it from the console's page of this record"
        )
    return _with_hours(options)


def _check_token_based(options: AuthenticationOptions) -> None:
    if (options.authorization_flow or options.issue_token) and not options.token_based:
        raise _bad("The ways to a TBA token need Token-Based Authentication", "Tick it")
    if options.authorization_flow and options.callback_url is None:
        raise _bad("The TBA authorization flow needs a callback URL", "Copy it from the console's page of this record")
    if options.callback_url is not None:
        parts = _parts(options.callback_url, "callback URL")
        if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
            raise _bad("The callback URL is neither https nor on localhost", "Give an https address")


def _check_scopes(options: AuthenticationOptions) -> None:
    unknown = [scope for scope in options.scopes if scope not in (*SCOPES, AI_CONNECTOR)]
    if unknown:
        raise _bad(f"{unknown[0][:40]!a} is not a scope", f"Give some of {', '.join(SCOPES)}, or {AI_CONNECTOR} alone")
    if options.consent_policy not in CONSENT_POLICIES:
        raise _bad("The consent policy is none of NetSuite's", f"Give one of {', '.join(CONSENT_POLICIES)}")
    if (options.authorization_code or options.client_credentials) and not options.scopes:
        raise _bad("OAuth 2.0 needs a scope", "Tick REST Web Services")
    if AI_CONNECTOR not in options.scopes:
        return
    if len(options.scopes) > 1:
        raise _bad("The scope of NetSuite AI Connector Service goes with no other", "Tick it alone")
    if options.consent_policy == "never_ask":
        raise _bad("NetSuite AI Connector Service asks for consent", "Choose Always Ask or Ask First Time")
    if options.client_credentials:
        raise _bad("NetSuite AI Connector Service knows no client credentials", "Untick one of the two")


def _check_redirect_uri(uri: str) -> None:
    """NetSuite takes https and the schemes of applications, which have a dot in them (RFC 8252 section 7.1)."""
    parts = _parts(uri, "redirect URI")
    if parts.scheme == "https" and parts.hostname:
        return
    if _CUSTOM_SCHEME.fullmatch(parts.scheme) is None:
        raise _bad(
            "The redirect URI is neither https nor of an application's own scheme",
            "NetSuite refuses http: give https://… or com.example.app:/…",
        )


def _with_hours(options: AuthenticationOptions) -> AuthenticationOptions:
    if not options.public_client:
        if options.refresh_token_hours is not None or options.rotation_hours is not None:
            raise _bad("Only a public client has hours of its own", "Tick Public Client, or leave the hours out")
        return options
    if not options.authorization_code:
        raise _bad("A public client needs the authorization code grant", "Tick it")
    refresh = REFRESH_HOURS if options.refresh_token_hours is None else options.refresh_token_hours
    rotation = ROTATION_HOURS if options.rotation_hours is None else options.rotation_hours
    if not (1 <= refresh <= _MOST_HOURS and 1 <= rotation <= _MOST_HOURS):
        raise _bad("The hours of a public client are not from 1 to 720", "Copy them from NetSuite")
    return replace(options, refresh_token_hours=refresh, rotation_hours=rotation)


def _parts(address: str, what: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port  # reading it checks it
    except ValueError:
        raise _bad(f"The {what} cannot be read", "Copy it again") from None
    if len(address) > _LONGEST or not address.isascii() or not address.isprintable() or " " in address:
        raise _bad(f"The {what} is too long, or has a sign in it that no address has", "Copy it again")
    if "#" in address or "@" in parts.netloc or "*" in address:
        raise _bad(f"The {what} has a fragment, a user or a wildcard", "NetSuite compares it letter by letter")
    return parts


def _bad(cause: str, help_: str) -> SettingError:
    return SettingError(f"{cause}.", code="BAD_RECORD", remedy=f"{help_}. It stands in {_SUBTAB}.")
