"""Errors as the API tells them: RFC 9457 problem details with our code and remedy."""

from __future__ import annotations

import orjson
from flask import Response
from werkzeug.exceptions import HTTPException

from connector.errors import BusyError, CallerError, ConnectorError, NotAllowedError, RemoteError

_STATUS: tuple[tuple[type[ConnectorError], int], ...] = (
    (NotAllowedError, 401),
    (CallerError, 422),
    (BusyError, 503),
    (RemoteError, 502),
)


def problem(error: ConnectorError) -> Response:
    """The response for one of our errors."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    return _response(status, error.code, error.message, error.remedy, retryable=error.retryable)


def problem_of_http(error: HTTPException) -> Response:
    """The response for an error of HTTP itself: a path, a method, a body too large."""
    status = error.code or 500
    name = error.name.upper().replace(" ", "_")
    remedy = {404: "GET /openapi.json lists every path.", 413: "Send less at once."}.get(status, "Correct the request.")
    response = _response(status, name, error.description or error.name, remedy, retryable=False)
    for header, value in error.get_headers():
        if header.lower() in ("allow", "retry-after"):
            response.headers[header] = value
    return response


def details(error: ConnectorError) -> dict[str, str | bool]:
    """An error inside an answer that has others."""
    return {"code": error.code, "message": error.message, "remedy": error.remedy, "retryable": error.retryable}


def _response(status: int, code: str, message: str, remedy: str, *, retryable: bool) -> Response:
    body = {
        "type": "about:blank", "title": message, "status": status, "code": code, "message": message, "remedy": remedy,
        "retryable": retryable,
    }  # fmt: skip
    response = Response(orjson.dumps(body), status=status, mimetype="application/problem+json")
    if status == 401:  # noqa: PLR2004
        response.headers["WWW-Authenticate"] = 'Bearer realm="NSQuery"'
    return response
