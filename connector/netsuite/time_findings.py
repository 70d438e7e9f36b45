"""What a connection's times say: the clock, the end of its certificate, the end of its consent."""

from __future__ import annotations

from datetime import datetime

from connector.netsuite.faults import M2M_SETUP
from connector.netsuite.finding import Finding

SKEW_LIMIT = 300.0
"""Seconds that NetSuite lets a clock be off (Oracle subsect_156935170194)."""
SET_CLOCK = "Set this server's clock (NTP): NetSuite takes a signature made within five minutes of its own time."
_SKEW_PROBLEM = 60.0
_CERTIFICATE_DAYS = (14, 30, 60)
"""Days before its end at which a certificate is spoken of; within the first it is a problem."""
_CONSENT_DAYS = 2


def clock_finding(exact: float | None, rough: float | None) -> Finding:
    """Seconds this clock is ahead: by serverTime where the login worked, else by the `Date` of an answer.

    A `Date` is a second or two old, and whatever stands in between may have written it: it proves no clock right.
    """
    skew = rough if exact is None else exact
    if skew is None:
        return Finding("clock", "not proven", "NetSuite did not tell its time.")
    told = "by the Date of its answer" if exact is None else "by serverTime"
    cause = f"This server's clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} NetSuite's, {told}"
    if abs(skew) <= _SKEW_PROBLEM:
        return Finding("clock", "not proven" if exact is None else "ok", f"{cause}.")
    limit = "that is more than the 300 s it takes" if abs(skew) > SKEW_LIMIT else "it takes 300 s"
    return Finding("clock", "problem", f"{cause}; {limit}.", SET_CLOCK)


def certificate_finding(expires_at: datetime | None, now: datetime) -> Finding:
    """How long the certificate is good for."""
    if expires_at is None:
        cause = "The certificate was made elsewhere, and its end is not known here."
        return Finding("certificate", "not proven", cause, f"{M2M_SETUP} shows it.")
    remedy = f"Make a new one here and upload it in {M2M_SETUP}."
    if expires_at <= now:
        return Finding("certificate", "problem", f"The certificate expired on {expires_at:%Y-%m-%d}.", remedy)
    days = (expires_at - now).days
    near = next((limit for limit in _CERTIFICATE_DAYS if days < limit), None)
    cause = f"The certificate ends in {days} days, on {expires_at:%Y-%m-%d}."
    if near is None:
        return Finding("certificate", "ok", cause)
    return Finding(
        "certificate", "problem" if near == _CERTIFICATE_DAYS[0] else "ok", cause, remedy, f"within {near} days"
    )


def consent_finding(ends_at: datetime, now: datetime) -> Finding:
    """How long the consent is good for."""
    over = ends_at <= now
    cause = f"The consent {'ended' if over else 'ends'} at {ends_at:%Y-%m-%d %H:%M} UTC, whatever is refreshed."
    remedy = "Connect again, or move to client credentials, which need no consent."
    return Finding("consent", "problem" if (ends_at - now).days < _CONSENT_DAYS else "ok", cause, remedy)
