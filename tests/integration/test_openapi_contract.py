"""schemathesis on `/openapi.json`: what the service answers is what it describes, whatever is sent."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from connector.sandbox.server import running
from tests.integration.service import service

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
QUESTION = {"calls": [{"id": "1", "function": "NSQUERY", "arguments": ["SELECT id FROM currency ORDER BY id"]}]}
PASSWORD = "a sentence that nobody guesses"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with (
        running(rows=300) as sandbox,
        service(tmp_path_factory.mktemp("data"), sandbox.url, log_level="error") as running_service,
    ):
        told = sandbox.announcement
        running_service.connect("sandbox", secrets=told["tba"], account=told["account"])
        services = running_service.services
        ada = services.people.set_up(services.people.setup_token(), name="Ada", password=PASSWORD)
        yield running_service, services.tokens.create("Ada"), ada


@pytest.fixture(scope="module")
def schema(stage):
    running_service, _, _ = stage
    return schemathesis.openapi.from_wsgi("/openapi.json", running_service.app)


def test_nothing_that_is_sent_breaks_what_is_described(stage, schema) -> None:
    _, token, _ = stage

    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=40,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case) -> None:
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            case.validate_response(response, checks=list(CHECKS))

        ask()


def test_each_operation_answers_well_when_it_is_asked_well(stage, schema) -> None:
    running_service, token, ada = stage
    http, services = running_service.app.test_client(), running_service.services
    well = {
        "POST /v1/formulas": http.post("/v1/formulas", json=QUESTION, headers={"Authorization": f"Bearer {token}"}),
        "POST /v1/device/code": http.post("/v1/device/code", data={"client_id": "cli", "label": "terminal"}),
        **{f"GET {path}": http.get(path) for path in ("/healthz", "/readyz", "/openapi.json")},
    }
    begun = well["POST /v1/device/code"].get_json()
    services.devices.approve(begun["user_code"], ada, None)
    asked = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": begun["device_code"]}
    well["POST /v1/device/token"] = http.post("/v1/device/token", data=asked)
    assert {label: answer.status_code for label, answer in well.items()} == dict.fromkeys(well, 200)
    assert set(well) >= {result.ok().label for result in schema.get_all_operations()}
    assert "error" not in well["POST /v1/formulas"].get_json()["results"][0]
