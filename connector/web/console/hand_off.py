"""The hand-off: one page for the NetSuite administrator, by a link that works once and needs no account here."""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from connector.errors import ConnectorError
from connector.web.console.guard import Guard, field, html
from connector.wiring import Services


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:  # noqa: ARG001 - all pages register alike
    """Add the pages."""

    @blueprint.get("/hand-off/<token>")
    def hand_off(token: str) -> str:
        return _page(services, token)

    @blueprint.get("/hand-off/<token>/certificate.pem")
    def hand_off_certificate(token: str) -> Response:
        answer = Response(services.ways_in.hand_off(token).certificate, mimetype="application/x-pem-file")
        answer.headers["Content-Disposition"] = 'attachment; filename="certificate.pem"'
        return answer

    @blueprint.post("/hand-off/<token>")
    def take_back(token: str) -> AnyResponse | str:
        view = services.ways_in.hand_off(token)
        try:
            connection = services.ways_in.take_back(
                token,
                client_id=field("client_id", 200),
                certificate_id=field("certificate_id", 200),
                role=field("role", 100) or None,
            )
        except ConnectorError as error:
            _noted(services, view.user, view.connection_name, error.code.lower(), account=view.account_id)
            return html(_page(services, token, error=error), 422)
        _noted(services, view.user, connection.name, "ok", account=connection.account_id, connection=connection.id)
        return render_template("console/hand_off_done.html", connection=connection)


def _page(services: Services, token: str, *, error: ConnectorError | None = None) -> str:
    view = services.ways_in.hand_off(token)
    return render_template(
        "console/hand_off.html", hand_off=view, steps=view.steps, token=token, error=error, given=request.form
    )


def _noted(
    services: Services, owner: str, name: str, outcome: str, *, account: str, connection: str | None = None
) -> None:
    actor = g.session.person.name if g.get("session") else f"hand-off of {owner}"
    services.audit.add(
        actor=actor, action="hand_off_taken_back", subject=name, account_id=account, connection_id=connection,
        outcome=outcome, detail={"address": request.remote_addr or ""},
    )  # fmt: skip
