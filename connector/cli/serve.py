"""`connector serve`: the service, until it is told to stop."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

import click
from cheroot import wsgi
from cheroot.errors import FatalSSLAlert
from cheroot.ssl.builtin import BuiltinSSLAdapter

from connector.cli.loopback_certificate import loopback_certificate
from connector.cli.services import opened
from connector.errors import SettingError
from connector.web import create_app
from connector.wiring import Services

_THREADS = 48  # twice as many as may wait for answers
_GRACE_SECONDS = 3
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class LaterHandshake(BuiltinSSLAdapter):
    """Leaves the handshake to the first read of a worker: the thread that accepts connections must not wait for it."""

    def wrap(self, sock: Any) -> tuple[Any, dict[str, str]]:
        """Wrap a socket without a word to its client."""
        try:
            return self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False), {}
        except OSError as error:  # the client is gone already
            raise FatalSSLAlert(*error.args) from error


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Only loopback by default.")
@click.option("--port", default=8620, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--tls", is_flag=True, help="Serve HTTPS with a certificate of its own for localhost.")
def serve(host: str, port: int, tls: bool) -> None:
    """Answer formulas over HTTP. The first line of standard output is {"url"}."""
    with opened() as services:
        if not tls and host not in _LOOPBACK:
            click.echo(f"warning: on {host} tokens and rows travel in clear; put a proxy with TLS before it", err=True)
        _serve(services, host, port, tls=tls)
        _leave_even_if_netsuite_is_silent()


def _serve(services: Services, host: str, port: int, *, tls: bool) -> None:
    server = wsgi.Server((host, port), create_app(services=services), numthreads=_THREADS, server_name="nsquery")
    server.shutdown_timeout = _GRACE_SECONDS
    announcement = {}
    if tls:
        files = loopback_certificate(services.settings.data)
        server.ssl_adapter = LaterHandshake(str(files.certificate), str(files.private_key))
        announcement["ca_file"] = str(files.authority)
    try:
        server.prepare()
    except OSError as error:
        raise SettingError(
            f"The address {host}:{port} cannot be listened on: {_reason(error)}.",
            code="BAD_ADDRESS",
            remedy="Choose another --port, or 0 for a free one.",
        ) from error
    shown = f"[{host}]" if ":" in host else host
    url = f"{'https' if tls else 'http'}://{shown}:{server.bind_addr[1]}"
    try:
        click.echo(json.dumps({"url": url, **announcement}))
        sys.stdout.flush()
        _stop_on_signals(server, services)
        server.serve()
    finally:
        server.stop()


def _reason(error: OSError) -> str:
    """The system's word for it; cheroot hides it in a sentence of its own."""
    if os.strerror(errno.EADDRINUSE) in str(error):
        return "it is in use"
    return "this machine does not have it, or the system refuses it"


def _stop_on_signals(server: wsgi.Server, services: Services) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        for name in _SIGNALS:
            signal.signal(name, signal.SIG_DFL)  # a second one ends the process at once
        threading.Thread(target=end, name="stop").start()  # stop() waits for threads, a handler must not

    def end() -> None:
        services.connections.close()  # what waits for NetSuite fails now instead of holding us
        server.stop()

    for name in _SIGNALS:
        signal.signal(name, stop)


def _leave_even_if_netsuite_is_silent() -> None:
    """End the process where a thread still waits for an answer that nobody wants any more.

    Nothing is half written: the database's transactions are whole or not at all.
    """
    if any(thread.name.startswith(("run_", "suiteql-page")) for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
