"""People: who may do what here, invitations, and each one's own account."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.errors import CallerError, NotAllowedError, SettingError
from connector.people.person import Person
from connector.vault.connections import Connection
from connector.web.console.guard import Guard, field, html, person, session
from connector.wiring import Services

_CONFIRMED = ("block", "erase", "transfer", "second-factor")


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages."""
    _register_people(blueprint, services, guard)
    _register_leaving(blueprint, services, guard)
    _register_acts(blueprint, services, guard)
    _register_account(blueprint, services, guard)


def _register_people(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/people")
    @guard.signed_in
    def people() -> str:
        return _people_page(services)

    @blueprint.post("/people")
    @guard.roles("administrator")
    @guard.fresh
    def invite() -> Response | str:
        try:
            token = services.people.invite(
                person(), name=field("name", 100), email=field("email", 254) or None, role=field("role", 20)
            )
        except (CallerError, NotAllowedError) as error:
            return html(_people_page(services, error=error), 422)
        base = services.settings.public_url or request.host_url.rstrip("/")
        return _people_page(services, link=f"{base}{url_for('console.join', token=token)}", invited=field("name", 100))


def _register_acts(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.post("/people/<person_id>/<act>")
    @guard.roles("administrator")
    @guard.fresh
    def act_on(person_id: str, act: str) -> Response:
        someone = services.people.get(person_id)
        if act in _CONFIRMED and request.form.get("confirmed") != someone.name:
            raise CallerError(
                "This was not confirmed.", code="NOT_CONFIRMED", remedy="Tick the box that names the person."
            )
        _act(services, someone, act)
        if act == "second-factor":
            services.audit.add(actor=person().name, action="second_factor_off", subject=someone.name)
        return redirect(url_for("console.people"))


def _register_leaving(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/people/<person_id>/leaving")
    @guard.roles("administrator")
    def leaving(person_id: str) -> str:
        """What somebody leaves behind, and what to do about each."""
        someone = services.people.get(person_id)
        return render_template(
            "console/leaving.html",
            someone=someone,
            connections=services.vault.connections(someone.name),
            tokens=[token for token in services.tokens.list(someone.name) if token.revoked_at is None],
            people=services.people.list(),
        )

    @blueprint.post("/people/<person_id>/leaving/<connection_id>")
    @guard.roles("administrator")
    @guard.fresh
    def revoke_of(person_id: str, connection_id: str) -> Response:
        someone = services.people.get(person_id)
        theirs = next((one for one in services.vault.connections(someone.name) if one.id == connection_id), None)
        if theirs is None:
            raise SettingError("There is no such connection.", code="UNKNOWN_CONNECTION", remedy="Open the page again.")
        _revoke(services, theirs)
        return redirect(url_for("console.leaving", person_id=person_id))


def _revoke(services: Services, theirs: Connection) -> None:
    """End a connection here and, where NetSuite can be reached, there."""
    confirmed = services.ways_in.revoke(theirs)
    services.audit.add(
        actor=person().name,
        action="connection_revoked",
        subject=theirs.name,
        connection_id=theirs.id,
        account_id=theirs.account_id,
        outcome="ok" if confirmed else "not confirmed by NetSuite",
    )


def _act(services: Services, someone: Person, act: str) -> None:
    match act:
        case "block":
            services.people.block(person(), someone)
        case "unblock":
            services.people.unblock(person(), someone)
        case "role":
            services.people.change_role(person(), someone, field("role", 20))
        case "transfer":
            services.people.transfer(person(), someone, services.people.find(field("to", 100)))
        case "erase":
            for theirs in services.vault.connections(someone.name):
                _revoke(services, theirs)
            services.people.erase(person(), someone)
        case "second-factor":
            services.totp.reset(someone)
        case _:
            raise CallerError("There is no such act.", code="BAD_FIELD", remedy="Open People again.")


def _register_account(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/account")
    @guard.signed_in
    def account() -> str:
        return render_template(
            "console/account.html",
            sessions=services.sessions.list(person()),
            current=session().id,
            identities=services.identities.of(person()),
            passkeys=services.passkeys.of(person()),
        )

    @blueprint.post("/account/sessions/<session_id>/end")
    @guard.signed_in
    def end_session(session_id: str) -> Response:
        services.sessions.end(session_id, person())
        services.audit.add(actor=person().name, action="session_ended", subject=session_id)
        return redirect(url_for("console.account"))


def _people_page(
    services: Services, *, link: str | None = None, invited: str = "", error: Exception | None = None
) -> str:
    return render_template(
        "console/people.html", people=services.people.list(), link=link, invited=invited, error=error
    )
