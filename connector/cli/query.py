"""`connector query`: one question, its rows on standard output or in a file."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import click

from connector.accounts import WORKSPACE, grant
from connector.cli.services import opened
from connector.cli.table import print_table
from connector.core.formula import named_query, read_query
from connector.core.frame import Frame
from connector.core.parameters import Parameters
from connector.core.placeholders import find_placeholders
from connector.core.query_name import is_query_name
from connector.core.wire import to_arrow, to_csv, to_json
from connector.destinations.whole_file import whole_file
from connector.destinations.workbook import write_workbook
from connector.errors import CallerError

_FORMS = ("table", "csv", "json", "arrow", "xlsx")


@click.command()
@click.argument("text")
@click.option("--connection", "connection_name", help="The connection to ask over; the only one is the default.")
@click.option("--user", default=WORKSPACE, help="Ask as this user, over their connections too.")
@click.option("--param", "params", multiple=True, help="A value, or name=value for a :name; again for each value.")
@click.option("--format", "form", type=click.Choice(_FORMS), help="By default the ending of --output, else a table.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not at all."
)
@click.option("--guard", is_flag=True, help="In CSV, keep a spreadsheet from running text as a formula.")
def query(
    *,
    text: str,
    connection_name: str | None,
    user: str,
    params: tuple[str, ...],
    form: str | None,
    output: Path | None,
    guard: bool,
) -> None:
    """Ask NetSuite with SuiteQL TEXT, or with the name of a saved query."""
    form = form or _form_of(output)
    if (form == "xlsx" and output is None) or (form == "table" and output is not None):
        raise CallerError(
            "A workbook needs a file, and a table is for the terminal.",
            code="BAD_OUTPUT",
            remedy=f"Add --output FILE.xlsx, or --format one of {', '.join(_FORMS[1:])}.",
        )
    with opened() as services:
        saved = services.library.find(user, text) if is_query_name(text) else None
        given = _parameters(text if saved is None else saved.text, params)
        question = named_query(text, given, None if saved is None else lambda _: saved)
        frame = services.queries.run(grant(services.vault, user, question, connection_name))
    if form == "xlsx" and output is not None:
        write_workbook(frame, output)
    elif form == "table":
        print_table(frame)
    else:
        _emit(_encoded(frame, form, guard=guard), output)


def _form_of(output: Path | None) -> str:
    ending = output.suffix.removeprefix(".").lower() if output else ""
    return ending if ending in _FORMS else "table"


def _parameters(text: str, params: tuple[str, ...]) -> Parameters:
    """Values in order, or by name where the query's placeholders have names."""
    if not any(placeholder.name for placeholder in find_placeholders(read_query(text))):
        return Parameters(params)
    named: dict[str, tuple[object, ...]] = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals:
            raise CallerError(
                f"The parameter {name[:40]} has no value.", code="BAD_PARAMETER", remedy="Write --param name=value."
            )
        key = name.strip().removeprefix(":").lower()
        named[key] = (*named.get(key, ()), value)
    return Parameters(named=named)


def _encoded(frame: Frame, form: str, *, guard: bool) -> bytes:
    match form:
        case "json":
            return to_json(frame)
        case "arrow":
            return to_arrow(frame)
        case _:
            return to_csv(frame, guard=guard).encode()


def _emit(data: bytes, output: Path | None) -> None:
    if output is None:
        if sys.stdout is None:
            raise OSError(errno.EBADF, "Standard output is closed")
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    with whole_file(output) as part:
        part.write_bytes(data)
