"""The addresses NetSuite itself names for an account, to compare with those its id stands for.

They are told to a person and never used to choose a host: an answer of the network may not say where a secret goes.
Source: Oracle chapter_157011836591.
"""

from __future__ import annotations

from http import HTTPStatus

from connector.egress import Origin, Reply
from connector.errors import ConnectorError, SettingError, UnreadableError
from connector.netsuite.account import AccountId, Hosts
from connector.netsuite.faults import fault_of
from connector.netsuite.session import DATA_CENTRES_PATH, Session

_KEYS = {"suitetalk": "webservicesDomain", "restlets": "restDomain", "app": "systemDomain"}


def discovery_origin(configured: Origin | None = None) -> Origin:
    """Where to ask: NetSuite's own address, or the one the server's configuration admits instead."""
    return configured or Origin("https", "rest.netsuite.com", 443)


def urls_of(session: Session, account: AccountId) -> Hosts:
    """The account's three addresses as NetSuite names them; asked without a login.

    `session` is one to `discovery_origin()` without authentication. Raises UnreadableError (code FOREIGN_HOST) for an
    address outside netsuite.com, RemoteError.
    """
    reply = _ask(session, {"account": account.realm})
    if reply.status == HTTPStatus.SERVICE_UNAVAILABLE:
        reply = _ask(session, {"account": account.realm, "c": account.realm})
    if reply.status != HTTPStatus.OK:
        raise fault_of(reply, session.origin)
    try:
        body = reply.json()
    except ValueError:
        body = None
    answer = body if isinstance(body, dict) else {}
    return Hosts(**{name: _admitted(answer.get(key), session.origin) for name, key in _KEYS.items()})


def _ask(session: Session, params: dict[str, str | int]) -> Reply:
    return session.send("data centres", "GET", DATA_CENTRES_PATH, params=params)


def _admitted(url: object, asked: Origin) -> Origin:
    """An https address under netsuite.com, or the configured one that was asked."""
    try:
        origin = Origin.parse(url if isinstance(url, str) else "", configured=asked.configured)
    except SettingError:
        raise _foreign("no address") from None
    if asked.configured and (origin.scheme, origin.host, origin.port) == (asked.scheme, asked.host, asked.port):
        return origin
    if origin.scheme != "https" or origin.port != 443 or not origin.host.endswith(".netsuite.com"):  # noqa: PLR2004
        raise _foreign("an address that is not NetSuite's")
    return Origin(origin.scheme, origin.host, origin.port)


def _foreign(what: str) -> ConnectorError:
    return UnreadableError(
        f"NetSuite's list of addresses named {what}.",
        code="FOREIGN_HOST",
        remedy="Nothing was sent there. Something between this server and NetSuite changes answers: check the proxy.",
    )
