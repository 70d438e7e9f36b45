"""Every secret of a whole visit, searched for in the log, the database, the answers and the pages."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx2
import pyotp
import pytest

from connector.sandbox.server import running
from connector.settings import child_environment, load_settings
from connector.vault.envelope import Envelope
from connector.vault.sealed_rows import get_secrets
from connector.wiring import build

PASSWORD = "a sentence that nobody guesses"
QUERY = "SELECT id FROM currency ORDER BY id"


def forms(secret: str) -> set[bytes]:
    """A secret as it might turn up: plain, in base64, in hex, in a URL."""
    raw = secret.encode()
    return {
        raw,
        raw.hex().encode(),
        base64.b64encode(raw).rstrip(b"="),
        base64.urlsafe_b64encode(raw).rstrip(b"="),
        quote(secret, safe="").encode(),
    }


def leaks(secrets: dict[str, str], places: dict[str, bytes]) -> list[str]:
    """Which secret stands where."""
    return [
        f"{name} in {place}"
        for name, secret in secrets.items()
        for place, content in places.items()
        if any(form in content for form in forms(secret))
    ]


class Visit:
    """A browser without pictures: what was answered is kept, what must be shown once is not."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, follow_redirects=True)
        self.answers: dict[str, bytes] = {}

    def get(self, path: str) -> str:
        return self._kept(f"GET {path}", self.http.get(path))

    def post(self, path: str, shows_once: bool = False, page: str | None = None, **form: str) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]*)"', self.http.get(page or "/account").text)
        answer = self.http.post(path, data={"csrf": found[1] if found else "", **form})
        return answer.text if shows_once else self._kept(f"POST {path}", answer)

    def _kept(self, name: str, answer: httpx2.Response) -> str:
        headers = "\n".join(f"{key}: {value}" for key, value in answer.headers.items() if key != "set-cookie")
        self.answers[f"{name} {len(self.answers)}"] = f"{answer.url}\n{headers}\n{answer.text}".encode()
        return answer.text


@contextmanager
def serving(data: Path, netsuite: str):
    """`connector serve` as it is run, its log in a file."""
    environment = child_environment(
        {"CONNECTOR_DATA": str(data), "CONNECTOR_NETSUITE_URL": netsuite, "CONNECTOR_LOG_LEVEL": "debug"}
    )
    with (data / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "connector", "serve", "--port", "0"],
            env=environment | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()
            process.wait(timeout=20)
            process.stdout.close()


def consented(visit: Visit, told: dict) -> dict[str, str]:
    """Begin a consent that nobody ends: its state is a secret of the address of one browser, its verifier of ours."""
    page = visit.http.get("/connect/consent").text
    record = re.search(r'name="record" value="([0-9a-f]{32})"', page)[1]
    gone_on = visit.post("/connect/consent", shows_once=True, page="/connect/consent", record=record, name="consent")
    return {"state": re.search(r"state=([A-Za-z0-9_-]{22,})", gone_on)[1]}


def kept(data: Path, netsuite: str, link: str) -> dict[str, str]:
    """What the vault holds sealed and no page ever shows: opened here with its key, to be looked for everywhere."""
    services = build(load_settings({"CONNECTOR_DATA": str(data), "CONNECTOR_NETSUITE_URL": netsuite}))
    found = {}
    with services.vault.hand_offs.taking(link) as (_, private_key):
        found["private key"] = private_key.splitlines()[1]
    with services.database.read() as transaction:
        sealed = transaction.exec_driver_sql("SELECT row_id FROM secret WHERE table_name = 'authorization_flow'").all()
        rows = {row.row_id for row in sealed}
        for row in rows:
            values = get_secrets(transaction, Envelope(services.keys), table="authorization_flow", row=row, origin="")
            found["PKCE verifier"] = values["verifier"]
    services.close()
    return found


