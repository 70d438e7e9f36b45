"""Every route, asked by a stranger, by somebody else, and by a reader: the table in docs/security.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connector.people.sessions import csrf_token
from tests.integration.service import TBA, service

PASSWORD = "a sentence that nobody guesses"
SECURITY = Path(__file__).parents[2] / "docs" / "security.md"
LINE = re.compile(r"^\| `(GET|POST) ([^`]+)` \| (\S+) \| (\S+) \| (\S+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """Ada, an administrator, owns a connection and a token; Otto, an author, and Rea, a reader, own nothing."""
    with service(tmp_path_factory.mktemp("data"), "http://127.0.0.1:9", log_level="error") as running:
        services = running.services
        ada = services.people.set_up(services.people.setup_token(), name="Ada", password=PASSWORD)
        for name, role in (("Otto", "author"), ("Rea", "reader")):
            services.people.accept(services.people.invite(ada, name=name, role=role), password=PASSWORD)
        connection = running.connect("prod", owner="Ada", secrets=TBA)
        services.tokens.create("Ada", label="mine")
        names = {
            "connection_id": connection.id,
            "record_id": connection.integration_record_id,
            "token_id": services.tokens.list("Ada")[0].id,
            "person_id": ada.id,
            "session_id": services.sessions.begin(ada, address="", agent="")[0].id,
            "act": "block",
            "token": "unknown",
            "name": "trial_balance",
            "passkey_id": "0123456789abcdef0123456789abcdef",
            "filename": "console.css",
        }
        yield running, names


def visitor(running, name: str | None):
    """A client of a browser's kind, signed in as that person."""
    client = running.app.test_client()
    if name:
        client.post("/sign-in", data={"name": name, "password": PASSWORD})
    return client


def answer(running, client, method: str, path: str) -> str:
    """The status, or `page` where it leads to the sign-in page."""
    form = {}
    cookie = client.get_cookie("nsquery")
    if cookie is not None and method == "POST":
        form = {"csrf": csrf_token(cookie.value)}
    response = client.open(path, method=method, data=form)
    response.close()  # a static file is read by and by
    leads_in = response.status_code == 302 and response.headers["Location"].startswith("/sign-in")
    return "page" if leads_in else str(response.status_code)


def routes(running) -> list[tuple[str, str]]:
    return sorted(
        (method, rule.rule.replace("<path:", "<"))
        for rule in running.app.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}
    )


def test_every_route_answers_as_the_table_says(stage) -> None:
    running, names = stage
    listed = {(method, path): row for method, path, *row in LINE.findall(SECURITY.read_text(encoding="utf-8"))}
    found = {}
    for method, path in routes(running):
        asked = re.sub(r"<(\w+)>", lambda name: names[name[1]], path)
        # A visitor anew for each: some routes end the session.
        who = (None, "Otto", "Rea")
        found[method, path] = [answer(running, visitor(running, name), method, asked) for name in who]
    table = "".join(
        f"| `{m} {p}` | {' | '.join(row)} |\n" for (m, p), row in sorted(found.items(), key=lambda i: i[0][::-1])
    )
    assert found == listed, f"\n{table}"


def test_nobody_but_the_owner_learns_that_a_connection_is_there(stage) -> None:
    running, names = stage
    otto = visitor(running, "Otto")
    theirs = otto.get(f"/connections/{names['connection_id']}").get_data(as_text=True)
    unknown = otto.get("/connections/0123456789abcdef0123456789abcdef").get_data(as_text=True)
    assert theirs.replace(names["connection_id"], "X") == unknown.replace("0123456789abcdef0123456789abcdef", "X")
