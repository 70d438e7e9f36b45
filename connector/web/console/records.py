"""Integration records: NetSuite's page of an application, field by field, and the credentials it issued."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.errors import CallerError
from connector.netsuite.account import AccountId
from connector.vault.authentication_options import AI_CONNECTOR, CONSENT_POLICIES, SCOPES, STATES, AuthenticationOptions
from connector.vault.integration_record_rows import IntegrationRecord
from connector.web.console.guard import Guard, field, html, person
from connector.wiring import Services

_BOXES = (
    "token_based",
    "authorization_flow",
    "issue_token",
    "authorization_code",
    "client_credentials",
    "public_client",
)
_LONGEST_NOTE = 4_000


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages."""

    @blueprint.get("/records")
    @guard.signed_in
    def list_records() -> str:
        return render_template("console/records.html", records=services.vault.integration_records.list(person().name))

    @blueprint.get("/records/<record_id>")
    @guard.signed_in
    def show_record(record_id: str) -> str:
        return _page(services, _record(services, record_id))

    @blueprint.post("/records/<record_id>")
    @guard.roles("administrator", "author")
    @guard.fresh
    def edit_record(record_id: str) -> Response | str:
        record = _record(services, record_id)
        try:
            _check_secret()
            services.ways_in.edit_record(
                user=person().name,
                record_id=record.id,
                name=field("name", 100),
                description=field("description", _LONGEST_NOTE),
                note=field("note", _LONGEST_NOTE),
                state=field("state", 30),
                options=options_of_form(),
                client_id=field("client_id", 200) or None,
                client_secret=field("client_secret", 200) or None,
            )
        except CallerError as error:
            return html(_page(services, record, error=error), 422)
        services.audit.add(
            actor=person().name, action="record_changed", subject=field("name", 100), account_id=record.account_id
        )
        return redirect(url_for("console.show_record", record_id=record.id))

    @blueprint.post("/records/<record_id>/remove")
    @guard.roles("administrator", "author")
    @guard.fresh
    def remove_record(record_id: str) -> Response:
        record = _record(services, record_id)
        if request.form.get("confirmed") != record.name:
            raise CallerError("This was not confirmed.", code="NOT_CONFIRMED", remedy="Tick the box that names it.")
        services.vault.integration_records.remove(person().name, record.id)
        services.audit.add(
            actor=person().name, action="record_removed", subject=record.name, account_id=record.account_id
        )
        return redirect(url_for("console.list_records"))


def options_of_form() -> AuthenticationOptions:
    """What is ticked and filled in on the form."""
    return AuthenticationOptions(
        **{name: bool(request.form.get(name)) for name in _BOXES},
        callback_url=field("callback_url") or None,
        redirect_uri=field("redirect_uri") or None,
        refresh_token_hours=_hours("refresh_token_hours"),
        rotation_hours=_hours("rotation_hours"),
        scopes=tuple(scope for scope in (*SCOPES, AI_CONNECTOR) if scope in request.form.getlist("scope")),
        consent_policy=field("consent_policy", 20) or CONSENT_POLICIES[0],
    )


def _hours(name: str) -> int | None:
    text = field(name, 4)
    if not request.form.get("public_client") or not text:
        return None
    if not text.isdecimal():
        raise CallerError("The hours are not a whole number.", code="BAD_FIELD", remedy="Copy them from NetSuite.")
    return int(text)


def _check_secret() -> None:
    if field("client_secret", 200) and not field("client_id", 200):
        raise CallerError("A secret came without its client ID.", code="BAD_FIELD", remedy="Give both.")


def _record(services: Services, record_id: str) -> IntegrationRecord:
    return services.vault.integration_records.get(person().name, record_id)


def _page(services: Services, record: IntegrationRecord, *, error: CallerError | None = None) -> str:
    used = [one for one in services.vault.connections(person().name) if one.integration_record_id == record.id]
    return render_template(
        "console/record.html",
        record=record,
        kind=AccountId.parse(record.account_id).kind,
        connections=used,
        states=STATES,
        policies=CONSENT_POLICIES,
        scopes=(*SCOPES, AI_CONNECTOR),
        base=services.settings.public_url or request.host_url.rstrip("/"),
        error=error,
    )
