"""POST /v1/formulas as a spreadsheet meets it."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import ValidationError

from connector.web.formula_models import FormulaAnswer, Problem
from tests.integration.service import ACCOUNT, service
from tests.unit.netsuite.scripted_netsuite import answer, page_of, refusal
from tests.unit.netsuite.scripted_netsuite import running as scripted_netsuite

EXCHANGE = json.loads(Path("tests/vectors/formulas_exchange.json").read_text(encoding="utf-8"))
DATE_PROBE = [{"d": "2/1/2003"}]


def asked(request):
    return json.loads(request.body)


def account_with(rows):
    """An account that holds these rows: it answers the columns a query names, and the probe of its date format."""

    def script(request):
        query = asked(request)["q"]
        if "2003-02-01" in query:
            return page_of(DATE_PROBE, request)
        if "NVL" in query:
            return refusal(400, "INVALID_PARAMETER", "No.")
        names = re.split(r",\s*", re.match(r"SELECT (.*?) FROM", query)[1])
        return page_of([{name: row[name] for name in names if name in row} for row in rows], request)

    return script


@pytest.fixture
def netsuite():
    with scripted_netsuite(account_with(EXCHANGE["netsuite"]["items"])) as server:
        yield server


@pytest.fixture
def running(tmp_path, netsuite):
    with service(tmp_path, netsuite.url, handover_seconds=0.2) as running:
        yield running


@pytest.fixture
def client(running):
    running.connect()
    return running.client()


def test_the_checked_in_exchange(netsuite, client):
    response = client.post(EXCHANGE["request"])
    assert response.status_code == 200
    told = response.get_json()
    FormulaAnswer.model_validate(told)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["results"][0]["as_of"])
    told["results"][0]["as_of"] = EXCHANGE["response"]["results"][0]["as_of"]
    assert told == EXCHANGE["response"]
    sent = [asked(r) for r in netsuite.received if "2003-02-01" not in asked(r)["q"]]
    assert sent == [{"q": EXCHANGE["netsuite"]["q"], "params": EXCHANGE["netsuite"]["params"]}]


def test_options_shape_the_answer(client):
    sql = "SELECT tranid, trandate, total FROM transaction"
    assert client.ask(sql, None, "headers=no")["values"][0][0] == "INV001"
    assert client.ask(sql, None, "as_of=yes")["values"][0][0].startswith("as of 20")
    limited = client.ask(sql, None, "limit=1")
    assert (limited["rows"], limited["proof"]["all_pages"]) == (1, False)


def test_a_date_without_a_type_is_bound_in_the_accounts_format(netsuite, client):
    client.ask("SELECT tranid FROM transaction WHERE trandate = ?", {"date": "2026-01-31"})
    assert asked(netsuite.received[-1])["params"] == ["1/31/2026"]


def test_a_blank_is_null_to_oracle(netsuite, client):
    client.ask("SELECT tranid FROM transaction WHERE memo = ?", [[None]])
    assert asked(netsuite.received[-1])["params"] == [""]


@pytest.mark.parametrize(
    ("script", "code", "retryable"),
    [
        (lambda _: refusal(401, "INVALID_LOGIN", "Invalid login attempt."), "LOGIN_REFUSED", False),
        (lambda _: refusal(400, "INVALID_PARAMETER", "Invalid search type: nope."), "UNKNOWN_TABLE", False),
        (lambda _: refusal(403, "INSUFFICIENT_PERMISSION", "No."), "INSUFFICIENT_PERMISSION", False),
        (lambda _: answer({"items": "none"}), "UNREADABLE_ANSWER", False),
    ],
)
def test_what_netsuite_refuses_is_one_error_with_a_remedy(netsuite, client, script, code, retryable):
    netsuite.script = script
    error = client.ask("SELECT tranid FROM transaction")["error"]
    assert (error["code"], error["retryable"]) == (code, retryable)
    assert error["message"]
    assert error["remedy"]


def test_one_wrong_call_leaves_the_others_alone(client):
    calls = [
        {"id": "a", "function": "NSQUERY", "arguments": ["SELECT tranid FROM transaction"]},
        {"id": "b", "function": "NSQUERY", "arguments": ["DELETE FROM transaction"]},
        {"id": "c", "function": "NSQUERY", "arguments": []},
    ]
    results = client.post({"calls": calls}).get_json()["results"]
    assert [r["id"] for r in results] == ["a", "b", "c"]
    assert ["values" in r for r in results] == [True, False, False]


def test_what_takes_long_is_pending_and_fetched_by_its_run(netsuite, client):
    gate = threading.Event()
    quick = netsuite.script

    def slow(request):
        gate.wait(20)
        return quick(request)

    netsuite.script = slow
    pending = client.ask("SELECT tranid, total FROM transaction")["pending"]
    assert set(pending) == {"run", "retry_after", "place"}
    assert pending["place"] == 1
    assert "pending" in client.fetch(pending["run"])
    gate.set()
    result = client.fetch(pending["run"])
    while "pending" in result:
        result = client.fetch(pending["run"])
    assert result["values"][1] == ["INV001", 1250.5]


def test_a_question_that_was_stopped_asks_for_no_further_page(netsuite, client):
    quick, arrived, go_on = netsuite.script, threading.Semaphore(0), threading.Semaphore(0)
    rows = [{"name": f"row {number}"} for number in range(9_000)]

    def one_by_one(request):
        if "customlist" not in asked(request)["q"]:
            return quick(request)
        arrived.release()
        go_on.acquire(timeout=20)
        return page_of(rows, request)

    netsuite.script = one_by_one
    pending = client.ask("SELECT name FROM (SELECT name FROM customlist_colours) x")["pending"]
    assert arrived.acquire(timeout=20)
    answer = client.post({"calls": [{"id": "1", "run": pending["run"], "stop": True}]}).get_json()["results"][0]
    assert answer["error"]["code"] == "STOPPED"
    for _ in range(20):
        go_on.release()
    assert client.fetch(pending["run"])["error"]["code"] == "UNKNOWN_RUN"
    client.ask("SELECT tranid FROM transaction")
    assert sum("customlist" in asked(request)["q"] for request in netsuite.received) == 1


def test_a_formula_nested_beyond_reason_is_one_answer_among_others(client):
    deep = f"SELECT {'NVL(' * 2000}x{', 0)' * 2000} AS tranid FROM transaction"
    calls = [
        {"id": str(number), "function": "NSQUERY", "arguments": [text]}
        for number, text in enumerate([deep, "SELECT tranid FROM transaction"])
    ]
    results = client.post({"calls": calls}).get_json()["results"]
    while "pending" in results[0]:
        results[0] = client.fetch(results[0]["pending"]["run"])
    assert [r.get("error", {}).get("code") for r in results] == ["QUERY_REFUSED", None]


def test_a_run_of_somebody_else_does_not_exist(netsuite, running, client):
    gate = threading.Event()
    quick = netsuite.script
    netsuite.script = lambda request: (gate.wait(20), quick(request))[1]
    run = client.ask("SELECT tranid FROM transaction")["pending"]["run"]
    assert running.client("eve").fetch(run)["error"]["code"] == "UNKNOWN_RUN"
    gate.set()


def test_a_connection_of_somebody_else_does_not_exist(running):
    running.connect(name="hers", owner="ada")
    assert "values" in running.client("ada").ask("SELECT tranid FROM transaction")
    eve = running.client("eve")
    assert eve.ask("SELECT tranid FROM transaction")["error"]["code"] == "NO_CONNECTION"
    assert eve.ask("SELECT tranid FROM transaction", None, "connection=hers")["error"]["code"] == "NO_CONNECTION"


def test_the_only_connection_is_the_default_and_of_two_one_is_named(running, client):
    running.connect(name="other")
    assert client.ask("SELECT tranid FROM transaction")["error"]["code"] == "AMBIGUOUS_CONNECTION"
    assert "values" in client.ask("SELECT tranid FROM transaction", None, "connection=other")
    assert (
        client.ask("SELECT tranid FROM transaction", None, "connection=third")["error"]["code"] == "UNKNOWN_CONNECTION"
    )


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer nsq_x_y"])
def test_without_a_token_of_ours_nothing_is_told(running, header):
    http = running.app.test_client()
    response = http.post("/v1/formulas", json=EXCHANGE["request"], headers={"Authorization": header} if header else {})
    assert response.status_code == 401
    assert response.mimetype == "application/problem+json"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    Problem.model_validate(response.get_json())


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"null", b'{"calls": []}', b'{"calls": 1, "date_system": 1905}', b"\xff\xfe", b'{"calls": [{}]}',
     b'{"calls": [{"id": 1, "function": "NSQUERY"}]}', b'{"calls": [null]}',
     b'{"calls": [{"id": "1", "function": "NSQUERY", "arguments": [NaN]}], "x": 1}', b"[" * 100_000],
)  # fmt: skip
def test_a_body_of_another_form_is_one_problem(client, body):
    response = client.http.post(
        "/v1/formulas", data=body, content_type="application/json", headers={"Authorization": f"Bearer {client.token}"}
    )
    assert response.status_code == 422
    problem = Problem.model_validate(response.get_json())
    assert problem.code == "BAD_REQUEST"


@pytest.mark.parametrize(
    "call",
    [
        {},
        {"function": 3},
        {"function": "NSQUERY", "run": "r"},
        {"function": "NSQUERY", "arguments": [None] * 11},
        {"x": 1},
    ],
)
def test_a_malformed_call_is_an_error_of_its_own(client, call):
    good = {"id": "good", "function": "NSQUERY", "arguments": ["SELECT tranid FROM transaction"]}
    bad, answered = client.post({"calls": [{"id": "bad", **call}, good]}).get_json()["results"]
    assert (bad["id"], bad["error"]["code"]) == ("bad", "BAD_REQUEST")
    assert "values" in answered


def test_a_body_that_is_no_json_is_an_unsupported_type(client):
    response = client.http.post(
        "/v1/formulas", data={"calls": "x"}, headers={"Authorization": f"Bearer {client.token}"}
    )
    assert response.status_code == 415
    assert Problem.model_validate(response.get_json()).code == "UNSUPPORTED_MEDIA_TYPE"


def test_an_answer_is_kept_for_a_caller_who_asks_twice(netsuite, client):
    gate = threading.Event()
    quick = netsuite.script
    netsuite.script = lambda request: (gate.wait(20), quick(request))[1]
    run = client.ask("SELECT tranid FROM transaction")["pending"]["run"]
    gate.set()
    first = client.fetch(run)
    while "pending" in first:
        first = client.fetch(run)
    assert client.fetch(run) == first


def test_a_refused_login_is_not_repeated_by_a_whole_workbook(netsuite, running, client):
    running.connect(name="same token")
    netsuite.script = lambda _: refusal(401, "INVALID_LOGIN", "Invalid login attempt.")
    calls = [
        {
            "id": f"{number}",
            "function": "NSQUERY",
            "arguments": [f"SELECT {number} FROM DUAL", None, f"connection={name}"],
        }
        for number, name in enumerate(["prod", '"same token"'] * 10)
    ]
    results = client.post({"calls": calls}).get_json()["results"]
    assert {r["error"]["code"] for r in results} == {"LOGIN_REFUSED"}
    assert len(netsuite.received) <= 2  # each connection asks for its date format before anything else


def test_more_cells_than_a_formula_gives_are_refused_before_they_are_read(netsuite, client):
    columns = ", ".join(f"c{number}" for number in range(20))
    netsuite.script = lambda request: answer(
        {
            "items": [{"c0": "1"}] * 1000,
            "count": 1000,
            "hasMore": True,
            "offset": 0,
            "totalResults": 60_000,
            "links": [],
        }
        if "2003-02-01" not in asked(request)["q"]
        else {"items": DATE_PROBE, "count": 1, "hasMore": False, "offset": 0, "totalResults": 1, "links": []}
    )
    assert client.ask(f"SELECT {columns} FROM t")["error"]["code"] == "OVER_LIMIT"
    assert len(netsuite.received) == 2


def test_connections_whose_names_differ_in_case_alone_are_told_apart(running, client):
    running.connect(name="PROD", role="Other")
    sql = "SELECT tranid FROM transaction"
    assert client.ask(sql, None, "connection=PROD")["proof"]["scope"].startswith("Other, ")
    assert client.ask(sql, None, "connection=prod")["proof"]["scope"].startswith("Controller, ")
    assert client.ask(sql, None, "connection=Prod")["error"]["code"] == "UNKNOWN_CONNECTION"


def test_a_body_past_the_bound_is_refused(client):
    response = client.http.post(
        "/v1/formulas",
        data=b" " * (9 * 1024 * 1024),
        content_type="application/json",
        headers={"Authorization": f"Bearer {client.token}"},
    )
    assert response.status_code == 413
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize(("method", "path", "status"), [("get", "/v1/formulas", 405), ("get", "/nothing", 404)])
def test_paths_and_methods_that_are_not_there(client, method, path, status):
    response = getattr(client.http, method)(path)
    assert response.status_code == status
    Problem.model_validate(response.get_json())


def test_health_and_description(client):
    assert client.http.get("/healthz").get_json() == {"status": "ok"}
    assert client.http.get("/readyz").get_json() == {"status": "ready"}
    described = client.http.get("/openapi.json").get_json()
    devices = {"/v1/device/code", "/v1/device/token"}
    assert set(described["paths"]) == {"/v1/formulas", "/healthz", "/readyz", "/openapi.json", *devices}
    OpenAPIV31SpecValidator(described).validate()
    responses = described["paths"]["/v1/formulas"]["post"]["responses"]
    assert all("application/problem+json" in responses[status]["content"] for status in responses if status != "200")


def test_no_answer_holds_a_secret(running, client):
    told = json.dumps([client.ask("SELECT tranid FROM transaction"), client.http.get("/openapi.json").get_json()])
    connection = running.services.vault.connections("workspace")[0]
    assert all(secret not in told for secret in running.services.vault.secrets(connection).values())


def test_an_account_id_cannot_name_another_host(running):
    for account in ("evil.example/", "1234567.evil.example", "1234567@evil", "1234567_SB1_x", "", "１２３４５６７"):
        with pytest.raises(Exception, match="account id"):
            running.connect(name="x", account=account)
    assert running.services.vault.connections("workspace") == []
    assert ACCOUNT.isdigit()


def test_the_models_refuse_what_the_service_never_sends():
    with pytest.raises(ValidationError):
        FormulaAnswer.model_validate({"results": [{"id": "1", "values": [[{"date": "tomorrow"}]]}]})
