"""Connections: what there is and how it does, a test, first rows, whom it is shared with, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.accounts import WORKSPACE, grant, visible
from connector.core.formula import bind_query
from connector.core.frame import Frame
from connector.core.parameters import Parameters
from connector.core.wire import rows_of
from connector.errors import CallerError, ConnectorError, NotAllowedError, SettingError
from connector.people.person import Person
from connector.vault.connections import Connection
from connector.vault.integration_record_rows import IntegrationRecord
from connector.web.console.guard import Guard, field, html, person
from connector.web.noted import noted
from connector.wiring import Services

_FIRST_ROWS = 20
_LONGEST_QUERY = 20_000
_SAMPLE = "SELECT id, tranid, trandate, type, total\nFROM transaction\nORDER BY trandate DESC, id DESC\nFETCH FIRST 10 ROWS ONLY"


@dataclass(frozen=True, slots=True)
class Answer:
    """First rows as a page shows them."""

    names: Sequence[str]
    numbers: frozenset[str]
    rows: Sequence[Sequence[Any]]
    frame: Frame


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages."""
    _register_list(blueprint, services, guard)
    _register_use(blueprint, services, guard)
    _register_rights(blueprint, services, guard)


def _register_list(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/")
    @guard.signed_in
    def start() -> Response:
        return redirect(url_for("console.list_connections"))

    @blueprint.get("/connections")
    @guard.signed_in
    def list_connections() -> str:
        return render_template(
            "console/connections.html",
            connections=visible(services.vault, person().name),
            migrations=[one for owner in _owners() for one in services.ways_in.migrations(owner)],
            expiring=[one for owner in _owners() for one in services.ways_in.expiring(owner=owner)],
        )

    @blueprint.get("/connections/<connection_id>")
    @guard.signed_in
    def show_connection(connection_id: str) -> str:
        return page_of(services, mine(services, connection_id))


def _register_use(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.post("/connections/<connection_id>/test")
    @guard.signed_in
    def test_connection(connection_id: str) -> Response | str:
        connection = mine(services, connection_id)
        try:
            health = services.connections.test(connection)
        except ConnectorError as error:
            noted_act(services, "connection_tested", connection, outcome=error.code.lower())
            return html(page_of(services, connection, error=error), 502)
        noted_act(services, "connection_tested", connection)
        return page_of(services, connection, health=health)

    @blueprint.post("/connections/<connection_id>/rows")
    @guard.signed_in
    def first_rows(connection_id: str) -> Response | str:
        connection, text = mine(services, connection_id), field("query", _LONGEST_QUERY)
        try:
            question = bind_query(text, Parameters())
            permitted = grant(services.vault, person().name, question, connection.id)
            frame = noted(services, permitted, None, lambda: services.queries.run(permitted, limit=_FIRST_ROWS))
        except ConnectorError as error:
            return html(page_of(services, connection, error=error, text=text), 422)
        return page_of(services, connection, text=text, answer=_answer(frame))


def _register_rights(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.post("/connections/<connection_id>/share")
    @guard.roles("administrator", "author")
    @guard.fresh
    def share(connection_id: str) -> Response:
        connection = owned(services, connection_id)
        services.shares.share(person(), connection, _with(services))
        return redirect(url_for("console.show_connection", connection_id=connection.id))

    @blueprint.post("/connections/<connection_id>/unshare")
    @guard.roles("administrator", "author")
    @guard.fresh
    def unshare(connection_id: str) -> Response:
        connection = owned(services, connection_id)
        services.shares.unshare(person(), connection, _with(services))
        return redirect(url_for("console.show_connection", connection_id=connection.id))

    @blueprint.post("/connections/<connection_id>/remove")
    @guard.fresh
    def remove_connection(connection_id: str) -> str:
        connection = owned(services, connection_id)
        if request.form.get("confirmed") != connection.name:
            raise CallerError("This was not confirmed.", code="NOT_CONFIRMED", remedy="Tick the box that names it.")
        revoked = services.ways_in.remove(connection)
        noted_act(services, "connection_removed", connection, outcome="ok" if revoked else "not revoked at NetSuite")
        return render_template("console/removed.html", connection=connection, revoked=revoked)


def _with(services: Services) -> Person | None:
    """Whom a connection is shared with; None is everybody here."""
    name = field("with", 100)
    return None if name == WORKSPACE else services.people.find(name)


def _owners() -> tuple[str, ...]:
    """Whose connections the person looks after: their own, and an administrator the workspace's."""
    return (person().name, WORKSPACE) if person().role == "administrator" else (person().name,)


def mine(services: Services, connection_id: str) -> Connection:
    """A connection that the person may use. Raises SettingError; somebody else's is as unknown as none."""
    for connection in visible(services.vault, person().name):
        if connection.id == connection_id:
            return connection
    raise SettingError("There is no such connection.", code="UNKNOWN_CONNECTION", remedy="Connections lists yours.")


def owned(services: Services, connection_id: str) -> Connection:
    """A connection that the person may change: their own, or the workspace's for an administrator."""
    connection = mine(services, connection_id)
    if connection.owner == person().name or (connection.owner == WORKSPACE and person().role == "administrator"):
        return connection
    raise NotAllowedError(
        "Only its owner may do this.", code="NOT_OWNER", remedy=f"Ask {connection.owner}, who owns the connection."
    )


def page_of(services: Services, connection: Connection, **more: Any) -> str:
    """The page of a connection, with what just came of it."""
    record = _record_of(services, connection)
    return render_template(
        "console/connection.html",
        connection=connection,
        record=record,
        shared=services.shares.shared_with(connection),
        is_everybodys=services.shares.is_everybodys(connection),
        people=services.people.list(),
        is_owner=connection.owner == person().name
        or (connection.owner == WORKSPACE and person().role == "administrator"),
        **{"text": _SAMPLE, "error": None, "health": None, "answer": None, "unknown": None, **more},
    )


def _answer(frame: Frame) -> Answer:
    numbers = frozenset(column.name for column in frame.columns if column.type in ("integer", "decimal"))
    names = [column.name for column in frame.columns]
    return Answer(names, numbers, [list(row) for row in rows_of(frame)], frame)


def noted_act(
    services: Services, action: str, connection: Connection, *, outcome: str = "ok", subject: str = "", **detail: int
) -> None:
    """Write an act on a connection into the audit log."""
    services.audit.add(
        actor=person().name,
        action=action,
        subject=subject or connection.name,
        connection_id=connection.id,
        account_id=connection.account_id,
        outcome=outcome,
        detail=detail,
    )


def _record_of(services: Services, connection: Connection) -> IntegrationRecord | None:
    """Its integration record, where the person may see that."""
    seen = services.vault.integration_records.list(person().name)
    return next((record for record in seen if record.id == connection.integration_record_id), None)
