"""The parts a demo is played with: processes of our own command, a certificate, a question over HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connector.egress import Egress, Origin
from connector.errors import ConnectorError, UnreadableError
from connector.netsuite.certificate import make_certificate

_UPLOAD_PAGE = "/app/setup/oauth2clientcredentials.nl"
_BOUNDARY = "nsquery-demo-boundary"


@dataclass(frozen=True, slots=True)
class Service:
    """The running service and a token for it."""

    egress: Egress
    url: str
    token: str = field(repr=False)


@contextmanager
def started(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Run `connector …` beside us; answers what it announces in its first line and ends it at the end."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "connector", *arguments],
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if arguments[0] == "sandbox" else None,  # it logs every request
        text=True,
        start_new_session=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise ConnectorError(f"connector {arguments[0]} did not start.", remedy="Run it alone to see why.")
        yield json.loads(line)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def run_connector(arguments: Sequence[str], environment: Mapping[str, str], *, stdin: str | None = None) -> str:
    """Run `connector …` to its end and answer its standard output."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "connector", *arguments],
        env=dict(environment),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ConnectorError(f"connector {' '.join(arguments[:2])} failed: {done.stderr.strip()[:500]}")
    return done.stdout


def make_and_upload_certificate(account: Mapping[str, Any]) -> dict[str, str]:
    """Make a key pair, upload its certificate on the sandbox's page, and answer a connection's secrets."""
    made = make_certificate("NSQuery demo", datetime.now(UTC))
    client_id = account["client_credentials"]["client_id"]
    fields = {"integration": client_id, "entity": str(account["entity"]), "role": str(account["role"])}
    parts = [f'name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    parts.append(f'name="certificate"; filename="nsquery.pem"\r\n\r\n{made.certificate}')
    body = "".join(f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
    page = Egress("the sandbox's upload page", Origin.parse(account["url"], configured=True))
    reply = page.request(
        "POST",
        _UPLOAD_PAGE,
        headers={"Accept": "application/json", "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"},
        content=f"{body}--{_BOUNDARY}--\r\n".encode(),
    )
    page.close()
    if reply.status != 201:  # noqa: PLR2004
        raise UnreadableError(f"The sandbox did not take the certificate: {reply.body[:200]!r}")
    uploaded: Any = reply.json()
    return {
        "client_id": client_id,
        "certificate_id": uploaded["certificate_id"],
        "private_key": made.private_key,
    }


def ask(service: Service, sql: str, parameters: object = None, *, connection: str) -> dict[str, Any]:
    """One formula over HTTP, fetched again while it is pending. Raises ConnectorError for its error."""
    call: dict[str, object] = {
        "id": "1",
        "function": "NSQUERY",
        "arguments": [sql, parameters, f"connection={connection}"],
        "address": "Sheet1!A1",
    }
    while True:
        body = {"document": {"kind": "cli", "id": f"demo-{os.getpid()}"}, "calls": [call]}
        reply = service.egress.request(
            "POST",
            "/v1/formulas",
            headers={"Authorization": f"Bearer {service.token}", "Content-Type": "application/json"},
            content=json.dumps(body).encode(),
        )
        answer: Any = json.loads(reply.body)
        if reply.status != 200:  # noqa: PLR2004
            raise ConnectorError(answer["message"], code=answer["code"], remedy=answer["remedy"])
        (result,) = answer["results"]
        if "error" in result:
            raise ConnectorError(**{key: result["error"][key] for key in ("message", "code", "remedy")})
        if "pending" not in result:
            return dict(result)
        call = {"id": "1", "run": result["pending"]["run"]}
