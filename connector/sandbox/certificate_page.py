"""OAuth 2.0 Client Credentials Setup: the page on which an administrator maps certificates (Oracle section_162790605110).

It works without JavaScript, and for a program: multipart in, JSON out where `Accept` asks for it. NetSuite puts it
behind a login to its pages, which the sandbox has none of; it listens on loopback instead.
"""

from __future__ import annotations

from typing import Any

import flask

from connector.sandbox.account import Account
from connector.sandbox.certificates import CertificateRefused, Mapping
from connector.sandbox.same_site import content_policy, is_cross_site, wants_json

PATH = "/app/setup/oauth2clientcredentials.nl"
_SUFFIXES = (".pem", ".crt", ".cer")

_Reply = flask.Response | tuple[flask.Response, int]


def blueprint(account: Account) -> flask.Blueprint:
    """The page of one account: GET lists, POST uploads, POST to `/revoke` revokes."""
    page = flask.Blueprint("certificates", __name__)

    @page.before_request
    def same_site() -> _Reply | None:
        return _reply(account, 403, error="This form was sent from another site.") if is_cross_site() else None

    @page.get(PATH)
    def show() -> _Reply:
        return _reply(account, 200)

    @page.post(PATH)
    def upload() -> _Reply:
        try:
            mapping = _upload(account)
        except CertificateRefused as refused:
            return _reply(account, 400, error=str(refused))
        return _done(account, mapping, 201)

    @page.post(f"{PATH}/revoke")
    def revoke() -> _Reply:
        mapping = account.certificates.find(flask.request.form.get("certificate_id", ""))
        if mapping is None or not account.certificates.revoke(mapping.certificate_id):
            return _reply(account, 404, error="There is no such certificate, or it is revoked already.")
        return _done(account, mapping, 200)

    @page.after_request
    def guard(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = content_policy()
        return response

    return page


def _upload(account: Account) -> Mapping:
    """Map the file to the chosen application, entity and role. Raises CertificateRefused."""
    form, directory = flask.request.form, account.directory
    chosen = form.get("integration", "")
    integration = directory.integrations.get(chosen) or directory.integration_by_key(chosen)
    entity, role = directory.entities.get(form.get("entity", "")), directory.roles.get(form.get("role", ""))
    file = flask.request.files.get("certificate")
    if integration is None:
        raise CertificateRefused("Choose an application.")
    if entity is None:
        raise CertificateRefused("Choose an entity.")
    if role is None:
        raise CertificateRefused("Choose a role.")
    if file is None or not (file.filename or "").lower().endswith(_SUFFIXES):
        raise CertificateRefused("Choose a certificate file: .pem, .crt or .cer.")
    return account.certificates.upload(integration, entity, role, file.read())


def _done(account: Account, mapping: Mapping, status: int) -> _Reply:
    if wants_json():
        return flask.jsonify(_as_json(account, mapping)), status
    response = flask.Response(status=303)
    response.headers["Location"] = PATH
    return response


def _reply(account: Account, status: int, *, error: str | None = None) -> _Reply:
    if wants_json():
        mappings = [_as_json(account, mapping) for mapping in account.certificates.mappings()]
        return flask.jsonify({"error": error} if error else mappings), status
    html = flask.render_template(
        "certificates.html",
        error=error,
        path=PATH,
        directory=account.directory,
        mappings=account.certificates.mappings(),
        is_usable=account.certificates.is_usable,
    )
    return flask.Response(html, status, mimetype="text/html")


def _as_json(account: Account, mapping: Mapping) -> dict[str, Any]:
    return {
        "certificate_id": mapping.certificate_id,
        "integration": mapping.integration.id,
        "client_id": mapping.integration.consumer_key,
        "entity": mapping.entity.id,
        "role": mapping.role.id,
        "valid_from": mapping.valid_from.isoformat(),
        "valid_until": mapping.valid_until.isoformat(),
        "active": account.certificates.is_usable(mapping),
        "revoked": mapping.revoked,
    }
