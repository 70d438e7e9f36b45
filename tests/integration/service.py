"""The service before an account that answers as it is told, or before the sandbox."""

from __future__ import annotations

from contextlib import contextmanager

from connector.settings import load_settings
from connector.web.app import create_app
from connector.wiring import build

ACCOUNT = "1234567"
TBA = {name: name[0] * 64 for name in ("consumer_key", "consumer_secret", "token_id", "token_secret")}


class Client:
    """A spreadsheet's side of the API, as one user."""

    def __init__(self, app, token):
        self.http = app.test_client()
        self.token = token

    def post(self, body, headers=None):
        return self.http.post(
            "/v1/formulas", json=body, headers={"Authorization": f"Bearer {self.token}", **(headers or {})}
        )

    def ask(self, *arguments, **request):
        """One call's result."""
        body = {"calls": [{"id": "1", "function": "NSQUERY", "arguments": list(arguments)}], **request}
        return self.post(body).get_json()["results"][0]

    def fetch(self, run):
        """What a pending run has become."""
        return self.post({"calls": [{"id": "1", "run": run}]}).get_json()["results"][0]


class Running:
    """A service, its parts and its clients."""

    def __init__(self, services):
        self.services = services
        self.app = create_app(services=services)

    def client(self, user="ada"):
        return Client(self.app, self.services.tokens.create(user))

    def connect(self, name="prod", owner="workspace", secrets=None, account=ACCOUNT, method="tba", role="Controller"):
        return self.services.connections.add(
            owner=owner, name=name, account=account, method=method, secrets=secrets or TBA, role=role
        )


@contextmanager
def service(data, netsuite_url, **settings):
    environment = {"CONNECTOR_DATA": str(data), "CONNECTOR_NETSUITE_URL": netsuite_url}
    services = build(load_settings(environment | {f"CONNECTOR_{k.upper()}": str(v) for k, v in settings.items()}))
    try:
        yield Running(services)
    finally:
        services.close()
