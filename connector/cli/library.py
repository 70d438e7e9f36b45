"""`connector library`: saved queries, looked at, kept and removed."""

from __future__ import annotations

from pathlib import Path

import click

from connector.accounts import WORKSPACE
from connector.cli.services import opened
from connector.core.library_query import LibraryQuery
from connector.errors import CallerError

_USER = click.option("--user", default=WORKSPACE, help="As this user; the workspace's own by default.")


@click.group()
def library() -> None:
    """Queries with a name: `connector query NAME`, =NSQUERY("NAME")."""


@library.command(name="list")
@_USER
def list_queries(user: str) -> None:
    """Name what may be asked, a line each: name, owner, version, parameters, first line of the description."""
    with opened() as services:
        for query in services.library.visible(user):
            parameters = " ".join(f":{one.name}" for one in query.parameters())
            first = query.description.partition("\n")[0]
            click.echo(f"{query.name}\t{query.owner or 'delivered'}\t{query.version}\t{parameters}\t{first}")


@library.command()
@click.argument("name")
@_USER
def show(name: str, user: str) -> None:
    """Print the SuiteQL of a query; its description and parameters go to standard error."""
    with opened() as services:
        query = services.library.find(user, name)
        versions = services.library.versions(user, name)
    click.echo(query.description, err=True)
    for parameter in query.parameters():
        default = "" if parameter.default is None else f", {parameter.default} where nothing is given"
        click.echo(f":{parameter.name} {parameter.type or 'any'}{default}", err=True)
    for version in versions:
        click.echo(f"version {version.number} of {version.made_at:%Y-%m-%d %H:%M} UTC by {version.made_by}", err=True)
    click.echo(query.text)


@library.command()
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_USER
@click.option("--description", default="", help="What it shows and what to mind.")
@click.option("--default", "defaults", multiple=True, help="name=value where nothing is given: as_of=today.")
@click.option("--private", is_flag=True, help="For --user alone; otherwise everybody here may ask it.")
def save(*, name: str, file: Path, user: str, description: str, defaults: tuple[str, ...], private: bool) -> None:
    """Keep the SuiteQL of FILE under NAME, or a new version of it."""
    pairs = dict(_pair(one) for one in defaults)
    text = file.read_text(encoding="utf-8-sig")
    with opened() as services:
        kept = services.library.save(user, LibraryQuery(name, description, text, pairs, is_shared=not private))
    click.echo(f"{kept.name}, version {kept.version}", err=True)


@library.command()
@click.argument("name")
@_USER
def remove(name: str, user: str) -> None:
    """Remove a saved query with all its versions."""
    with opened() as services:
        services.library.remove(user, name)
    click.echo(f"{name} is gone", err=True)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CallerError(
            f"The default {text[:40]} has no value.", code="BAD_PARAMETER", remedy="Write --default name=value."
        )
    return name.lower().removeprefix(":"), value
