"""An OAuth 2.0 server that somebody else wrote: oauthlib's, with PKCE required and refresh tokens used once.

It knows nothing of NetSuite: its addresses are /authorize, /token and /revoke, and whoever asks is somebody who consents.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from oauthlib.oauth2 import RequestValidator, WebApplicationServer
from scripted_netsuite import Received, Scripted, ScriptedNetSuite, running


@dataclass
class Client:
    """A registered application; one without a secret is public."""

    client_id: str
    secret: str | None
    redirect_uri: str


@dataclass
class Kept(RequestValidator):
    """What the server keeps: applications, codes with their challenge, tokens."""

    clients: dict[str, Client]
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    access: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)

    def validate_client_id(self, client_id, request, *_, **__):
        request.client = self.clients.get(client_id)
        return request.client is not None

    def validate_redirect_uri(self, client_id, redirect_uri, *_, **__):
        return self.clients[client_id].redirect_uri == redirect_uri

    def validate_response_type(self, _client_id, response_type, *_, **__):
        return response_type == "code"

    def validate_scopes(self, _client_id, scopes, *_, **__):
        return set(scopes) <= {"rest_webservices", "restlets", "suite_analytics"}

    def validate_grant_type(self, *_, **__):
        return True

    def get_default_scopes(self, *_, **__):
        return []

    def get_original_scopes(self, *_, **__):
        return ["rest_webservices"]

    def is_pkce_required(self, *_):
        return True

    def save_authorization_code(self, client_id, code, request, *_, **__):
        self.codes[code["code"]] = {
            "client_id": client_id,
            "redirect_uri": request.redirect_uri,
            "challenge": request.code_challenge,
            "method": request.code_challenge_method,
        }

    def get_code_challenge(self, code, _request):
        return self.codes[code]["challenge"]

    def get_code_challenge_method(self, code, _request):
        return self.codes[code]["method"]

    def client_authentication_required(self, request, *_, **__):
        client = self.clients.get(request.client_id)
        return client is None or client.secret is not None

    def authenticate_client(self, request, *_, **__):
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        client_id, _, secret = base64.b64decode(given).decode().partition(":")
        request.client = self.clients.get(client_id)
        return scheme == "Basic" and request.client is not None and request.client.secret == secret

    def authenticate_client_id(self, client_id, request, *_, **__):
        return self.validate_client_id(client_id, request) and request.client.secret is None

    def validate_code(self, _client_id, code, client, request, *_, **__):
        request.scopes = ["rest_webservices"]
        return code in self.codes and self.codes[code]["client_id"] == client.client_id

    def confirm_redirect_uri(self, _client_id, code, redirect_uri, *_, **__):
        return self.codes[code]["redirect_uri"] == redirect_uri

    def invalidate_authorization_code(self, _client_id, code, *_, **__):
        del self.codes[code]

    def save_bearer_token(self, token, request, *_, **__):
        self.access.add(token["access_token"])
        self.refresh.discard(request.refresh_token)
        self.refresh.add(token["refresh_token"])

    def validate_refresh_token(self, refresh_token, *_, **__):
        return refresh_token in self.refresh

    def revoke_token(self, token, *_, **__):
        self.refresh.discard(token)


class IndependentServer:
    """The three addresses over HTTP."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self._server = WebApplicationServer(kept)

    def __call__(self, request: Received) -> Scripted:
        headers = {name.title(): value for name, value in request.headers.items()}
        if request.path == "/authorize":
            uri = f"https://independent.example{request.target}"
            scopes = parse_qs(request.target.partition("?")[2])["scope"][0].split()
            answered = self._server.create_authorization_response(uri, scopes=scopes, credentials={"user": "ada"})
        elif request.path == "/revoke":
            uri = "https://independent.example/revoke"
            answered = self._server.create_revocation_response(uri, "POST", request.body.decode(), headers)
        else:
            uri = "https://independent.example/token"
            answered = self._server.create_token_response(uri, "POST", request.body.decode(), headers)
        sent, body, status = answered
        return Scripted(status, (body or "").encode(), sent)


@contextmanager
def independent_server(*clients: Client) -> Iterator[tuple[ScriptedNetSuite, Kept]]:
    """Serve it on a free loopback port."""
    kept = Kept({client.client_id: client for client in clients})
    with running(IndependentServer(kept)) as server:
        yield server, kept
