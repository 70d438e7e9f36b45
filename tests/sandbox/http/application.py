"""An application that uses OAuth 2.0 as NetSuite documents it, by oauthlib."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from browser import Browser, Page
from oauthlib.oauth2 import WebApplicationClient
from wire_client import Reply

AUTHORIZE = "/app/login/oauth2/authorize.nl"
TOKEN = "/services/rest/auth/oauth2/v1/token"
REVOKE = "/services/rest/auth/oauth2/v1/revoke"
KEYS = "/services/rest/auth/oauth2/v1/keys"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REDIRECT = "https://127.0.0.1:8620/oauth2/callback"


@dataclass
class Application:
    """One integration record's program: asks, gets sent back, and redeems."""

    sandbox: Any
    client_id: str = ""
    client_secret: str | None = None
    redirect_uri: str = REDIRECT
    scope: str = "rest_webservices"
    uses_pkce: bool = True
    browser: Browser = field(init=False)
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def __post_init__(self) -> None:
        self.browser = Browser(self.sandbox.running)
        self.client = WebApplicationClient(self.client_id)
        self.verifier = self.client.create_code_verifier(64)

    def query(self, **changed: Any) -> str:
        challenge = {
            "code_challenge": self.client.create_code_challenge(self.verifier, "S256"),
            "code_challenge_method": "S256",
        }
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": self.state,
            **(challenge if self.uses_pkce else {}),
            **changed,
        }
        return urlencode({name: value for name, value in asked.items() if value is not None})

    def ask(self, **changed: Any) -> Page:
        return self.browser.open(f"{AUTHORIZE}?{self.query(**changed)}")

    def consent(self, decision: str = "allow", *, entity: str = "12", role: str = "1000", **changed: Any) -> Page:
        """From the application through sign-in and consent back to the application."""
        page = self.ask(**changed)
        if page.title.startswith("Sign in"):
            page = self.browser.submit(page, entity=entity, role=role)
        return self.browser.submit(page, decision=decision) if page.title.startswith("Allow") else page

    def code(self, **changed: Any) -> str:
        page = self.consent(**changed)
        answer = self.client.parse_request_uri_response(page.left_for, self.state)
        return str(answer["code"])

    def basic(self) -> dict[str, str]:
        given = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        return {"Authorization": f"Basic {given}"}

    def send(self, path: str, fields: dict[str, Any], headers: dict[str, str] | None = None) -> Reply:
        """With the client's own authentication, unless other headers are given."""
        if headers is None:
            headers = self.basic() if self.client_secret else {}
            fields = fields if self.client_secret else {"client_id": self.client_id, **fields}
        given = {name: value for name, value in fields.items() if value is not None}
        return self.sandbox.client.send("POST", path, {**FORM, **headers}, urlencode(given).encode())

    def redeem(self, code: str, headers: dict[str, str] | None = None, /, **changed: Any) -> Reply:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier if self.uses_pkce else None,
            **changed,
        }
        return self.send(TOKEN, fields, headers)

    def refresh(self, token: str, **changed: Any) -> Reply:
        return self.send(TOKEN, {"grant_type": "refresh_token", "refresh_token": token, **changed})

    def tokens(self, **changed: Any) -> dict[str, Any]:
        reply = self.redeem(self.code(**changed))
        assert reply.status == 200, reply.body
        return dict(reply.json())

    def use(self, access_token: str, path: str = "/services/rest/system/v1/serverTime") -> Reply:
        return self.sandbox.client.send("GET", path, {"Authorization": f"Bearer {access_token}"})


def confidential(sandbox: Any, **changed: Any) -> Application:
    announced = sandbox.running.announcement["oauth2"]
    return Application(sandbox, announced["client_id"], announced["client_secret"], **changed)


def public(sandbox: Any, **changed: Any) -> Application:
    return Application(sandbox, sandbox.running.announcement["oauth2"]["public_client_id"], None, **changed)
