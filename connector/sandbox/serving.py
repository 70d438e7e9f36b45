"""Serving an account: threads, HTTP/1.1 with keep-alive, TLS where asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import trustme

from connector.sandbox.account import Account
from connector.sandbox.announcement import announcement
from connector.sandbox.application import create_sandbox
from connector.sandbox.late_answers import LateServer
from connector.sandbox.machine_key import map_machine_key
from connector.sandbox.tls_handshake import LaterHandshake, TLSConnection

_SPARE_THREADS = 16  # for whoever holds no slot; none of them waits for a client or for the latency
_LIVE_CONNECTIONS = 1024
_LARGEST_HEADER = 64 * 1024
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that accepts connections. `announcement` is what `connector sandbox` prints."""

    url: str
    announcement: dict[str, Any]
    account: Account


@contextmanager
def serving(account: Account, *, host: str = "127.0.0.1", port: int = 0, tls: bool = False) -> Iterator[RunningSandbox]:
    """Serve an account until the block ends; port 0 takes a free one. Keys stand in a directory of mode 0700."""
    with TemporaryDirectory(prefix="nsquery-sandbox-") as directory:
        keys = Path(directory)
        machine = map_machine_key(account, keys)
        server = _server(account, host, port)
        ca_file = _use_tls(server, keys, account) if tls else None
        server.prepare()
        url = _url("https" if tls else "http", host, server.bind_addr[1])
        thread = threading.Thread(target=server.serve, name="sandbox", daemon=True)
        thread.start()
        try:
            yield RunningSandbox(url, announcement(account, url, ca_file, machine), account)
        finally:
            account.stop()
            server.stop()
            thread.join()


def _server(account: Account, host: str, port: int) -> LateServer:
    server = LateServer(
        (host, port),
        create_sandbox(account, any_name=host not in _LOOPBACK),
        numthreads=account.gate.limit + _SPARE_THREADS,
        request_queue_size=_LIVE_CONNECTIONS,
        shutdown_timeout=1,
        latency=lambda: account.latency,
        stopping=account.stopping,
    )
    server.max_request_header_size = _LARGEST_HEADER
    server.keep_alive_conn_limit = _LIVE_CONNECTIONS
    server.expiration_interval = 0.05  # seconds between looks at idle connections; stopping takes as long
    return server


def _use_tls(server: LateServer, keys: Path, account: Account) -> str:
    """Let the server speak TLS as every host of the account; the CA's file."""
    services = ("suitetalk.api", "restlets.api", "app")
    names = [f"{account.host_label}.{service}.netsuite.com" for service in services]
    names += ["system.netsuite.com", "rest.netsuite.com"]
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1", "::1", *names)
    chain, ca_file = keys / "server.pem", keys / "ca.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(str(chain))
    authority.cert_pem.write_to_path(str(ca_file))
    server.ssl_adapter = LaterHandshake(str(chain), str(chain))
    server.ConnectionClass = TLSConnection
    return str(ca_file)


def _url(scheme: str, host: str, port: int) -> str:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"{scheme}://[{reachable}]:{port}" if ":" in reachable else f"{scheme}://{reachable}:{port}"
