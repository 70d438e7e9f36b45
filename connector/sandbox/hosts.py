"""Which of the account's hosts a request is for. All of them answer on one port, told apart by the Host header."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum

from connector.sandbox.wire import RESTLET

DATA_CENTRES = "/rest/datacenterurls"
CLIENTS = "/services/rest/auth/oauth2/v1/clients/"
_NETSUITE = re.compile(r"([a-z0-9_-]+)\.(suitetalk\.api|restlets\.api|app)\.netsuite\.com")
_SHARED = {"system.netsuite.com": "system", "rest.netsuite.com": "rest"}
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")

_ABSOLUTE = re.compile(r"(https?)://([^/?#]*)([^?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_DEFAULT_PORTS = {"https": "443", "http": "80"}


class Service(StrEnum):
    """A host's part. SuiteTalk has REST and the token endpoint, app has the pages for people.

    System and rest are the hosts of all accounts, for those who do not know theirs yet.
    """

    SUITETALK = "suitetalk.api"
    RESTLETS = "restlets.api"
    APP = "app"
    SYSTEM = "system"
    REST = "rest"

    @property
    def is_shared(self) -> bool:
        """Whether the host is every account's."""
        return self in (Service.SYSTEM, Service.REST)


class UnknownAccount(Exception):  # noqa: N818 - NetSuite's answer, not a fault of ours
    """A NetSuite host with another account's label."""


class ForeignHost(Exception):  # noqa: N818 - an answer, not a fault of ours
    """A host that is neither NetSuite's nor this machine: a page elsewhere that resolves its name to us."""


@dataclass(frozen=True, slots=True)
class Address:
    """How the client addressed us. `service` is None for this machine's own name: the path alone decides."""

    base_url: str
    service: Service | None


@dataclass(frozen=True, slots=True)
class Target:
    """A request's target, percent-encoded as sent. `scheme` and `host` are None but for an absolute URI."""

    path: str
    query: str
    scheme: str | None = None
    host: str | None = None


def target_of(uri: str) -> Target:
    """Read the target of a request line. The host of an absolute URI stands above the Host header (RFC 9112, 3.2.2)."""
    match = _ABSOLUTE.fullmatch(uri)
    if match is None:
        path, _, query = uri.partition("?")
        return Target(path, query)
    return Target(match[3] or "/", match[4].removeprefix("?"), match[1].lower(), match[2])


def address_of(host: str, scheme: str, label: str, *, any_name: bool = False) -> Address:
    """Read a Host header. Raises UnknownAccount, ForeignHost.

    NetSuite's hosts speak https only, so theirs is the address in a signature, whatever the connection.
    `any_name` takes further names, for a sandbox that listens beyond loopback.
    """
    match = _AUTHORITY.fullmatch(host)
    if match is None or int(match[2] or 1) not in range(1, 65536) or scheme not in _DEFAULT_PORTS:
        raise ForeignHost
    name = match[1].lower()
    if (netsuite := _NETSUITE.fullmatch(name)) is not None:
        if netsuite[1] != label:
            raise UnknownAccount
        return Address(_base_url("https", name, match[2]), Service(netsuite[2]))
    if name in _SHARED:
        return Address(_base_url("https", name, match[2]), Service(_SHARED[name]))
    if name.endswith(".netsuite.com"):
        raise UnknownAccount
    if not (any_name or _is_this_machine(name)):
        raise ForeignHost
    return Address(_base_url(scheme, name, match[2]), None)


def serves(service: Service | None, path: str) -> bool:
    """Whether a path belongs to a host. OAuth 2.0 tokens are given on both API hosts, certificates changed on one."""
    if service is None:
        return True
    if path == DATA_CENTRES:
        return service in (Service.REST, Service.RESTLETS, Service.SYSTEM)
    if path.startswith("/rest/"):
        return service in (Service.RESTLETS, Service.SYSTEM)
    if service is Service.SYSTEM:
        return path.startswith("/app/login/")
    if path.startswith(CLIENTS):
        return service is Service.RESTLETS
    if path.startswith("/services/rest/auth/"):
        return service in (Service.SUITETALK, Service.RESTLETS)
    if path.startswith("/services/"):
        return service is Service.SUITETALK
    if path == RESTLET:
        return service is Service.RESTLETS
    return service is Service.APP


def _is_this_machine(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _base_url(scheme: str, name: str, port: str | None) -> str:
    return f"{scheme}://{name}" + ("" if port in (None, _DEFAULT_PORTS[scheme]) else f":{port}")
