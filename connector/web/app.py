"""The Flask application."""

from __future__ import annotations

import structlog
from flask import Flask, Response, jsonify, request
from spectree import SpecTree
from spectree.models import SecureType, SecurityScheme, SecuritySchemeData
from werkzeug.exceptions import HTTPException

from connector import __version__
from connector.accounts import WORKSPACE
from connector.errors import ConnectorError
from connector.settings import Settings, load_settings
from connector.web.formulas import formulas_blueprint
from connector.web.problem import problem, problem_of_http
from connector.wiring import Services, build

_MAX_BODY = 8 * 1024 * 1024


def create_app(settings: Settings | None = None, services: Services | None = None) -> Flask:
    """The service, from its settings (the environment's by default) or from services that stand already."""
    services = services or build(settings or load_settings())
    app = Flask("connector.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY
    app.extensions["services"] = services
    spec = _openapi()
    app.register_blueprint(formulas_blueprint(services, spec))
    _register_health(app, services, spec)
    app.register_error_handler(ConnectorError, problem)
    app.register_error_handler(HTTPException, problem_of_http)
    app.register_error_handler(Exception, _unexpected)
    app.after_request(_no_store)

    @app.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(spec.spec)

    spec.app = app
    return app


def _openapi() -> SpecTree:
    bearer = SecurityScheme(
        name="token",
        data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer", description="From `connector token create`."),
    )
    return SpecTree(
        "flask", title="NSQuery", version=__version__, security_schemes=[bearer], mode="strict", annotations=False
    )


def _register_health(app: Flask, services: Services, spec: SpecTree) -> None:
    @app.get("/healthz")
    @spec.validate(tags=["health"], skip_validation=True)
    def healthz() -> Response:
        """The process answers."""
        return jsonify(status="ok")

    @app.get("/readyz")
    @spec.validate(tags=["health"], skip_validation=True)
    def readyz() -> Response:
        """The process can do its work: the database answers."""
        services.vault.connections(WORKSPACE)
        return jsonify(status="ready")


def _unexpected(error: Exception) -> Response:
    structlog.get_logger().error("unexpected", path=request.path, exc_info=error)
    return problem(ConnectorError("The service failed; its log has the reason.", code="INTERNAL"))


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
