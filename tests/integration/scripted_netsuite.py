"""A NetSuite that keeps grants, tokens and certificates as the documentation says, and checks what binds them together.

Signatures and assertions are not checked here: the sandbox does that. What is: PKCE, redirect URI, client authentication,
one use of a code, the certificate's id, and who was revoked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

CLIENT_ID, CLIENT_SECRET = "client7a", "clientsecret7a"
CERTIFICATES = re.compile(r"/services/rest/auth/oauth2/v1/clients/([\w-]+)/certificates(?:/([\w-]+)/revoke)?")


class ScriptedNetSuite:
    """One account, 1234567."""

    def __init__(self) -> None:
        self.url = ""
        self.public = False
        self.codes: dict[str, dict[str, str]] = {}
        self.bearers: set[str] = set()
        self.refresh_tokens: set[str] = set()
        self.tba_tokens: dict[str, str] = {}
        self.requests: dict[str, str] = {}
        self.certificates: dict[str, dict[str, object]] = {}
        self.broken_certificates: set[str] = set()
        self.may_rotate = True
        self.seen: list[str] = []

    def consent(self, url: str, *, role: str = "3", entity: str = "12", company: str = "1234567") -> dict[str, str]:
        """The person presses Allow: what the browser brings back."""
        asked = dict(parse_qsl(urlsplit(url).query, strict_parsing=True))
        assert url.startswith(f"{self.url}/app/login/oauth2/authorize.nl?")
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        code = secrets.token_hex(32)
        self.codes[code] = asked
        return {"state": asked["state"], "code": code, "role": role, "entity": entity, "company": company}

    def allow_token(self, url: str, *, role: str = "3", entity: str = "12", company: str = "1234567") -> dict[str, str]:
        """The same in the TBA flow."""
        asked = dict(parse_qsl(urlsplit(url).query, strict_parsing=True))
        verifier = secrets.token_hex(16)
        self.requests[asked["oauth_token"]] = verifier
        return {**asked, "oauth_verifier": verifier, "role": role, "entity": entity, "company": company}

    def map_certificate(self, certificate_id: str, *, role: str = "3", entity: str = "12") -> str:
        """An administrator uploads one."""
        self.certificates[certificate_id] = {
            "certificate_id": certificate_id, "role": {"id": role}, "entity": {"id": entity}, "revoked": False,
            "valid_until": "2028-01-01T00:00:00Z", "algorithm": "EC",
        }  # fmt: skip
        return certificate_id

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        parts = urlsplit(path)
        self.seen.append(f"{method} {parts.path}")
        authorization = headers.get("Authorization", "")
        if parts.path.endswith("/oauth2/v1/token"):
            return self.token(authorization, {name: values[0] for name, values in parse_qs(body.decode()).items()})
        if parts.path.endswith("/oauth2/v1/revoke"):
            self.refresh_tokens.discard(parse_qs(body.decode())["token"][0])
            return 200, ""
        if parts.path == "/rest/requesttoken":
            token = secrets.token_hex(32)
            return 200, f"oauth_token={token}&oauth_token_secret={secrets.token_hex(32)}&oauth_callback_confirmed=true"
        if parts.path == "/rest/accesstoken":
            return self.access_token(authorization)
        if parts.path == "/rest/revoketoken":
            return (200, "") if self.tba_tokens.pop(parse_qs(parts.query)["token"][0], None) else (401, "{}")
        if (found := CERTIFICATES.fullmatch(parts.path)) is not None:
            return self.manage_certificates(authorization, method, found[2], body)
        if parts.path.endswith("/serverTime") and self.knows(authorization):
            return 200, json.dumps({"serverTime": "2026-01-31T07:00:00.000Z"})
        return 401, json.dumps(
            {"o:errorDetails": [{"detail": "Invalid login attempt.", "o:errorCode": "INVALID_LOGIN"}]}
        )

    def knows(self, authorization: str) -> bool:
        token = re.search(r'oauth_token="([^"]+)"', authorization)
        return authorization.removeprefix("Bearer ") in self.bearers or (
            token is not None and token[1] in self.tba_tokens
        )

    def token(self, authorization: str, form: dict[str, str]) -> tuple[int, str]:
        if form["grant_type"] == "client_credentials":
            header = form["client_assertion"].split(".")[0]
            kid = json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]
            known = self.certificates.get(kid)
            if known is None or known["revoked"] or kid in self.broken_certificates:
                return 400, json.dumps({"error": "invalid_grant"})
            return 200, json.dumps({"access_token": self.bearer(), "expires_in": 3600, "token_type": "Bearer"})
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        is_client = form.get("client_id") == CLIENT_ID if self.public else authorization == f"Basic {pair}"
        if not is_client:
            return 401, json.dumps({"error": "invalid_client"})
        if form["grant_type"] == "refresh_token":
            return self.refreshed(form["refresh_token"])
        asked = self.codes.pop(form["code"], {})
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        if (challenge, form["redirect_uri"]) != (asked.get("code_challenge"), asked.get("redirect_uri")):
            return 400, json.dumps({"error": "invalid_grant"})
        return 200, json.dumps({**self.access(), "refresh_token": self.new_refresh_token()})

    def refreshed(self, token: str) -> tuple[int, str]:
        if token not in self.refresh_tokens:
            return 400, json.dumps({"error": "invalid_grant"})
        if not self.public:
            return 200, json.dumps(self.access())
        self.refresh_tokens.remove(token)
        return 200, json.dumps({**self.access(), "refresh_token": self.new_refresh_token()})

    def access(self) -> dict[str, object]:
        return {"access_token": self.bearer(), "expires_in": 3600, "token_type": "bearer"}

    def bearer(self) -> str:
        token = secrets.token_hex(16)
        self.bearers.add(token)
        return token

    def new_refresh_token(self) -> str:
        token = secrets.token_hex(16)
        self.refresh_tokens.add(token)
        return token

    def access_token(self, authorization: str) -> tuple[int, str]:
        given = dict(re.findall(r'(\w+)="([^"]*)"', authorization))
        if self.requests.pop(given["oauth_token"], None) != given["oauth_verifier"]:
            return 401, "{}"
        token, secret = secrets.token_hex(32), secrets.token_hex(32)
        self.tba_tokens[token] = secret
        return 200, urlencode({"oauth_token": token, "oauth_token_secret": secret})

    def manage_certificates(self, authorization: str, method: str, revoked: str | None, body: bytes) -> tuple[int, str]:
        if not self.may_rotate or not self.knows(authorization):
            detail = {"detail": "You do not have permission.", "o:errorCode": "INSUFFICIENT_PERMISSION"}
            return 403, json.dumps({"o:errorDetails": [detail]})
        if revoked is not None:
            self.certificates[revoked]["revoked"] = True
            return 200, "{}"
        if method == "GET":
            return 200, json.dumps(list(self.certificates.values()))
        given = json.loads(body)
        made = self.map_certificate(f"uploaded-{len(self.certificates)}", role=given["role"], entity=given["entity"])
        ids = {"com": "1234567", "ent": given["entity"], "rol": given["role"]}
        return 200, json.dumps(
            {"certificate_id": made, "entity_role_id": ids, "certificate": given["fileContent"], "invalidated": False}
        )


@contextmanager
def scripted_netsuite() -> Iterator[ScriptedNetSuite]:
    netsuite = ScriptedNetSuite()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, text = netsuite.answer(self.command, self.path, dict(self.headers), body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Nothing: `seen` remembers."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    netsuite.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield netsuite
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
