"""Which way in suits whom: client credentials first, TBA only where it is there already. No I/O.

Dates from Oracle section_158921905537 (2027.1) and section_0525020842 (the end of TBA, tentative).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from connector.settings import Settings
from connector.vault.credential_fields import CLIENT_CREDENTIALS, CODE_GRANT, TBA

TBA_FLOW = "tba_authorization_flow"
TBA_NO_NEW = "As of NetSuite 2027.1 no new TBA integrations can be made for REST and RESTlets."
TBA_ENDS = "Existing ones are supported until 2028 (Oracle names 2028.1, tentatively)."


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person has and wants, as the wizard asks for it."""

    has_tba_token: bool = False
    """The four values of a TBA token are at hand."""
    can_ask_administrator: bool = True
    """They administer NetSuite, or can send a link to someone who does."""
    reads_as_themselves: bool = False
    """Each person is to see what their own NetSuite role shows, not what one shared role shows."""
    runs_unattended: bool = True
    """It goes on while nobody is there to consent: schedules, shared workbooks."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The method, why, and what has to be known before it is relied on."""

    method: str
    reason: str
    ends: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A way in, and why it cannot work at this address; None where it can."""

    method: str
    hindrance: str | None


def recommend(answers: Answers, offers: Sequence[Offer] | None = None) -> Recommendation:
    """The method for these answers, among those that can work here."""
    can_consent = offers is None or any(one.method == CODE_GRANT and one.hindrance is None for one in offers)
    if answers.reads_as_themselves and not answers.runs_unattended and can_consent:
        return _consent("Everyone consents for themselves and sees what their own role shows.")
    if answers.can_ask_administrator:
        return _certificate("An administrator uploads it once and chooses the user and role it reads as.")
    if answers.has_tba_token:
        return Recommendation(
            TBA,
            f"The token is there and works now. {TBA_NO_NEW}",
            f"{TBA_ENDS} Until then the connection moves to OAuth 2.0 without a change to any workbook.",
        )
    if can_consent:
        return _consent("It needs no administrator beyond the integration record.")
    return _certificate(
        "Somebody who administers NetSuite has to upload it once: consent in the browser needs https, which this address "
        f"has not, and there is no token. {TBA_NO_NEW}"
    )


def offered(settings: Settings) -> list[Offer]:
    """All ways in, each with what keeps it from working at CONNECTOR_PUBLIC_URL.

    NetSuite redirects to https and to applications' own schemes, and in the TBA flow to http://localhost as well
    (Oracle section_158081944642, section_156338994830).
    """
    address = settings.public_url or ""
    is_https = address.startswith("https://")
    is_localhost = urlsplit(address).hostname == "localhost"
    remedy = "set CONNECTOR_PUBLIC_URL to an https address, `connector serve --tls` makes one"
    return [
        Offer(CLIENT_CREDENTIALS, None),
        Offer(CODE_GRANT, None if is_https else f"NetSuite refuses to redirect to http: {remedy}."),
        Offer(TBA, None),
        Offer(
            TBA_FLOW,
            None if is_https or is_localhost else f"NetSuite redirects to https or http://localhost: {remedy}.",
        ),
    ]


def _certificate(reason: str) -> Recommendation:
    return Recommendation(
        CLIENT_CREDENTIALS,
        "A certificate signs in by itself: no weekly consent, no shared secret, and it goes on while nobody is there. "
        f"{reason}",
        "The certificate is good for two years; a warning comes 60, 30 and 14 days before it ends.",
    )


def _consent(reason: str) -> Recommendation:
    return Recommendation(
        CODE_GRANT,
        f"{reason} Nothing secret is copied.",
        "A confidential client's consent ends after seven days, whatever is refreshed; a public one's after the record's "
        "Maximum Time For Token Rotation, 168 hours if nobody changed it. Then Connect is pressed again.",
    )
