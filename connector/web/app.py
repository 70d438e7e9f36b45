"""The Flask application."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, jsonify, request
from spectree import Response as Responses
from spectree import SpecTree
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from connector.accounts import WORKSPACE
from connector.errors import ConnectorError
from connector.settings import Settings, load_settings
from connector.web.console.blueprint import console_blueprint, problem_page
from connector.web.devices import devices_blueprint
from connector.web.formula_models import HealthModel, Problem
from connector.web.formulas import formulas_blueprint
from connector.web.hosts import host_check
from connector.web.log import configure
from connector.web.openapi import described, new_spec
from connector.web.problem import problem, problem_of_http
from connector.wiring import Services, build

_MAX_BODY = 8 * 1024 * 1024


def create_app(settings: Settings | None = None, services: Services | None = None) -> Flask:
    """The service, from its settings (the environment's by default) or from services that stand already."""
    services = services or build(settings or load_settings())
    configure(services.settings.log_level)
    app = Flask("connector.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY
    app.extensions["services"] = services
    spec = new_spec(services.settings.public_url)
    app.register_blueprint(formulas_blueprint(services, spec))
    app.register_blueprint(devices_blueprint(services, spec))
    app.register_blueprint(console_blueprint(services))
    _register_health(app, services, spec)
    app.register_error_handler(ConnectorError, problem)
    app.register_error_handler(HTTPException, _told)
    app.register_error_handler(Exception, _unexpected)
    app.before_request(_begin)
    app.before_request(host_check(services.settings))
    if hops := services.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.after_request(_finish)

    @app.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(described(spec))

    spec.app = app
    return app


def _register_health(app: Flask, services: Services, spec: SpecTree) -> None:
    @app.get("/healthz")
    @spec.validate(resp=Responses(HTTP_200=HealthModel), tags=["health"], skip_validation=True)
    def healthz() -> Response:
        """The process answers."""
        return jsonify(status="ok")

    @app.get("/readyz")
    @spec.validate(resp=Responses(HTTP_200=HealthModel, HTTP_500=Problem), tags=["health"], skip_validation=True)
    def readyz() -> Response:
        """The process can do its work: the database answers."""
        services.vault.connections(WORKSPACE)
        return jsonify(status="ready")


def _begin() -> None:
    g.started = time.monotonic()


def _told(error: HTTPException) -> Response:
    """A page for a browser, a problem for everybody else."""
    wants = request.accept_mimetypes.best_match(["application/problem+json", "application/json", "text/html"])
    return problem_page(error) if wants == "text/html" else problem_of_http(error)


def _unexpected(error: Exception) -> Response:
    structlog.get_logger().error("unexpected", path=_route(), exc_info=error)
    return problem(ConnectorError("The service failed; its log has the reason.", code="INTERNAL"))


def _route() -> str:
    """The path with its variables' names: a link that works once is a secret and stays out of the log."""
    return request.url_rule.rule if request.url_rule is not None else "-"


def _finish(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    structlog.get_logger().info(
        "request",
        method=request.method,
        path=_route(),
        status=response.status_code,
        milliseconds=round((time.monotonic() - g.started) * 1000),
    )
    return response
