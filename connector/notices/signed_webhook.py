"""A JSON body posted to one https address of the settings, signed so that the other side knows whom it is from.

The header `NSQuery-Signature` is `t=SECONDS,v1=HEX`: HMAC-SHA256 under the shared key over the seconds since 1970, a full
stop and the body as it was sent. Who checks it refuses old times, so that nothing can be sent again later.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime

from connector.core.web_hook import WebHook
from connector.egress import Egress
from connector.errors import SettingError, UnavailableError

SIGNATURE = "NSQuery-Signature"
_SHORTEST_KEY = 32
_WELL = range(200, 300)


class SignedWebhook:
    """Posts to one address. Redirects are not followed, so no answer chooses another host."""

    def __init__(self, hook: WebHook, egress: Egress, key: Callable[[], str | None]) -> None:
        """`egress` leads to the hook's origin alone."""
        self._hook = hook
        self._egress = egress
        self._key = key

    def send(self, body: Mapping[str, object], at: datetime) -> None:
        """Post it. Raises SettingError (code NO_WEBHOOK_KEY), UnavailableError (WEBHOOK_REFUSED, and those of egress)."""
        key = self._key()
        if key is None or len(key) < _SHORTEST_KEY:
            raise SettingError(
                f"The webhook has no key of {_SHORTEST_KEY} characters or more to sign with; nothing was sent.",
                code="NO_WEBHOOK_KEY",
                remedy="Give one with `connector vault set audit-webhook`; `openssl rand -hex 32` makes one.",
            )
        content = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", SIGNATURE: signature(key, content, at)}
        reply = self._egress.request("POST", self._hook.path, headers=headers, content=content)
        if reply.status not in _WELL:
            raise UnavailableError(
                f"The webhook at {self._hook.origin} answered with status {reply.status}.",
                code="WEBHOOK_REFUSED",
                remedy="Check CONNECTOR_AUDIT_WEBHOOK and the other side's log; redirects are not followed.",
            )

    def close(self) -> None:
        """Close its connections."""
        self._egress.close()


def signature(key: str, content: bytes, at: datetime) -> str:
    """The header's value for a body sent at this time."""
    seconds = int(at.timestamp())
    signed = hmac.digest(key.encode(), b"%d." % seconds + content, hashlib.sha256)
    return f"t={seconds},v1={signed.hex()}"
