"""Setup > Integration > Manage Integrations: the records listed, edited, created, and their credentials reset.

Client id and secret appear once, on the confirmation page. It works without JavaScript, and for a program: a form with
every field, or JSON with those to change; JSON comes out where `Accept` asks for it. Guarded as the certificates' page.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import flask

from connector.sandbox.account import Account
from connector.sandbox.directory import ConsentPolicy, Integration, Scope, State, new_credential
from connector.sandbox.integration_form import HOURS, TICKS, RecordRefused, changed, fields_of_form, shown
from connector.sandbox.same_site import content_policy, is_cross_site, wants_json

LIST = "/app/common/integration/integrapplist.nl"
RECORD = "/app/common/integration/integrapp.nl"
RESET = f"{RECORD}/reset"
_TITLES = {
    "token_based": "Token-Based Authentication",
    "token_flow": "TBA: Authorization Flow",
    "issue_token": "TBA: IssueToken Endpoint",
    "authorization_code": "Authorization Code Grant",
    "client_credentials": "Client Credentials (Machine to Machine) Grant",
    "public_client": "Public Client",
    "refresh_token_hours": "Refresh Token Validity (in hours)",
    "rotation_hours": "Maximum Time For Token Rotation (in hours)",
}

_Reply = flask.Response | tuple[flask.Response, int]


def blueprint(account: Account) -> flask.Blueprint:
    """The pages of one account."""
    page = flask.Blueprint("integrations", __name__)

    @page.before_request
    def same_site() -> _Reply | None:
        return _refused("This form was sent from another site.", 403) if is_cross_site() else None

    page.add_url_rule(LIST, "list", lambda: _list(account))
    page.add_url_rule(RECORD, "show", lambda: _show(account))
    page.add_url_rule(RECORD, "save", lambda: _save(account), methods=["POST"])
    page.add_url_rule(RESET, "reset", lambda: _reset(account), methods=["POST"])

    @page.after_request
    def guard(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = content_policy()
        return response

    return page


def _list(account: Account) -> _Reply:
    records = list(account.directory.integrations.values())
    if wants_json():
        return flask.jsonify([shown(one) for one in records])
    return _page("integrations.html", records=records, record_path=RECORD)


def _show(account: Account) -> _Reply:
    record = _chosen(account) if "id" in flask.request.args else _draft()
    return flask.jsonify(shown(record)) if wants_json() else _edit(record)


def _save(account: Account) -> _Reply:
    """Save a record; a new one goes to the confirmation page."""
    is_new = "id" not in flask.request.args
    record = _draft() if is_new else _chosen(account)
    try:
        made = changed(record, _fields())
    except RecordRefused as refused:
        return _refused(str(refused), 400)
    if is_new:
        return _confirmed(account.directory.keep(made), 201)
    for one in fields(made):
        setattr(record, one.name, getattr(made, one.name))
    if wants_json():
        return flask.jsonify(shown(record))
    response = flask.Response(status=303)
    response.headers["Location"] = LIST
    return response


def _reset(account: Account) -> _Reply:
    """New credentials; what the old ones earned ends."""
    record = _chosen(account)
    record.consumer_key, record.consumer_secret = new_credential(), new_credential()
    account.grants.revoke_all(record)
    return _confirmed(record, 200)


def _chosen(account: Account) -> Integration:
    record = account.directory.integrations.get(flask.request.args.get("id", ""))
    if record is None:
        flask.abort(404)
    return record


def _draft() -> Integration:
    """A record as the page for a new one shows it: nothing ticked, not in the account yet."""
    return Integration(
        "",
        "New Integration",
        new_credential(),
        new_credential(),
        token_based=False,
        client_credentials=False,
        scopes=frozenset(),
    )


def _fields() -> dict[str, object]:
    """Raises RecordRefused for JSON that is no object."""
    if not flask.request.is_json:
        return fields_of_form(flask.request.form)
    try:
        document = flask.request.get_json(silent=True)
    except RecursionError:
        document = None
    if not isinstance(document, dict):
        raise RecordRefused("The body must be a JSON object.")
    return document


def _edit(record: Integration) -> flask.Response:
    return _page(
        "integration.html",
        record=record,
        record_path=RECORD,
        reset_path=RESET,
        titles=_TITLES,
        ticks=TICKS,
        hours=HOURS,
        states=State,
        policies=ConsentPolicy,
        scopes=Scope,
    )


def _confirmed(record: Integration, status: int) -> _Reply:
    """The confirmation page, the only one that shows the secret."""
    if wants_json():
        return flask.jsonify({**shown(record), "client_secret": record.consumer_secret}), status
    return _page("integration_saved.html", record=record, list_path=LIST), status


def _refused(reason: str, status: int) -> _Reply:
    if wants_json():
        return flask.jsonify({"error": reason}), status
    return _page("integration_refused.html", reason=reason, list_path=LIST), status


def _page(template: str, **shown_there: Any) -> flask.Response:
    return flask.Response(flask.render_template(template, **shown_there), mimetype="text/html")
