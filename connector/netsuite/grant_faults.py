"""What the token endpoint refuses in the authorization code grant (Oracle subsect_158521832417), with its cause.

The same words mean something else here than for client credentials: `invalid_grant` is a grant that has ended, and only
the person can give a new one.
"""

from __future__ import annotations

from connector.egress import Origin, Reply
from connector.errors import ConnectorError, LoginRefusedError
from connector.netsuite.faults import AUDIT_TRAIL, INTEGRATIONS, fault_of

_RECORD = f"{INTEGRATIONS}, the record"
_REFUSALS = {
    "invalid_client": (
        "NetSuite does not know this client id, or does not take its secret.",
        f"{_RECORD}: its state is Enabled and the client id is the one shown there; Reset Credentials makes a new secret.",
    ),
    "invalid_scope": (
        "The integration record does not allow the scopes that were asked for.",
        f"{_RECORD}, Authentication: tick the scopes, REST Web Services first.",
    ),
    "unauthorized_client": (
        "The integration record does not allow the authorization code grant.",
        f"{_RECORD}, Authentication: tick Authorization Code Grant, and Public Client where there is no client secret.",
    ),
    "invalid_request": ("NetSuite could not read the request for a token.", f"The true reason: {AUDIT_TRAIL}."),
}
_REFUSALS["unsupported_grant_type"] = _REFUSALS["unauthorized_client"]


def grant_fault(reply: Reply, origin: Origin, *, step: str) -> ConnectorError:
    """The error an answer of the token endpoint stands for; `step` is `code`, `refresh` or `revoke`."""
    try:
        body = reply.json()
    except ValueError:
        body = None
    error = body.get("error") if isinstance(body, dict) else None
    if error == "invalid_grant":
        return _code_refused() if step == "code" else _grant_ended()
    if isinstance(error, str) and error in _REFUSALS:
        message, remedy = _REFUSALS[error]
        return LoginRefusedError(message, code=error.upper(), remedy=remedy)
    return fault_of(reply, origin)


def _code_refused() -> LoginRefusedError:
    return LoginRefusedError(
        "NetSuite does not take the code of this consent: it was used, is too old, or was given to another application.",
        code="CODE_REFUSED",
        remedy="Connect again, and press Allow within ten minutes.",
    )


def _grant_ended() -> LoginRefusedError:
    return LoginRefusedError(
        "The consent has ended: its time is over (a confidential client's after seven days), or it was revoked.",
        code="GRANT_ENDED",
        remedy=f"Connect again; client credentials need no consent. The true reason: {AUDIT_TRAIL}.",
    )
