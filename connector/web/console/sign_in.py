"""Signing in: the first administrator, a password with a one-time code, an invitation, a fresh proof."""

from __future__ import annotations

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.errors import CallerError, NotAllowedError
from connector.people.person import Person
from connector.web.console.guard import Guard, address, field, html, person, safe_way, session
from connector.wiring import Services

_LONGEST_PASSWORD = 1_000


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages."""
    _register_sign_in(blueprint, services, guard)
    _register_first_time(blueprint, services, guard)
    _register_second_factor(blueprint, services, guard)


def _register_sign_in(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/sign-in")
    def sign_in() -> Response | str:
        if services.people.needs_set_up():
            return redirect(url_for("console.set_up"))
        return render_template("console/sign_in.html", way=safe_way(request.args.get("next")))

    @blueprint.post("/sign-in")
    def do_sign_in() -> Response:
        way, name = safe_way(request.form.get("next")), field("name", 100)
        try:
            someone = _checked(services, name)
        except NotAllowedError as error:
            page = render_template(
                "console/sign_in.html", way=way, name=name, error=error, code=error.code == "TOTP_NEEDED"
            )
            return html(page, 429 if error.code == "TOO_MANY_ATTEMPTS" else 401)
        return guard.begin(someone, way)

    @blueprint.post("/sign-out")
    @guard.signed_in
    def sign_out() -> Response:
        services.audit.add(actor=person().name, action="sign_out")
        return guard.end()

    @blueprint.get("/prove")
    @guard.signed_in
    def prove() -> str:
        return render_template("console/prove.html", way=safe_way(request.args.get("next")))

    @blueprint.post("/prove")
    @guard.signed_in
    def do_prove() -> Response:
        way = safe_way(request.form.get("next"))
        try:
            _checked(services, person().name, session_id=session().id)
        except NotAllowedError as error:
            return html(render_template("console/prove.html", way=way, error=error), 401)
        services.sessions.prove(session())
        return redirect(way)


def _register_first_time(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/setup")
    def set_up() -> Response | str:
        if not services.people.needs_set_up():
            return redirect(url_for("console.sign_in"))
        return render_template("console/set_up.html")

    @blueprint.post("/setup")
    def do_set_up() -> Response:
        try:
            someone = services.people.set_up(field("token", 200), name=field("name", 100), password=_new_password())
        except (CallerError, NotAllowedError) as error:
            return html(render_template("console/set_up.html", error=error, name=field("name", 100)), 422)
        return guard.begin(someone, "/")

    @blueprint.get("/join/<token>")
    def join(token: str) -> str:
        return render_template("console/join.html", invited=services.people.invitation(token), token=token)

    @blueprint.post("/join/<token>")
    def do_join(token: str) -> Response:
        invited = services.people.invitation(token)
        try:
            someone = services.people.accept(token, password=_new_password())
        except (CallerError, NotAllowedError) as error:
            return html(render_template("console/join.html", invited=invited, token=token, error=error), 422)
        if someone.has_totp:  # a link for a new password does not stand for the second factor
            return redirect(url_for("console.sign_in"))
        return guard.begin(someone, "/")


def _register_second_factor(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/second-factor")
    @guard.fresh
    def second_factor() -> str:
        if person().has_totp:
            return render_template("console/second_factor.html", uri=None)
        return _enrolment(services, person())

    @blueprint.post("/second-factor")
    @guard.fresh
    def do_second_factor() -> Response:
        try:
            services.totp.confirm(person(), field("code", 20))
        except (CallerError, NotAllowedError) as error:
            return html(_enrolment(services, person(), error), 422)
        services.audit.add(actor=person().name, action="second_factor_on")
        services.sessions.end_all(person(), except_id=session().id)
        return redirect(url_for("console.second_factor"))


def _enrolment(services: Services, someone: Person, error: Exception | None = None) -> str:
    uri = services.totp.enrol(someone)
    return render_template(
        "console/second_factor.html", uri=uri, picture=segno.make(uri).svg_data_uri(scale=5), error=error
    )


def _checked(services: Services, name: str, *, session_id: str | None = None) -> Person:
    password = request.form.get("password", "")[:_LONGEST_PASSWORD]
    return services.sign_in.check(
        name=name,
        password=password,
        code=field("code", 20) or None,
        address=address(),
        session_id=session_id,
    )


def _new_password() -> str:
    """The password that was given twice. Raises CallerError."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise CallerError("The two passwords differ.", code="BAD_PASSWORD", remedy="Give the same one twice.")
    return password
