"""Who may see a page: the session behind the cookie, its role, a fresh proof, and that a form came from our own page.

The cookie is `__Host-nsquery` over HTTPS (RFC 6265bis: this host alone, no subdomain can set it), HttpOnly, and
SameSite=Lax, since the way back from NetSuite's consent page is a link from another site.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import quote, urlsplit

from flask import Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from connector.errors import CallerError, NotAllowedError
from connector.people.person import Person
from connector.people.sessions import Session, csrf_matches, csrf_token
from connector.wiring import Services

SECURE_COOKIE, PLAIN_COOKIE = "__Host-nsquery", "nsquery"
_LONGEST_WAY = 1_000

P = ParamSpec("P")
View = Callable[P, AnyResponse | str]


class Guard:
    """The guard of every page of one service."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def load(self) -> None:
        """Find the session of this request, if it has one that goes on."""
        g.session = g.cookie = None
        cookie = request.cookies.get(self._cookie_name(), "")
        if cookie:
            try:
                g.session, g.cookie = self._services.sessions.find(cookie), cookie
            except NotAllowedError:
                g.session = None

    def check_form(self) -> None:
        """Refuse a form that another site sent, or that was made for another session. Raises NotAllowedError."""
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        if origin == "null":
            foreign = site is None  # a sandboxed frame of any page sends it, and so does a form of our own
        else:
            foreign = origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()
        if foreign or site not in (None, "same-origin", "none"):
            raise _foreign_form()
        if g.cookie is not None and not csrf_matches(g.cookie, request.form.get("csrf", "")):
            raise _foreign_form()

    def signed_in(self, view: View[P]) -> View[P]:
        """Let signed-in people see the page; send the others to sign in and back."""

        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> AnyResponse | str:
            if g.session is None:
                return redirect(f"{url_for('console.sign_in')}?next={quote(here(), safe='')}")
            return view(*args, **kwargs)

        return guarded

    def fresh(self, view: View[P]) -> View[P]:
        """Ask for the password again where it was not given lately: before a credential, a share, a rotation."""

        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> AnyResponse | str:
            if not self._services.sessions.is_fresh(session()):
                return redirect(f"{url_for('console.prove')}?next={quote(here(), safe='')}")
            return view(*args, **kwargs)

        return self.signed_in(guarded)

    def roles(self, *allowed: str) -> Callable[[View[P]], View[P]]:
        """Let people of these roles in. Raises NotAllowedError (code ROLE_NEEDED)."""

        def decorate(view: View[P]) -> View[P]:
            @wraps(view)
            def guarded(*args: P.args, **kwargs: P.kwargs) -> AnyResponse | str:
                if person().role not in allowed:
                    raise NotAllowedError(
                        f"Your role ({person().role}) does not allow this.",
                        code="ROLE_NEEDED",
                        remedy="Ask an administrator of this service; People shows who they are.",
                    )
                return view(*args, **kwargs)

            return self.signed_in(guarded)

        return decorate

    def begin(self, someone: Person, way: str) -> AnyResponse:
        """Start a new session, whatever cookie came, and go on to the page that was asked for."""
        if g.session is not None:
            self._services.sessions.end(g.session.id, g.session.person)
        _, cookie = self._services.sessions.begin(
            someone, address=address(), agent=request.headers.get("User-Agent", "")[:200]
        )
        response = redirect(way)
        response.set_cookie(
            self._cookie_name(), cookie, secure=self.is_secure(), httponly=True, samesite="Lax", path="/"
        )
        return response

    def end(self) -> AnyResponse:
        """End the session and take the cookie back."""
        if g.session is not None:
            self._services.sessions.end(g.session.id, g.session.person)
        response = redirect(url_for("console.sign_in"))
        response.delete_cookie(self._cookie_name(), secure=self.is_secure(), httponly=True, samesite="Lax", path="/")
        return response

    def is_secure(self) -> bool:
        """Whether the browser sees HTTPS, by our own listener or by the proxy that CONNECTOR_PUBLIC_URL names."""
        return request.is_secure or (self._services.settings.public_url or "").startswith("https://")

    def _cookie_name(self) -> str:
        return SECURE_COOKIE if self.is_secure() else PLAIN_COOKIE


def session() -> Session:
    """The session of a guarded page."""
    found: Session | None = g.session
    if found is None:
        raise NotAllowedError("You are not signed in.", code="SIGN_IN_NEEDED", remedy="Sign in first.")
    return found


def person() -> Person:
    """Who looks at a guarded page."""
    return session().person


def form_token() -> str:
    """What a form of this session carries; empty before anybody signed in."""
    return csrf_token(g.cookie) if g.get("cookie") else ""


def address() -> str:
    """Where the request came from."""
    return request.remote_addr or ""


def here() -> str:
    """This page as a way back: after a form, the page that showed it."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return safe_way(urlsplit(request.headers.get("Referer", "")).path)


def safe_way(text: str | None) -> str:
    """A path of our own to go on to: never another host, whatever a link says."""
    way = text or "/"
    plain = way.startswith("/") and not way.startswith(("//", "/\\")) and len(way) <= _LONGEST_WAY
    return way if plain and way.isprintable() and "\\" not in way else "/"


def field(name: str, longest: int = 500) -> str:
    """A form's field without surrounding white space. Raises CallerError for one that is too long."""
    text = request.form.get(name, "").strip()
    if len(text) > longest:
        raise CallerError(
            f"The field {name} is longer than {longest} characters.", code="BAD_FIELD", remedy="Shorten it."
        )
    return text


def html(text: str, status: int = 200) -> Response:
    """A page with its status."""
    return Response(text, status, mimetype="text/html")


def _foreign_form() -> NotAllowedError:
    return NotAllowedError(
        "This form did not come from this service's own page, or its session has ended.",
        code="FOREIGN_FORM",
        remedy="Open the page again and send the form from there.",
    )
