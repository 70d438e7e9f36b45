"""The `connector` command: rows and secrets to standard output, all else to standard error.

Exit status 0; 1 for an error of NetSuite or the network, 2 for the caller's.
"""

from __future__ import annotations

import os
import sys

import click
import structlog

from connector import __version__
from connector.cli.account import account
from connector.cli.audit import audit
from connector.cli.connection import connection
from connector.cli.demo import demo
from connector.cli.doctor import doctor
from connector.cli.people import people
from connector.cli.query import query
from connector.cli.serve import serve
from connector.cli.token import token
from connector.cli.vault import vault
from connector.errors import ConnectorError
from connector.sandbox.command import sandbox

__all__ = ["cli", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="connector")
def cli() -> None:
    """NetSuite in Excel and Google Sheets."""


for command in (query, connection, account, token, serve, sandbox, demo, doctor, people, audit, vault):
    cli.add_command(command)


def main() -> None:
    """Run the command; an error is two lines on standard error, never a traceback."""
    try:
        cli(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told as an error
        sys.exit(_told(error))


def _told(error: Exception) -> int:
    """Tell an error and answer the exit status."""
    match error:
        case ConnectorError():
            say_error(code=error.code, message=error.message, remedy=error.remedy)
            return error.exit_status
        case click.exceptions.Exit():
            return error.exit_code
        case click.Abort():
            return 130
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message(), err=True)
            return 2
        case click.ClickException():
            say_error(code="BAD_COMMAND", message=error.format_message(), remedy="See connector --help.")
            return 2
        case BrokenPipeError():
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: no error of ours
            return 0
        case OSError():
            cause = error.strerror or type(error).__name__
            say_error(code="SYSTEM", message=cause, remedy="Check the file or address that was named.")
            return 1
        case _:
            structlog.get_logger().debug("unexpected", exc_info=error)
            say_error(
                code="INTERNAL",
                message=f"The command failed by a fault of its own ({type(error).__name__}).",
                remedy="Please report it; CONNECTOR_LOG_LEVEL=debug shows where.",
            )
            return 1


def say_error(*, code: str, message: str, remedy: str) -> None:
    """One line for the cause, one for the remedy."""
    click.echo(f"error {code}: {' '.join(message.split())}", err=True)
    click.echo(f"remedy: {' '.join(remedy.split())}", err=True)
