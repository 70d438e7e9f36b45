"""The `connector` command: rows and secrets to standard output, all else to standard error.

Exit status 0; 1 for an error of NetSuite or the network, 2 for the caller's.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click
import structlog

from connector import __version__
from connector.errors import ConnectorError

__all__ = ["cli", "main"]


_COMMANDS = {
    "account": "connector.cli.account",
    "audit": "connector.cli.audit",
    "connection": "connector.cli.connection",
    "demo": "connector.cli.demo",
    "doctor": "connector.cli.doctor",
    "library": "connector.cli.library",
    "people": "connector.cli.people",
    "query": "connector.cli.query",
    "sandbox": "connector.sandbox.command",
    "serve": "connector.cli.serve",
    "token": "connector.cli.token",
    "vault": "connector.cli.vault",
}
"""Each command and the module that has it under its name."""


class Commands(click.Group):
    """The commands, each brought in once it is asked for: a question need not wait for the sandbox's database."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Their names, in order."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The command of a name; None where there is none."""
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(_COMMANDS[cmd_name]), cmd_name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="connector")
def cli() -> None:
    """NetSuite in Excel and Google Sheets."""


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
