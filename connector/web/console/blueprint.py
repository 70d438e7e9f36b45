"""The console as one blueprint: its pages, its headers, and errors as pages."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, g, render_template, request
from werkzeug.exceptions import HTTPException

from connector.errors import CallerError, ConnectorError, NotAllowedError, RemoteError
from connector.web.console import (
    audit,
    care,
    connect,
    connections,
    devices,
    hand_off,
    library,
    openid,
    passkeys,
    people,
    records,
    revoke,
    sign_in,
)
from connector.web.console.guard import Guard, form_token, html
from connector.web.problem import problem
from connector.wiring import Services

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "script-src 'self'; connect-src 'self'; "
    "base-uri 'none'"
)
Register = Callable[[Blueprint, Services, Guard], None]
_PARTS: tuple[Register, ...] = (
    sign_in.register,
    connections.register,
    care.register,
    connect.register,
    records.register,
    devices.register,
    people.register,
    audit.register,
    hand_off.register,
    revoke.register,
    openid.register,
    library.register,
    passkeys.register,
)


def console_blueprint(services: Services) -> Blueprint:
    """Every page of the console."""
    here = Path(__file__).parent
    blueprint = Blueprint(
        "console",
        __name__,
        template_folder=str(here / "templates"),
        static_folder=str(here / "static"),
        static_url_path="/console",
    )
    guard = Guard(services)
    blueprint.before_request(guard.load)
    blueprint.before_request(guard.check_form)
    blueprint.after_request(_guarded)
    blueprint.register_error_handler(ConnectorError, _problem)
    blueprint.context_processor(lambda: {"csrf": form_token, "me": _me()})
    for register in _PARTS:
        register(blueprint, services, guard)
    return blueprint


def _me() -> object:
    return g.session.person if g.get("session") else None


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    return response


def _problem(error: ConnectorError) -> Response:
    """An error as a page: its cause, its remedy, and a way on; to a script as the API tells it."""
    if request.accept_mimetypes.best == "application/json":
        return problem(error)
    status = _status(error)
    response = html(render_template("console/problem.html", error=error, back=_back()), status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(int(error.retry_after) + 1)
    return response


def problem_page(error: HTTPException) -> Response:
    """A page for what HTTP itself refuses, where a browser asks."""
    told = ConnectorError(
        {404: "There is no such page.", 405: "This page does not take this."}.get(error.code or 0, f"{error.name}."),
        code=error.name.upper().replace(" ", "_"),
        remedy="Go back to the start.",
    )
    return _guarded(html(render_template("console/problem.html", error=told, back="/"), error.code or 500))


def _status(error: ConnectorError) -> int:
    if error.code == "TOO_MANY_ATTEMPTS":
        return HTTPStatus.TOO_MANY_REQUESTS
    if isinstance(error, NotAllowedError):
        return HTTPStatus.FORBIDDEN
    if isinstance(error, CallerError):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.BAD_GATEWAY if isinstance(error, RemoteError) else HTTPStatus.INTERNAL_SERVER_ERROR


def _back() -> str:
    return request.path if request.method == "GET" else "/"
