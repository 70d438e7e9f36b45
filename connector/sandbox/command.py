"""`connector sandbox`: a NetSuite account on this machine."""

from __future__ import annotations

import json
import logging
import os
import stat
import sys
from pathlib import Path

import click

from connector.sandbox.account import REDIRECT_URIS
from connector.sandbox.company.company import FEWEST_LINES, MOST_LINES
from connector.sandbox.profile import PROFILES
from connector.sandbox.redirect_uri import AddressRefused, checked_redirect_uri
from connector.sandbox.server import SEED, opened_account
from connector.sandbox.serving import serving
from connector.sandbox.stop_signals import StopSignal, exit_when_told_to_stop

log = logging.getLogger("connector.sandbox")


def _redirect_uris(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(checked_redirect_uri(uri) for uri in given) or REDIRECT_URIS
    except AddressRefused as refused:
        raise click.BadParameter(str(refused)) from refused


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on; 0 takes a free one.")
@click.option("--tls", is_flag=True, help="Speak TLS with a certificate made for this run.")
@click.option("--latency-ms", type=click.IntRange(0, 600_000), default=0, help="Shortest time of a request.")
@click.option(
    "--rows",
    type=click.IntRange(FEWEST_LINES, MOST_LINES),
    default=10_000,
    show_default=True,
    help="Number of transaction lines.",
)
@click.option("--seed", type=int, default=SEED, show_default=True, help="Same seed, same data.")
@click.option("--concurrency", type=click.IntRange(1, 500), default=5, show_default=True, help="Requests at once.")
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default="default",
    show_default=True,
    help="Features and preferences of the account.",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to keep large companies in.  [default: .cache/nsquery/sandbox in your home]",
)
@click.option(
    "--redirect-uri",
    "redirect_uris",
    multiple=True,
    callback=_redirect_uris,
    help="Redirect URI of both integration records; may be given more than once.",
)
@click.option("--issue-token", is_flag=True, help="Tick the IssueToken endpoint, and announce a password for it.")
def sandbox(  # noqa: PLR0917 - click passes them by name
    host: str,
    port: int,
    tls: bool,
    latency_ms: int,
    rows: int,
    seed: int,
    concurrency: int,
    profile: str,
    cache: Path | None,
    redirect_uris: tuple[str, ...],
    issue_token: bool,
) -> None:
    """Run a local NetSuite account until SIGTERM.

    Prints one line of JSON with its address and credentials when it accepts connections; logs go to standard error.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    _never_wait_for_a_reader()
    exit_when_told_to_stop()
    log.info("making a company of %d transaction lines", rows)
    with opened_account(
        rows=rows,
        seed=seed,
        profile=profile,
        concurrency=concurrency,
        latency_ms=latency_ms,
        cache=cache or _usual_cache(),
        redirect_uris=redirect_uris,
    ) as account:
        account.integration.issue_token = issue_token
        stop = StopSignal()
        try:
            with serving(account, host=host, port=port, tls=tls) as running:
                if not stop.has_come:
                    click.echo(json.dumps(running.announcement))
                stop.wait()
        except OSError as error:
            raise click.ClickException(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from error


def _usual_cache() -> Path | None:
    """None for a user without a home, as containers have: then nothing is kept."""
    try:
        return Path.home() / ".cache" / "nsquery" / "sandbox"
    except RuntimeError:
        return None


def _never_wait_for_a_reader() -> None:
    """A parent that does not read its end of standard error must not stop the account: it loses lines instead."""
    if os.name != "nt" and stat.S_ISFIFO(os.fstat(sys.stderr.fileno()).st_mode):
        os.set_blocking(sys.stderr.fileno(), False)
        logging.raiseExceptions = False
