"""`connector serve`: the service, until it is told to stop."""

from __future__ import annotations

import json
import signal
import sys
import threading
from types import FrameType

import click
from cheroot import wsgi
from cheroot.ssl.builtin import BuiltinSSLAdapter

from connector.cli.loopback_certificate import loopback_certificate
from connector.cli.services import opened
from connector.errors import SettingError
from connector.web import create_app
from connector.wiring import Services

_THREADS = 24


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Only loopback by default.")
@click.option("--port", default=8620, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--tls", is_flag=True, help="Serve HTTPS with a certificate of its own for localhost.")
def serve(host: str, port: int, tls: bool) -> None:
    """Answer formulas over HTTP. The first line of standard output is {"url"}."""
    with opened() as services:
        _serve(services, host, port, tls=tls)


def _serve(services: Services, host: str, port: int, *, tls: bool) -> None:
    app = create_app(services=services)
    server = wsgi.Server((host, port), app, numthreads=_THREADS, server_name="nsquery", request_queue_size=64)
    announcement = {}
    if tls:
        files = loopback_certificate(services.settings.data)
        server.ssl_adapter = BuiltinSSLAdapter(str(files.certificate), str(files.private_key))
        announcement["ca_file"] = str(files.authority)
    try:
        server.prepare()
    except OSError as error:
        raise SettingError(
            f"The address {host}:{port} cannot be listened on: {error.args[-1]}.",
            code="BAD_ADDRESS",
            remedy="Choose another --port, or 0 for a free one.",
        ) from error
    shown = f"[{host}]" if ":" in host else host
    url = f"{'https' if tls else 'http'}://{shown}:{server.bind_addr[1]}"
    click.echo(json.dumps({"url": url, **announcement}))
    sys.stdout.flush()
    _stop_on_signals(server)
    server.serve()


def _stop_on_signals(server: wsgi.Server) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.stop, name="stop").start()  # stop() waits for threads, a handler must not

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
