"""`connector serve`: the service, until it is told to stop."""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import ssl
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import click
import structlog
from cheroot import wsgi
from cheroot.errors import FatalSSLAlert
from cheroot.ssl.builtin import BuiltinSSLAdapter

from connector.cli.loopback_certificate import loopback_certificate
from connector.cli.services import opened
from connector.errors import SettingError
from connector.web.app import create_app
from connector.wiring import Services

_THREADS = 48  # twice as many as may wait for answers
_GRACE_SECONDS = 3
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class LaterHandshake(BuiltinSSLAdapter):
    """Leaves the handshake to the first read of a worker: the thread that accepts connections must not wait for it."""

    def wrap(self, sock: Any) -> tuple[Any, dict[str, str]]:
        """Wrap a socket without a word to its client."""
        try:
            return self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False), {}
        except OSError as error:  # the client is gone already
            raise FatalSSLAlert(*error.args) from error


class Server(wsgi.Server):
    """Tells its own errors to the log. A client that does not take our certificate, or is gone, is none of them."""

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:  # noqa: ARG002
        """As cheroot calls it, with an exception on its way where `traceback` is set."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            structlog.get_logger().debug("client", error=type(error).__name__)
        else:
            structlog.get_logger().error("server", message=msg.strip()[:500], exc_info=error if traceback else None)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Only loopback by default.")
@click.option("--port", default=8620, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--tls", is_flag=True, help="Serve HTTPS, with a certificate of its own for localhost or the one given.")
@click.option("--certificate", type=_FILE, help="PEM file with the certificate and its chain.")
@click.option("--private-key", type=_FILE, help="PEM file with the certificate's key, without a password.")
def serve(host: str, port: int, tls: bool, certificate: Path | None, private_key: Path | None) -> None:
    """Answer formulas over HTTP. The first line of standard output is {"url"}."""
    if (certificate is None) != (private_key is None):
        raise click.UsageError("--certificate and --private-key go together.")
    own = None if certificate is None or private_key is None else (certificate, private_key)
    with opened() as services:
        _refuse_demo_key(services, host)
        if not (tls or own) and host not in _LOOPBACK:
            click.echo(f"warning: on {host} tokens and rows travel in clear; put a proxy with TLS before it", err=True)
        _serve(services, host, port, tls=tls, own=own)
        _leave_even_if_netsuite_is_silent()


def _refuse_demo_key(services: Services, host: str) -> None:
    """Raise SettingError where others than this machine could reach what a demo's key seals."""
    if not services.keys.has_demo_key:
        return
    public = urlsplit(services.settings.public_url or "").hostname
    outside = next((name for name in (host, public) if name is not None and name not in _LOOPBACK), None)
    if outside is not None:
        raise SettingError(
            f"The demo's key is not for {outside}: it seals nothing that others could reach.",
            code="DEMO_KEY",
            remedy="Serve the demo on 127.0.0.1 alone, without CONNECTOR_PUBLIC_URL. For everything else set CONNECTOR_DATA "
            "to a directory of its own (a key is made there), or CONNECTOR_KEYS.",
        )


def _serve(services: Services, host: str, port: int, *, tls: bool, own: tuple[Path, Path] | None) -> None:
    server = Server((host, port), create_app(services=services), numthreads=_THREADS, server_name="nsquery")
    server.shutdown_timeout = _GRACE_SECONDS
    announcement = {}
    if own is not None:
        tls, server.ssl_adapter = True, _own_certificate(*own)
    elif tls:
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
        _stop_on_signals(server, services)  # before anybody is told that there is something to stop
        click.echo(json.dumps({"url": url, **announcement}))
        sys.stdout.flush()
        _show_setup_token(services, services.settings.public_url or url)
        services.housekeeping.start()
        server.serve()
    finally:
        server.stop()


def _own_certificate(certificate: Path, private_key: Path) -> LaterHandshake:
    """Raises SettingError for files that are no certificate with its key."""
    try:
        return LaterHandshake(str(certificate), str(private_key))
    except (OSError, ssl.SSLError) as error:
        raise SettingError(
            f"The certificate {certificate} and the key {private_key} do not go together, or are no PEM files.",
            code="BAD_CERTIFICATE_FILE",
            remedy="Give a PEM file with the certificate first and its chain behind it, and the key that belongs to it.",
        ) from error


def _show_setup_token(services: Services, url: str) -> None:
    """Who reads this console may become the first administrator; a log that is kept gets no token."""
    if not services.people.needs_set_up():
        return
    if not sys.stderr.isatty():
        how = "`connector people setup-token` shows the token that it asks for"
        structlog.get_logger().warning("nobody administers this service yet", page=f"{url}/setup", remedy=how)
        return
    token = services.people.setup_token()
    if token is not None:
        click.echo(f"Nobody administers this service yet. Open {url}/setup and give the token {token}", err=True)


def _reason(error: OSError) -> str:
    """The system's word for it; cheroot hides it in a sentence of its own."""
    if os.strerror(errno.EADDRINUSE) in str(error):
        return "it is in use"
    return "this machine does not have it, or the system refuses it"


def _stop_on_signals(server: Server, services: Services) -> None:
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
