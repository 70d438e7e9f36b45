"""Acts in the console that change what others may do: sharing, tokens, four values, the audit log, somebody who leaves."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from connector.cli import cli
from connector.core.library_query import LibraryQuery
from connector.people.sessions import csrf_token
from connector.sandbox.server import running as sandbox_running
from tests.integration.service import service
from tests.unit.netsuite.scripted_netsuite import refusal
from tests.unit.netsuite.scripted_netsuite import running as scripted_netsuite

PASSWORD = "a sentence that nobody guesses"


class Browser:
    """Somebody signed in."""

    def __init__(self, place, name: str) -> None:
        self.http = place.app.test_client()
        self.http.post("/sign-in", data={"name": name, "password": PASSWORD})

    def post(self, path: str, **form: str):
        cookie = self.http.get_cookie("nsquery")
        return self.http.post(path, data={"csrf": csrf_token(cookie.value), **form})

    def get(self, path: str) -> str:
        return self.http.get(path).get_data(as_text=True)


@pytest.fixture
def sandbox():
    with sandbox_running(rows=300) as sandbox:
        yield sandbox


@pytest.fixture
def place(tmp_path, sandbox):
    with service(tmp_path / "data", sandbox.url, log_level="error") as place:
        people = place.services.people
        ada = people.set_up(people.setup_token(), name="Ada", password=PASSWORD)
        people.accept(people.invite(ada, name="Otto", role="author"), password=PASSWORD)
        yield place


def values(sandbox, **different: str) -> dict[str, str]:
    told = sandbox.announcement
    return {"name": "four", "account": told["account"], "role": "Reader", **told["tba"], **different}


def connections(place, name: str) -> list[str]:
    return [one.name for one in place.services.vault.connections(name)]


def test_four_values_are_tried_before_they_are_kept(place, sandbox):
    ada = Browser(place, "Ada")
    answer = ada.post("/connect/values", **values(sandbox, token_secret="0" * 64))
    assert answer.status_code == 422
    assert "Login Audit Trail" in answer.get_data(as_text=True)
    assert "without trying" not in answer.get_data(as_text=True)
    assert connections(place, "Ada") == []
    answer = ada.post("/connect/values", **values(sandbox))
    assert answer.status_code in (200, 302), answer.get_data(as_text=True)
    assert connections(place, "Ada") == ["four"]


def test_values_for_an_account_out_of_reach_are_kept_where_the_person_says_so(tmp_path, sandbox):
    with service(tmp_path / "data", "http://127.0.0.1:9", log_level="error") as place:
        place.services.people.set_up(place.services.people.setup_token(), name="Ada", password=PASSWORD)
        ada = Browser(place, "Ada")
        answer = ada.post("/connect/values", **values(sandbox))
        assert "without trying" in answer.get_data(as_text=True)
        assert connections(place, "Ada") == []
        ada.post("/connect/values", untried="1", **values(sandbox))
        assert connections(place, "Ada") == ["four"]


def test_a_record_is_entered_with_everything_that_netsuites_page_has(place, sandbox):
    ada = Browser(place, "Ada")
    told = sandbox.announcement
    assert "Maximum time for token rotation" in ada.get("/records/new")
    form = {
        "account": told["account"], "name": "NSQuery", "description": "reads", "note": "by Ada", "state": "enabled",
        "authorization_code": "1", "public_client": "1", "redirect_uri": "https://nsquery.example.com/oauth2/callback",
        "refresh_token_hours": "48", "rotation_hours": "168", "scope": "rest_webservices", "consent_policy": "always_ask",
        "client_id": told["oauth2"]["public_client_id"],
    }  # fmt: skip
    bad = ada.post("/records", **form | {"refresh_token_hours": "9999"})
    assert bad.status_code == 422
    assert told["oauth2"]["public_client_id"] in bad.get_data(as_text=True)
    assert place.services.vault.integration_records.list("Ada") == []
    assert ada.post("/records", **form).status_code == 302
    (record,) = place.services.vault.integration_records.list("Ada")
    assert (record.options.refresh_token_hours, record.options.rotation_hours) == (48, 168)
    assert "by Ada" in ada.get(f"/records/{record.id}")


def test_a_connection_is_shared_with_everybody_who_is_or_comes_here(place, sandbox):
    ada, otto = Browser(place, "Ada"), Browser(place, "Otto")
    ada.post("/connect/values", **values(sandbox))
    (connection,) = place.services.vault.connections("Ada")
    ada.post(f"/connections/{connection.id}/share", **{"with": "workspace"})
    assert "Everybody here" in ada.get(f"/connections/{connection.id}")
    assert "four" in otto.get("/connections")
    ada.post(f"/connections/{connection.id}/unshare", **{"with": "workspace"})
    assert "four" not in otto.get("/connections")


def test_a_token_of_the_command_line_can_be_as_narrow_as_one_of_the_console(place, sandbox, monkeypatch, tmp_path):
    Browser(place, "Ada").post("/connect/values", **values(sandbox))
    monkeypatch.setenv("CONNECTOR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CONNECTOR_NETSUITE_URL", sandbox.url)
    words = ["token", "create", "--user", "Ada", "--label", "prices", "--days", "30", "--connection", "four"]
    made = CliRunner().invoke(cli, [*words, "--library-only"], catch_exceptions=False)
    assert made.exit_code == 0
    (token,) = place.services.tokens.list("Ada")
    (connection,) = place.services.vault.connections("Ada")
    assert (token.label, token.connection_ids, token.library_only) == ("prices", (connection.id,), True)
    assert 29 <= (token.expires_at - datetime.now(UTC)).days <= 30
    refused = CliRunner().invoke(cli, [*words[:-1], "nobody's"]).exception
    assert (refused.code, refused.exit_status) == ("UNKNOWN_CONNECTION", 2)
    assert CliRunner().invoke(cli, [*words[:6], "--days", "0"]).exit_code == 2
    assert len(place.services.tokens.list("Ada")) == 1


def test_the_log_is_exported_as_it_was_filtered_and_to_others_their_own_acts(place, sandbox):
    ada, otto = Browser(place, "Ada"), Browser(place, "Otto")
    ada.post("/connect/values", **values(sandbox))

    def exported(browser: Browser, query: str = "") -> list[dict]:
        return [json.loads(line) for line in browser.get(f"/audit.jsonl{query}").splitlines()]

    every = exported(ada)
    assert all("hash" in line for line in every)
    assert {line["actor"] for line in exported(ada, "?actor=Otto")} == {"Otto"}
    assert {line["action"] for line in exported(ada, "?action=sign_in")} == {"sign_in"}
    assert {line["actor"] for line in exported(otto)} == {"Otto"}
    assert {line["actor"] for line in exported(otto, "?actor=Ada")} == {"Otto"}
    numbers = [line["sequence"] for line in exported(ada, "?actor=Ada")]
    assert numbers == sorted(numbers)


def test_netsuites_own_id_of_a_fault_stands_beside_the_question(tmp_path):
    words = "An unexpected error occurred. Error ID: jrgbpyylphhishmmlxyt"
    with (
        scripted_netsuite(lambda _: refusal(400, "USER_ERROR", words)) as netsuite,
        service(tmp_path / "data", netsuite.url, log_level="error") as place,
    ):
        place.connect()
        place.client().ask("SELECT tranid FROM transaction")
        (event,) = place.services.audit.list(action="query")
    assert event.detail["netsuite_id"] == "jrgbpyylphhishmmlxyt"


def test_who_is_erased_reads_nothing_at_netsuite_any_more_and_leaves_shared_queries_behind(place, sandbox):
    otto, ada = Browser(place, "Otto"), Browser(place, "Ada")
    otto.post("/connect/values", **values(sandbox))
    library = place.services.library
    for name, is_shared in (("shared_one", True), ("own_one", False)):
        library.save("Otto", LibraryQuery(name, "", "SELECT id FROM account", is_shared=is_shared))
    someone = place.services.people.find("Otto")
    page = ada.get(f"/people/{someone.id}/leaving")
    assert "four" in page
    ada.post(f"/people/{someone.id}/block")
    ada.post(f"/people/{someone.id}/erase", confirmed="Otto")
    assert [event.outcome for event in place.services.audit.list(action="connection_revoked")] == ["ok"]
    assert library.find("Ada", "shared_one").owner == "Ada"
    assert "own_one" not in {query.name for query in library.visible("Ada")}


def test_a_query_is_kept_asked_by_others_changed_by_its_owner_and_removed_by_name(place, sandbox):
    ada, otto = Browser(place, "Ada"), Browser(place, "Otto")
    assert "Trial balance: debits and credits" in ada.get("/library")
    form = {
        "name": "subsidiaries",
        "description": "All of them",
        "text": "SELECT id FROM subsidiary WHERE id >= :from:number",
    }
    bad = ada.post("/library", **form, defaults="from")
    assert bad.status_code == 422
    assert "All of them" in bad.get_data(as_text=True)
    assert ada.post("/library", **form, defaults="from=1", is_shared="1").status_code == 302
    assert "1 where nothing is given" in otto.get("/library/subsidiaries")
    assert otto.post("/library", **form).status_code == 422
    ada.post("/library", **form | {"text": "SELECT id, name FROM subsidiary"}, is_shared="1")
    assert "<li>2, " in ada.get("/library/subsidiaries")
    ada.post("/connect/values", **values(sandbox))
    (connection,) = place.services.vault.connections("Ada")
    ada.post(f"/connections/{connection.id}/share", **{"with": "workspace"})
    place.client("Otto").ask("subsidiaries")
    page = ada.get("/library/subsidiaries")
    assert "Otto" in page.partition("Latest runs")[2]
    assert ada.post("/library/subsidiaries/remove").status_code == 422
    ada.post("/library/subsidiaries/remove", confirmed="subsidiaries")
    assert "subsidiaries" not in ada.get("/library")
