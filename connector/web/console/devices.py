"""Tokens and devices: what may ask in a person's name, and the page where a device's code is typed (RFC 8628)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import visible
from connector.errors import CallerError, NotAllowedError
from connector.web.console.guard import Guard, address, field, html, person
from connector.wiring import Services

_LONGEST_DAYS = 730


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages."""
    _register_tokens(blueprint, services, guard)
    _register_device(blueprint, services, guard)


def _register_tokens(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/tokens")
    @guard.signed_in
    def tokens() -> str:
        return _tokens_page(services)

    @blueprint.post("/tokens")
    @guard.fresh
    def new_token() -> Response | str:
        try:
            made = services.tokens.create(
                person().name,
                kind="api",
                label=field("label", 100),
                expires=datetime.now(UTC) + timedelta(days=_days(field("days", 4))),
                connection_ids=_chosen(services) or None,
                library_only=bool(request.form.get("library_only")),
                address=address(),
            )
        except CallerError as error:
            return html(_tokens_page(services, error=error), 422)
        services.audit.add(actor=person().name, action="token_created", subject=field("label", 100))
        return _tokens_page(services, made=made)

    @blueprint.post("/tokens/<token_id>/revoke")
    @guard.signed_in
    def revoke_token(token_id: str) -> Response:
        services.tokens.revoke(person().name, token_id)
        services.audit.add(actor=person().name, action="token_revoked", subject=token_id)
        return redirect(url_for("console.tokens"))


def _register_device(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/device")
    @guard.signed_in
    def device() -> str:
        """The code is typed here; a link that carries it would let somebody send it to a victim."""
        return render_template("console/device.html")

    @blueprint.post("/device")
    @guard.signed_in
    def look_up_device() -> Response | str:
        code = field("code", 20)
        try:
            asked = services.devices.look_up(code, attempts_subject=person().id)
        except (CallerError, NotAllowedError) as error:
            return html(render_template("console/device.html", error=error), 422)
        return render_template(
            "console/device_found.html", asked=asked, code=code, connections=visible(services.vault, person().name)
        )

    @blueprint.post("/device/decide")
    @guard.fresh
    def decide_device() -> str:
        code, allowed = field("code", 20), request.form.get("decision") == "allow"
        asked = services.devices.look_up(code, attempts_subject=person().id)
        chosen = _chosen(services)
        if allowed and not chosen:
            raise CallerError(
                "No connection is ticked.", code="BAD_FIELD", remedy="Tick those that the device is to use, or say no."
            )
        if allowed:
            services.devices.approve(code, person(), chosen)
        else:
            services.devices.deny(code, person())
        return render_template("console/device_done.html", allowed=allowed, asked=asked)


def _tokens_page(services: Services, *, made: str | None = None, error: Exception | None = None) -> str:
    connections = visible(services.vault, person().name)
    names = {connection.id: connection.name for connection in connections}
    return render_template(
        "console/tokens.html",
        tokens=services.tokens.list(person().name),
        connections=connections,
        names=names,
        made=made,
        error=error,
        now=datetime.now(UTC),
    )


def _chosen(services: Services) -> list[str]:
    """The connections that were ticked. Raises CallerError where one is not the person's to use any more."""
    mine = {connection.id for connection in visible(services.vault, person().name)}
    ticked = request.form.getlist("connection")
    if not mine.issuperset(ticked):
        raise CallerError(
            "A connection that was ticked is not there, or is not shared with you any more.",
            code="BAD_FIELD",
            remedy="Open the page again and tick what is there.",
        )
    return ticked


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _LONGEST_DAYS:
        raise CallerError(
            "The days are not a whole number from 1 to 730.", code="BAD_EXPIRY", remedy="Give for instance 90."
        )
    return int(text)
