"""A session with one NetSuite account that can only read, and manage its own tokens and certificates.

The scope `rest_webservices` could write whatever the role may, so an allow-list of (purpose, method, path) stands
before the network: anything else raises. There is no other way out of this package.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping

import httpx2

from connector.egress import Egress, Origin, Reply
from connector.errors import SettingError
from connector.netsuite.asker import Asker

SUITEQL_PATH = "/services/rest/query/v1/suiteql"
SERVER_TIME_PATH = "/services/rest/system/v1/serverTime"
GOVERNANCE_PATH = "/services/rest/system/v1/governanceLimits"
TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 - a path
REVOKE_PATH = "/services/rest/auth/oauth2/v1/revoke"
REQUEST_TOKEN_PATH = "/rest/requesttoken"  # noqa: S105 - a path
ACCESS_TOKEN_PATH = "/rest/accesstoken"  # noqa: S105 - a path
ISSUE_TOKEN_PATH = "/rest/issuetoken"  # noqa: S105 - a path
REVOKE_TOKEN_PATH = "/rest/revoketoken"  # noqa: S105 - a path
TOKEN_INFO_PATH = "/rest/tokeninfo"  # noqa: S105 - a path
DATA_CENTRES_PATH = "/rest/datacenterurls"

_ID = "[A-Za-z0-9_-]{1,128}"
_CERTIFICATES = re.compile(rf"/services/rest/auth/oauth2/v1/clients/{_ID}/certificates")
_REVOKE_CERTIFICATE = re.compile(rf"/services/rest/auth/oauth2/v1/clients/{_ID}/certificates/{_ID}/revoke")
_ALLOWED = {
    "suiteql": ("POST", re.compile(re.escape(SUITEQL_PATH))),
    "server time": ("GET", re.compile(re.escape(SERVER_TIME_PATH))),
    "governance": ("GET", re.compile(re.escape(GOVERNANCE_PATH))),
    "reach": ("OPTIONS", re.compile(r"/services/rest/(\*|[A-Za-z0-9_/-]{0,200})")),
    "token": ("POST", re.compile(re.escape(TOKEN_PATH))),
    "revoke": ("POST", re.compile(re.escape(REVOKE_PATH))),
    "request token": ("POST", re.compile(re.escape(REQUEST_TOKEN_PATH))),
    "access token": ("POST", re.compile(re.escape(ACCESS_TOKEN_PATH))),
    "issue token": ("GET", re.compile(re.escape(ISSUE_TOKEN_PATH))),
    "revoke token": ("GET", re.compile(re.escape(REVOKE_TOKEN_PATH))),
    "token info": ("GET", re.compile(re.escape(TOKEN_INFO_PATH))),
    "certificates": ("GET", _CERTIFICATES),
    "upload certificate": ("POST", _CERTIFICATES),
    "revoke certificate": ("POST", _REVOKE_CERTIFICATE),
    "data centres": ("GET", re.compile(re.escape(DATA_CENTRES_PATH))),
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def certificates_path(client_id: str) -> str:
    """Where the certificates of an integration record are (Oracle article_11111634165). Raises SettingError."""
    path = f"/services/rest/auth/oauth2/v1/clients/{client_id}/certificates"
    if _CERTIFICATES.fullmatch(path) is None:
        raise SettingError(
            "The client id has a sign in it that none has.",
            code="BAD_CREDENTIAL",
            remedy="Copy it from Setup > Integration > Manage Integrations, the record.",
        )
    return path


class ForbiddenRequestError(AssertionError):
    """Our own code asked for something that does not only read. Nothing was sent."""


class ClosableAuth(httpx2.Auth, ABC):
    """A way to authenticate that holds connections of its own."""

    @abstractmethod
    def close(self) -> None:
        """Close them."""


class Session:
    """Requests to one origin with one way to authenticate. Threads may share it."""

    def __init__(self, egress: Egress, auth: httpx2.Auth | None = None) -> None:
        self._egress = egress
        self._auth = auth

    @property
    def origin(self) -> Origin:
        """Where the requests go."""
        return self._egress.origin

    def send(
        self,
        purpose: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout: float | None = None,
        asker: Asker | None = None,  # noqa: ARG002 - a plain session has no queue to stand in
    ) -> Reply:
        """Send a request of the allow-list; `timeout` is the longest silence in seconds, where it is not the usual one.

        Raises ForbiddenRequestError, UnavailableError, UnreadableError.
        """
        allowed_method, allowed_path = _ALLOWED.get(purpose, ("", None))
        if method != allowed_method or allowed_path is None or allowed_path.fullmatch(path) is None:
            raise ForbiddenRequestError(f"{method} {path} is not a request that {purpose} may send")
        return self._egress.request(
            method, path, params=params, headers=headers, content=content, auth=self._auth, timeout=timeout
        )

    def suiteql(
        self, body: bytes, *, limit: int, offset: int, timeout: float | None = None, asker: Asker | None = None
    ) -> Reply:
        """One page of a SuiteQL query; `Prefer: transient` is required (Oracle section_157909186990)."""
        return self.send(
            "suiteql",
            "POST",
            SUITEQL_PATH,
            params={"limit": limit, "offset": offset},
            headers={"Prefer": "transient", "Content-Type": "application/json"},
            content=body,
            timeout=timeout,
            asker=asker,
        )

    def server_time(self) -> Reply:
        """The clock of NetSuite; needs no permission beyond signing in (Oracle article_0528010158)."""
        return self.send("server time", "GET", SERVER_TIME_PATH)

    def request_token(self, form: bytes) -> Reply:
        """Trade an assertion for an access token."""
        return self.send("token", "POST", TOKEN_PATH, headers=FORM, content=form)

    def close(self) -> None:
        """Close the connections, those of the authentication too."""
        self._egress.close()
        if isinstance(self._auth, ClosableAuth):
            self._auth.close()
