"""`connector doctor`: what is wrong with a connection, and where in NetSuite to put it right."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from connector.accounts import WORKSPACE, choose, visible
from connector.cli.services import opened
from connector.destinations.whole_file import whole_file
from connector.doctor import Doctor, Finding
from connector.errors import SettingError
from connector.netsuite.account import AccountId
from connector.netsuite.control_reference import ControlReference, read_reference, written
from connector.netsuite.control_totals import control_totals
from connector.netsuite.trial_balance import TrialBalance


@click.command()
@click.option("--connection", "connection_name", help="The connection to examine; the only one is the default.")
@click.option("--user", default=WORKSPACE, help="Examine a connection of this user.")
@click.option(
    "--reference", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Control totals of a wider role (--save-reference), or a native trial balance in CSV.",
)  # fmt: skip
@click.option(
    "--save-reference", "save", type=click.Path(path_type=Path, dir_okay=False),
    help="Write what this connection's role sees, to be a narrower role's reference.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The findings as a JSON array.")
def doctor(*, connection_name: str | None, user: str, reference: Path | None, save: Path | None, as_json: bool) -> None:
    """Try everything a connection needs, one line a check. Exit status 1 where there is a problem."""
    compared = _read(reference)
    found: list[Finding] = []
    with opened() as services:
        chosen = choose(visible(services.vault, user), connection_name)
        for finding in Doctor(services.settings).examine(chosen, services.connections.open, compared):
            found.append(finding)
            if not as_json:
                _say(finding)
        if save is not None and not any(finding.name == "login" and finding.verdict == "ok" for finding in found):
            click.echo(f"nothing was saved to {save}: the login did not work", err=True)
        elif save is not None:
            access = services.connections.open(chosen)
            totals = control_totals(access.suiteql)
            account = AccountId.parse(chosen.account_id).realm
            _save(save, ControlReference(account, access.scope, datetime.now(UTC), totals))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found], indent=1, ensure_ascii=False))
    if any(finding.verdict == "problem" for finding in found):
        sys.exit(1)


def _read(path: Path | None) -> ControlReference | TrialBalance | None:
    if path is None:
        return None
    try:
        return read_reference(path.read_bytes())
    except OSError as error:
        raise SettingError(
            f"The reference {path} cannot be read.", code="BAD_REFERENCE", remedy="Name a file this user may read."
        ) from error


def _save(path: Path, reference: ControlReference) -> None:
    with whole_file(path) as part:
        part.write_bytes(written(reference))
    click.echo(f"saved the control totals of {reference.scope} to {path}", err=True)


def _say(finding: Finding) -> None:
    """One line, and the remedy under it where there is something to do."""
    detail = f" ({finding.detail})" if finding.detail else ""
    click.echo(_printable(f"{finding.verdict:<10} {finding.name:<36} {finding.cause}{detail}"))
    if finding.remedy and finding.verdict != "ok":
        click.echo(_printable(f"{'':<10} {'':<36} {finding.remedy}"))


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