@pytest.fixture(scope="module")
def visited(tmp_path_factory):
    """The secrets of the visit, and every place where none may stand."""
    data = tmp_path_factory.mktemp("data")
    with running(rows=300) as sandbox, serving(data, sandbox.url) as url:
        told, secrets = sandbox.announcement, {}
        setup = subprocess.run(
            [sys.executable, "-m", "connector", "people", "setup-token"],
            env=child_environment({"CONNECTOR_DATA": str(data)}),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        secrets["setup token"] = setup
        visit = Visit(url)
        visit.post("/setup", page="/setup", token=setup, name="Ada", password=PASSWORD, again=PASSWORD)
        secrets |= {"password": PASSWORD, "cookie": visit.http.cookies["nsquery"]}
        secrets |= told["tba"]
        visit.post("/connect/values", name="four values", account=told["account"], role="Reader", **told["tba"])
        wrong = told["tba"] | {"token_id": "e" * 64, "token_secret": "f" * 64}  # another login: one breaker a login
        visit.post("/connect/values", name="wrong values", account=told["account"], **wrong)
        secrets["wrong token secret"] = "f" * 64
        visit.post(
            "/connect/values", name="four values", account=told["account"], **wrong
        )  # refused: the name is taken
        for connection in set(re.findall(r"/connections/([0-9a-f]{32})", visit.get("/connections"))):
            page = f"/connections/{connection}"
            for act in ("test", "examine"):
                visit.post(f"{page}/{act}", page=page)
            visit.post(f"{page}/rows", page=page, query=QUERY)
            visit.get(page)
        made = visit.post("/tokens", shows_once=True, label="script", days="30")
        secrets["API token"] = re.search(r"nsq_[0-9a-f]{12}_([A-Za-z0-9_-]{43})", made)[1]
        token = re.search(r"nsq_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", made)[0]
        for headers in ({"Authorization": f"Bearer {token}"}, {"Authorization": f"Bearer {token}x"}):
            calls = [{"id": "1", "function": "NSQUERY", "arguments": [QUERY, None, "connection=four values"]}]
            visit._kept("formulas", visit.http.post("/v1/formulas", json={"calls": calls}, headers=headers))
        link = re.search(r"/hand-off/([A-Za-z0-9_-]{43})", visit.post(
            "/connect/certificate", shows_once=True, account=told["account"], name="by certificate", kind="ec-p256"
        ))[1]  # fmt: skip
        secrets["hand-off link"] = link
        secrets["client secret"] = told["oauth2"]["client_secret"]
        visit.post(
            "/records", page="/records/new", account=told["account"], name="by consent", authorization_code="1",
            redirect_uri=told["oauth2"]["redirect_uris"][0], scope="rest_webservices", state="enabled",
            client_id=told["oauth2"]["client_id"], client_secret=told["oauth2"]["client_secret"],
        )  # fmt: skip
        secrets |= consented(visit, told)
        enrolled = visit.http.get("/second-factor").text
        secrets["one-time code secret"] = re.search(r"secret=([A-Z2-7]+)", enrolled)[1]
        visit.post("/second-factor", page="/account", code=pyotp.TOTP(secrets["one-time code secret"]).now())
        secrets["invitation"] = re.search(
            r"/join/([A-Za-z0-9_-]{43})", visit.post("/people", shows_once=True, name="Otto", role="author")
        )[1]
        for page in (f"/hand-off/{link}", f"/hand-off/{link}/certificate.pem", f"/join/{secrets['invitation']}"):
            visit.http.get(page)  # whoever has the link sees it; the log must not
        for path in ("/audit", "/audit.jsonl", "/records", "/tokens", "/people", "/nothing", "/connections/x"):
            visit.get(path)
        visit.http.close()
        netsuite = sandbox.url
    places = {file.name: file.read_bytes() for file in data.glob("nsquery.db*")}
    places["log"] = (data / "log.txt").read_bytes()
    secrets |= kept(data, netsuite, link)
    return secrets, places | visit.answers


def test_no_secret_of_the_visit_stands_anywhere(visited) -> None:
    secrets, places = visited
    assert len(secrets) >= 15
    assert {"client secret", "private key", "PKCE verifier", "state"} < set(secrets)
    assert {"nsquery.db", "log"} < set(places)
    assert len(places) > 20
    assert sum(b"rows, read as Reader" in content for content in places.values()) == 1, "the visit went another way"
    assert sum(b"It works." in content for content in places.values()) == 1
    assert leaks(secrets, places) == []


def test_the_search_finds_a_canary_in_each_of_its_forms(visited) -> None:
    _, places = visited
    canary = {"canary": "a+canary/that=is logged on purpose"}
    for form in forms(canary["canary"]):
        assert leaks(canary, places | {"log": places["log"] + b"...before " + form + b" behind..."}) == [
            "canary in log"
        ]
    assert leaks(canary, places) == []
