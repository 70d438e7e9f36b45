"""A query, written into the audit log: who, over which connection, how many rows, how long. Never its text or a value."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from connector.accounts import Grant
from connector.core.frame import Frame
from connector.errors import ConnectorError
from connector.vault.api_tokens import Principal
from connector.wiring import Services

_FINGERPRINT = 16
"""Characters of a query's fingerprint: enough to find equal ones."""


def noted(
    services: Services,
    permitted: Grant,
    principal: Principal | None,
    ask: Callable[[], Frame],
    *,
    claimed: Mapping[str, str] | None = None,
) -> Frame:
    """Ask, and write down what came of it. `principal` is the token that asked, where it was one."""
    begun, outcome, rows, reference = time.monotonic(), "ok", 0, None
    try:
        frame = ask()
        rows = len(frame)
    except ConnectorError as error:
        outcome, reference = error.code.lower(), error.reference
        raise
    else:
        return frame
    finally:
        services.audit.add(
            actor=permitted.user,
            action="query",
            subject=permitted.query.fingerprint[:_FINGERPRINT],
            connection_id=permitted.connection.id,
            account_id=permitted.connection.account_id,
            outcome=outcome,
            detail={
                "rows": rows,
                "milliseconds": round((time.monotonic() - begun) * 1000),
                "connection": permitted.connection.name,
                **({"token": principal.token_id} if principal else {}),
                **({"netsuite_id": reference} if reference else {}),
                **(
                    {"query": permitted.query.library[0], "version": permitted.query.library[1]}
                    if permitted.query.library
                    else {}
                ),
            },
            claimed=claimed or None,
        )
