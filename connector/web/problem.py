"""Errors as the API tells them: RFC 9457 problem details with our code and remedy."""

from __future__ import annotations

import math
from http import HTTPStatus

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


_OF_HTTP = {
    404: ("There is nothing at this address.", "GET /openapi.json lists every path."),
    405: ("This address does not take this method.", "The header Allow names those it takes."),
    413: ("The request is too large.", "Send less at once."),
    415: ("The body is not JSON.", "Send Content-Type: application/json."),
}


def problem(error: ConnectorError) -> Response:
    """The response for one of our errors."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    return _response(status, error)


def problem_of_http(error: HTTPException) -> Response:
    """The response for an error of HTTP itself: a path, a method, a body too large."""
    status = error.code or 500
    message, remedy = _OF_HTTP.get(status, (f"{error.name}.", "Correct the request."))
    response = _response(
        status, ConnectorError(message, code=error.name.upper().replace(" ", "_"), remedy=remedy, retryable=False)
    )
    for header, value in error.get_headers():
        if header.lower() in ("allow", "retry-after"):
            response.headers[header] = value
    return response


def misdirected(error: ConnectorError) -> Response:
    """The response for a request to a host that this service does not answer as (RFC 9110, 15.5.20)."""
    return _response(HTTPStatus.MISDIRECTED_REQUEST, error)


def details(error: ConnectorError) -> dict[str, str | bool]:
    """An error inside an answer that has others."""
    return {"code": error.code, "message": error.message, "remedy": error.remedy, "retryable": error.retryable}


def _response(status: int, error: ConnectorError) -> Response:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": error.message}
    response = Response(orjson.dumps(body | details(error)), status=status, mimetype="application/problem+json")
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="NSQuery"'
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(math.ceil(error.retry_after))
    return response
