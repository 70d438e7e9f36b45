"""What every page of the account has in common: its forms come from itself, and programs get JSON."""

from __future__ import annotations

from urllib.parse import urlsplit

import flask


def content_policy(*form_targets: str) -> str:
    """A page without scripts, whose forms go to itself and to `form_targets`."""
    targets = " ".join(("'self'", *form_targets))
    return f"default-src 'none'; form-action {targets}; frame-ancestors 'none'; base-uri 'none'"


def is_cross_site() -> bool:
    """Whether a browser says that another site's page sent a form here; programs say nothing of the kind."""
    request = flask.request
    if request.method in ("GET", "HEAD"):
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:  # a browser of today: it says so itself, and its Origin may be null by the page's own policy
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()


def wants_json() -> bool:
    """Whether a program asks rather than a browser."""
    return flask.request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
