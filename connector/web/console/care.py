"""The care of a connection: the doctor, a pause of its account, a new certificate, an alarm for one that is not ours."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.doctor import Doctor
from connector.web.console.connections import mine, noted_act, owned, page_of
from connector.web.console.guard import Guard, person
from connector.wiring import Services


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages."""
    _register_doctor(blueprint, services, guard)
    _register_pauses(blueprint, services, guard)
    _register_certificates(blueprint, services, guard)


def _register_doctor(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.post("/connections/<connection_id>/examine")
    @guard.signed_in
    def examine(connection_id: str) -> str:
        connection = mine(services, connection_id)
        findings = list(Doctor(services.settings).examine(connection, services.connections.open))
        problems = sum(finding.verdict == "problem" for finding in findings)
        noted_act(services, "connection_examined", connection, problems=problems)
        return render_template("console/findings.html", connection=connection, findings=findings, problems=problems)


def _register_pauses(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.post("/connections/<connection_id>/pause")
    @guard.roles("administrator", "author")
    def pause(connection_id: str) -> Response:
        services.pauses.pause(person(), mine(services, connection_id).account_id)
        return redirect(url_for("console.show_connection", connection_id=connection_id))

    @blueprint.post("/connections/<connection_id>/resume")
    @guard.roles("administrator", "author")
    def resume(connection_id: str) -> Response:
        services.pauses.resume(person(), mine(services, connection_id).account_id)
        return redirect(url_for("console.show_connection", connection_id=connection_id))


def _register_certificates(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.post("/connections/<connection_id>/certificate")
    @guard.roles("administrator", "author")
    @guard.fresh
    def rotate_certificate(connection_id: str) -> Response:
        connection = services.ways_in.rotate_certificate(owned(services, connection_id))
        noted_act(services, "certificate_changed", connection)
        return redirect(url_for("console.show_connection", connection_id=connection.id))

    @blueprint.post("/connections/<connection_id>/rotation")
    @guard.roles("administrator", "author")
    @guard.fresh
    def switch_rotation(connection_id: str) -> Response:
        connection, on = owned(services, connection_id), request.form.get("switch") == "on"
        services.vault.own_rotation.switch(connection, on=on)
        noted_act(services, "own_rotation_on" if on else "own_rotation_off", connection)
        return redirect(url_for("console.show_connection", connection_id=connection.id))

    @blueprint.post("/connections/<connection_id>/certificates")
    @guard.signed_in
    def check_certificates(connection_id: str) -> str:
        connection = owned(services, connection_id)
        unknown = services.ways_in.unknown_certificates(connection)
        outcome = "unknown certificate" if unknown else "ok"
        noted_act(services, "certificates_checked", connection, outcome=outcome, unknown=len(unknown))
        return page_of(services, connection, unknown=unknown)
