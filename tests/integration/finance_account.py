"""A sandbox with our service before it, asked with the files of docs/queries as `connector query` asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import structlog

from connector.accounts import WORKSPACE, grant
from connector.cli import cli
from connector.core.formula import bind_query
from connector.core.parameters import Parameters
from connector.core.wire import rows_of
from connector.sandbox.profile import PROFILES
from connector.sandbox.server import running
from tests.integration.service import Running, service

QUERIES = Path(__file__).parents[2] / "docs/queries"
SINGLE = QUERIES / "no-oneworld"
LINES = 4_000

Rows = list[dict[str, Any]]
Ask = Callable[..., Rows]
"""A file's name and its parameters → its rows."""


@dataclass(frozen=True, slots=True)
class FinanceAccount:
    """One account: its books, and two ways to ask."""

    profile: str
    books: Mapping[str, Any]
    service: Running
    environment: Mapping[str, str]

    @property
    def oneworld(self) -> bool:
        return PROFILES[self.profile].oneworld

    def file(self, name: str) -> Path:
        """The file of a query, for this kind of account."""
        single = SINGLE / f"{name}.sql"
        return QUERIES / f"{name}.sql" if self.oneworld or not single.exists() else single

    def ask(self, name: str, **params: str) -> Rows:
        """Through the code that the command runs. No figure may be one that NetSuite sent rounded."""
        question = bind_query(self.file(name).read_text(encoding="utf-8"), Parameters(named=_named(params)))
        services = self.service.services
        frame = services.queries.run(grant(services.vault, WORKSPACE, question, None))
        assert not [column.name for column in frame.columns if column.approximate]
        names = [column.name for column in frame.columns]
        return [dict(zip(names, row, strict=True)) for row in rows_of(frame)]

    def command(self, directory: Path, monkeypatch: Any) -> Ask:
        """Through the command itself, its words and its file."""

        def ask(name: str, **params: str) -> Rows:
            given = [word for key, value in _named(params).items() for word in ("--param", f"{key}={value[0]}")]
            output = directory / "answer.json"
            before = structlog.get_config()
            with monkeypatch.context() as patch:
                for key, value in self.environment.items():
                    patch.setenv(key, value)
                words = ["query", self.file(name).read_text(encoding="utf-8"), *given, "--output", str(output)]
                cli(words, standalone_mode=False)
            structlog.configure(**before)
            return json.loads(output.read_bytes())

        return ask


def _named(params: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Parameters by name; `from` is a word of Python's, so that it is written `from_`."""
    return {name.rstrip("_"): (value,) for name, value in params.items()}


@contextmanager
def finance_account(data: Path, *, seed: int, profile: str, lines: int = LINES) -> Iterator[FinanceAccount]:
    """Token-Based Authentication for the first seed, client credentials for the others."""
    with running(rows=lines, seed=seed, profile=profile) as sandbox, service(data, sandbox.url) as behind:
        told = sandbox.announcement
        machine = {name: told["client_credentials"][name] for name in ("client_id", "certificate_id")}
        machine["private_key"] = Path(told["client_credentials"]["private_key_file"]).read_text(encoding="utf-8")
        method, secrets = ("tba", told["tba"]) if seed == 1 else ("oauth2_client_credentials", machine)
        behind.connect("sandbox", secrets=secrets, account=told["account"], method=method)
        # The command opens its database anew each time: one of its own, since nothing else in this process may have it open.
        with service(data / "command", sandbox.url) as commands:
            commands.connect("sandbox", secrets=secrets, account=told["account"], method=method)
        with urlopen(told["books"], timeout=60) as answer:
            books = json.load(answer)
        environment = {"CONNECTOR_DATA": str(data / "command"), "CONNECTOR_NETSUITE_URL": sandbox.url}
        yield FinanceAccount(profile, books, behind, environment)
