"""The sandbox's HTTP side: web services for programs, a few pages for people."""

from __future__ import annotations

import io
import logging
import secrets
import string
import time
from email.utils import formatdate

import flask
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge

from connector.sandbox import (
    account_settings,
    certificate_page,
    consent_pages,
    control,
    faults,
    hosts,
    integration_page,
    services,
    token_services,
)
from connector.sandbox.account import Account
from connector.sandbox.faults import Refused
from connector.sandbox.request_body import BodyMalformed, BodyTooLarge, read_body
from connector.sandbox.wire import RESTLET, Answer, Request

AUDIT_TRAIL = "/sandbox/login-audit-trail"
BOOKS = "/sandbox/books"
_ERROR_ID_LENGTH = 20

log = logging.getLogger("connector.sandbox")


def create_sandbox(account: Account, *, any_name: bool = False) -> flask.Flask:
    """The account as a WSGI application.

    `any_name` takes host names other than NetSuite's and this machine's, for a sandbox beyond loopback.
    """
    app = flask.Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined] # Flask's default provider has it, its Protocol does not
    app.register_blueprint(certificate_page.blueprint(account))
    app.register_blueprint(integration_page.blueprint(account))
    app.register_blueprint(consent_pages.blueprint(account))
    app.register_blueprint(control.blueprint(account))
    app.register_blueprint(account_settings.blueprint(account))

    @app.before_request
    def web_services() -> flask.Response | None:
        """Answer whatever is no page, with the path as it stood on the wire: it enters the signature."""
        flask.g.started = time.monotonic()
        request = _read(account, any_name=any_name)
        account.received.add(request)
        if request.is_restlet or request.path.startswith(("/services/", token_services.PREFIX)):
            return _response(services.answer(account, request))
        return None

    @app.get("/")
    def index() -> str:
        return flask.render_template(
            "index.html",
            account=account,
            audit_trail=AUDIT_TRAIL,
            books=BOOKS,
            certificates=certificate_page.PATH,
            integrations=integration_page.LIST,
            settings=account_settings.PATH,
        )

    @app.get(AUDIT_TRAIL)
    def audit_trail() -> flask.Response:
        return flask.jsonify(account.audit_trail.as_json())

    @app.get(BOOKS)
    def books() -> flask.Response:
        return flask.jsonify(account.company.books())

    _handle_errors(app)

    @app.after_request
    def finish(response: flask.Response) -> flask.Response:
        response.headers["Date"] = formatdate(account.clock(), usegmt=True)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        milliseconds = (time.monotonic() - flask.g.started) * 1000
        log.info("%s %r %s %.0f ms", flask.request.method, flask.request.path, response.status_code, milliseconds)
        return response

    return app


def _handle_errors(app: flask.Flask) -> None:
    @app.errorhandler(Refused)
    def refused(error: Refused) -> flask.Response:
        return _response(error.answer)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> flask.Response:
        """The framework's own refusals: a form too large, a page that does not exist or takes another method."""
        if isinstance(error, RequestEntityTooLarge):
            return _response(faults.too_large())
        if isinstance(error, NotFound):
            return _response(faults.not_found())
        return flask.Response(error.get_body(), error.code, error.get_headers())

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> flask.Response:
        error_id = "".join(secrets.choice(string.ascii_lowercase) for _ in range(_ERROR_ID_LENGTH))
        log.error("error %s", error_id, exc_info=error)
        return _response(faults.unexpected(error_id))


def _read(account: Account, *, any_name: bool) -> Request:
    """The request as it stood on the wire. Raises Refused for a host that is not the account's."""
    incoming = flask.request
    target = hosts.target_of(incoming.environ["REQUEST_URI"])
    body = _body(target.path)
    try:
        address = hosts.address_of(
            incoming.environ.get("HTTP_HOST", "") if target.host is None else target.host,
            target.scheme or incoming.scheme,
            account.host_label,
            any_name=any_name,
        )
    except hosts.UnknownAccount as error:
        # Another account's address: the login there is not this one's to write down.
        raise Refused(faults.login_refused(faults.token_challenge(account.account_id))) from error
    except hosts.ForeignHost as error:
        detail = "This address is not one of the account's."
        raise Refused(faults.fault(421, "INVALID_HOST", detail)) from error
    request = Request(
        incoming.method,
        address.base_url,
        target.path,
        target.query,
        {name.lower(): value for name, value in incoming.headers.items()},
        body,
        incoming.remote_addr or "",
    )
    if not hosts.serves(address.service, target.path):
        if address.service is not None and address.service.is_shared:
            raise Refused(faults.login_refused(faults.token_challenge(account.account_id)))
        detail = "The request was sent to the wrong domain."
        wrong = faults.restlet_fault(403, "INVALID_REQUEST", detail) if request.is_restlet else faults.not_found()
        raise Refused(wrong)
    return request


def _body(path: str) -> bytes:
    """The whole body, read before anything is answered: what is left of it would pass for the next request."""
    environ = flask.request.environ
    try:
        body = read_body(environ)
    except BodyTooLarge as error:
        raise Refused(faults.too_large()) from error
    except BodyMalformed as error:
        raise Refused(faults.restlet_malformed_body() if path == RESTLET else faults.malformed_body()) from error
    environ["wsgi.input"] = io.BytesIO(body)  # for the pages' forms
    return body


def _response(answer: Answer) -> flask.Response:
    return flask.Response(answer.body, answer.status, dict(answer.headers))
