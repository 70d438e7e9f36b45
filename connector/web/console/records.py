"""Integration records: NetSuite's page of an application, field by field, and the credentials it issued."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as field_of

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


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says of a record that is not there yet."""

    name: str = ""
    description: str = ""
    note: str = ""
    state: str = STATES[0]
    options: AuthenticationOptions = field_of(default_factory=AuthenticationOptions)


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages."""

    @blueprint.get("/records")
    @guard.signed_in
    def list_records() -> str:
        return render_template("console/records.html", records=services.vault.integration_records.list(person().name))

    @blueprint.get("/records/new")
    @guard.roles("administrator", "author")
    def new_record() -> str:
        return _new_page(services, Draft())

    @blueprint.post("/records")
    @guard.roles("administrator", "author")
    @guard.fresh
    def enter_record() -> Response | str:
        draft = Draft()
        try:
            draft = draft_of_form()
            record = services.ways_in.enter_record(
                user=person().name,
                account=field("account", 50),
                name=draft.name,
                client_id=field("client_id", 200),
                client_secret=field("client_secret", 200) or None,
                options=draft.options,
                description=draft.description,
                note=draft.note,
                state=draft.state,
            )
        except CallerError as error:
            return html(_new_page(services, draft, error=error), 422)
        services.audit.add(
            actor=person().name, action="record_entered", subject=record.name, account_id=record.account_id
        )
        return redirect(url_for("console.show_record", record_id=record.id))

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


def draft_of_form() -> Draft:
    """Raises CallerError for a field that is too long."""
    return Draft(
        field("name", 100),
        field("description", _LONGEST_NOTE),
        field("note", _LONGEST_NOTE),
        field("state", 30) or STATES[0],
        options_of_form(),
    )


def options_of_form() -> AuthenticationOptions:
    """What is ticked and filled in on the form."""
    return AuthenticationOptions(
        **{name: bool(request.form.get(name)) for name in _BOXES},
        callback_url=field("callback_url") or None,
        redirect_uri=field("redirect_uri") or None,
        refresh_token_hours=hours("refresh_token_hours"),
        rotation_hours=hours("rotation_hours"),
        scopes=tuple(scope for scope in (*SCOPES, AI_CONNECTOR) if scope in request.form.getlist("scope")),
        consent_policy=field("consent_policy", 20) or CONSENT_POLICIES[0],
    )


def hours(name: str) -> int | None:
    """A public client's hours, as NetSuite's record has them. Raises CallerError."""
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


def _new_page(services: Services, draft: Draft, *, error: CallerError | None = None) -> str:
    return render_template(
        "console/record_new.html",
        record=draft,
        given={name: request.form.get(name, "") for name in ("account", "client_id")},
        error=error,
        **_choices(services),
    )


def _choices(services: Services) -> dict[str, object]:
    return {
        "states": STATES,
        "policies": CONSENT_POLICIES,
        "scopes": (*SCOPES, AI_CONNECTOR),
        "base": services.settings.public_url or request.host_url.rstrip("/"),
    }


def _page(services: Services, record: IntegrationRecord, *, error: CallerError | None = None) -> str:
    used = [one for one in services.vault.connections(person().name) if one.integration_record_id == record.id]
    return render_template(
        "console/record.html",
        record=record,
        kind=AccountId.parse(record.account_id).kind,
        connections=used,
        error=error,
        **_choices(services),
    )
