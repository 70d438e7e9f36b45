"""The `connector` command: rows and secrets to standard output, all else to standard error.

Exit status 0; 1 for an error of NetSuite or the network, 2 for the caller's.
"""

from __future__ import annotations

import sys

import click

from connector import __version__
from connector.cli.connection import connection
from connector.cli.demo import demo
from connector.cli.query import query
from connector.cli.serve import serve
from connector.cli.token import token
from connector.errors import ConnectorError
from connector.sandbox.command import sandbox

__all__ = ["cli", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="connector")
def cli() -> None:
    """NetSuite in Excel and Google Sheets."""


for command in (query, connection, token, serve, sandbox, demo):
    cli.add_command(command)


def main() -> None:
    """Run the command; an error of ours is two lines on standard error."""
    try:
        cli(standalone_mode=False)
    except ConnectorError as error:
        say_error(code=error.code, message=error.message, remedy=error.remedy)
        sys.exit(error.exit_status)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        say_error(code="BAD_COMMAND", message=error.format_message(), remedy="See connector --help.")
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone, which is no error of ours
        sys.exit(0)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        say_error(code="SYSTEM", message=cause, remedy="Check the file or address that was named.")
        sys.exit(1)


def say_error(*, code: str, message: str, remedy: str) -> None:
    """One line for the cause, one for the remedy."""
    click.echo(f"error {code}: {' '.join(message.split())}", err=True)
    click.echo(f"remedy: {' '.join(remedy.split())}", err=True)
