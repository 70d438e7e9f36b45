"""Saved queries at every door: the formula, the command line, a token for them alone, who may change them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from connector.cli import cli
from connector.core.library_query import LibraryQuery
from connector.errors import ConnectorError
from connector.library.delivered import delivered
from connector.sandbox.server import running as sandbox_running
from tests.integration.service import Client, service


@pytest.fixture(scope="module")
def sandbox():
    with sandbox_running(rows=1_000) as sandbox:
        yield sandbox


@pytest.fixture
def place(tmp_path, sandbox):
    with service(tmp_path / "data", sandbox.url, log_level="error", handover_seconds=30) as place:
        told = sandbox.announcement
        place.connect(account=told["account"], secrets=told["tba"])
        yield place


def refusal(call, *arguments, **named) -> str:
    with pytest.raises(ConnectorError) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_every_delivered_query_of_a_oneworld_account_is_asked_by_its_name(place):
    client = place.client()
    for name in delivered():
        if name.endswith("_single_company"):
            continue
        values = [[":from", "2025-01-01"], [":to", "2025-03-31"], [":as_of", "2025-03-31"], [":category", "1"]]
        known = {f":{one.name}" for one in delivered()[name].parameters()}
        answer = client.ask(name, [row for row in values if row[0] in known])
        assert "error" not in answer, (name, answer)
        assert answer["proof"]["all_pages"]


def test_a_formula_takes_the_defaults_where_nothing_is_given(place):
    place.services.library.save(
        "ada", LibraryQuery("since", "", "SELECT COUNT(*) AS n FROM transaction WHERE trandate >= :day:date",
                            {"day": "2024-01-01"})
    )  # fmt: skip
    client = place.client()
    every = client.ask("since")["values"][1][0]
    assert client.ask("SINCE", "2026-06-30")["values"][1][0] < every
    (event, *_) = place.services.audit.list(action="query")
    assert (event.detail["query"], event.detail["version"]) == ("since", 1)


def test_a_token_for_saved_queries_alone_asks_them_and_no_sql(place):
    token = place.services.tokens.create("ada", library_only=True)
    client = Client(place.app, token)
    assert "error" not in client.ask("inventory_on_hand")
    assert client.ask("SELECT id FROM account")["error"]["code"] == "LIBRARY_ONLY"


def test_versions_stay_and_what_is_the_same_makes_none(place):
    library = place.services.library
    first = library.save("ada", LibraryQuery("mine", "a", "SELECT 1 AS n FROM DUAL"))
    same = library.save("ada", LibraryQuery("mine", "a", "SELECT 1 AS n FROM DUAL"))
    second = library.save("ada", LibraryQuery("Mine", "a", "SELECT 2 AS n FROM DUAL"))
    assert (first.version, same.version, second.version) == (1, 1, 2)
    assert [version.query.text for version in library.versions("ada", "mine")] == [
        "SELECT 2 AS n FROM DUAL",
        "SELECT 1 AS n FROM DUAL",
    ]


def test_somebody_elses_query_is_asked_where_it_is_shared_and_changed_by_nobody_else(place):
    library = place.services.library
    library.save("ada", LibraryQuery("shared", "", "SELECT 1 AS n FROM DUAL"))
    library.save("ada", LibraryQuery("own", "", "SELECT 1 AS n FROM DUAL", is_shared=False))
    assert library.find("bob", "shared").owner == "ada"
    assert refusal(library.find, "bob", "own") == "UNKNOWN_QUERY"
    assert refusal(library.save, "bob", LibraryQuery("shared", "", "SELECT 2 AS n FROM DUAL")) == "QUERY_NAME_TAKEN"
    assert refusal(library.save, "bob", LibraryQuery("own", "", "SELECT 2 AS n FROM DUAL")) == "QUERY_NAME_TAKEN"
    assert refusal(library.remove, "bob", "own") == "UNKNOWN_QUERY"
    assert refusal(library.remove, "bob", "shared") == "QUERY_NAME_TAKEN"
    assert (
        refusal(library.save, "ada", LibraryQuery("trial_balance", "", "SELECT 1 AS n FROM DUAL")) == "QUERY_NAME_TAKEN"
    )
    library.remove("ada", "shared")
    assert refusal(library.find, "ada", "shared") == "UNKNOWN_QUERY"


def test_the_command_line_keeps_shows_asks_and_removes(place, sandbox, tmp_path, monkeypatch):
    monkeypatch.setenv("CONNECTOR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CONNECTOR_NETSUITE_URL", sandbox.url)
    file = tmp_path / "q.sql"
    file.write_text("SELECT id, name FROM subsidiary WHERE id <= :most:number ORDER BY id;\n", encoding="utf-8")

    def run(*words: str):
        return CliRunner().invoke(cli, list(words), catch_exceptions=False)

    assert run("library", "save", "subsidiaries", str(file), "--default", "most=2").exit_code == 0
    assert "subsidiaries\tworkspace\t1\t:most" in run("library", "list").output
    assert "SELECT id, name FROM subsidiary" in run("library", "show", "subsidiaries").output
    assert run("query", "subsidiaries", "--format", "csv").stdout.splitlines() == [
        "id,name",
        "1,Parent Company",
        "2,Europe",
    ]
    assert run("query", "subsidiaries", "--param", "most=1", "--format", "csv").stdout.splitlines() == [
        "id,name",
        "1,Parent Company",
    ]
    assert run("library", "remove", "subsidiaries").exit_code == 0
    assert CliRunner().invoke(cli, ["query", "subsidiaries"]).exception.code == "UNKNOWN_QUERY"
