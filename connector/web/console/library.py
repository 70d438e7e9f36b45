"""The query library: what may be asked by its name, its versions, who ran it, and where one is kept."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.audit.event import AuditEvent
from connector.core.library_query import LibraryQuery
from connector.errors import CallerError
from connector.web.console.guard import Guard, field, html, person
from connector.wiring import Services

_LONGEST_TEXT, _LONGEST_NOTE, _RUNS = 100_000, 2_000, 20


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages."""

    @blueprint.get("/library")
    @guard.signed_in
    def library() -> str:
        return render_template("console/library.html", queries=services.library.visible(person().name))

    @blueprint.get("/library/new")
    @guard.roles("administrator", "author")
    def new_query() -> str:
        known = request.args.get("from", "")
        draft = services.library.find(person().name, known) if known else LibraryQuery("", "", "")
        return render_template("console/library_edit.html", query=draft, is_new=True)

    @blueprint.get("/library/<name>")
    @guard.signed_in
    def show_query(name: str) -> str:
        query = services.library.find(person().name, name)
        return render_template(
            "console/library_query.html",
            query=query,
            versions=services.library.versions(person().name, name),
            runs=_runs(services, query.name),
            is_owner=query.owner == person().name,
        )

    @blueprint.get("/library/<name>/edit")
    @guard.roles("administrator", "author")
    def edit_query(name: str) -> str:
        query = services.library.find(person().name, name)
        return render_template("console/library_edit.html", query=query, is_new=False)

    @blueprint.post("/library")
    @guard.roles("administrator", "author")
    def save_query() -> Response | str:
        draft = LibraryQuery(field("name", 100), field("description", _LONGEST_NOTE), "")
        try:
            draft = _draft()
            kept = services.library.save(person().name, draft)
        except CallerError as error:
            page = render_template("console/library_edit.html", query=draft, is_new=True, error=error)
            return html(page, 422)
        return redirect(url_for("console.show_query", name=kept.name))

    @blueprint.post("/library/<name>/remove")
    @guard.roles("administrator", "author")
    def remove_query(name: str) -> Response:
        if request.form.get("confirmed") != name:
            raise CallerError("This was not confirmed.", code="NOT_CONFIRMED", remedy="Tick the box that names it.")
        services.library.remove(person().name, name)
        return redirect(url_for("console.library"))


def _draft() -> LibraryQuery:
    """What the form says. Raises CallerError for a default that has no value, and for what is too long."""
    defaults = {}
    for line in field("defaults", _LONGEST_NOTE).splitlines():
        name, equals, value = line.partition("=")
        if line.strip() and not equals:
            raise CallerError(
                f"The default {line[:40]} has no value.", code="BAD_FIELD", remedy="Write a line each: as_of=today."
            )
        if line.strip():
            defaults[name.strip().lower().removeprefix(":")] = value.strip()
    return LibraryQuery(
        field("name", 100),
        field("description", _LONGEST_NOTE),
        field("text", _LONGEST_TEXT),
        defaults,
        is_shared=bool(request.form.get("is_shared")),
    )


def _runs(services: Services, name: str) -> list[AuditEvent]:
    """The latest runs that this person may see: all of them for an administrator, else their own."""
    actor = None if person().role == "administrator" else person().name
    events = services.audit.list(actor=actor, action="query", limit=1_000)
    return [event for event in events if event.detail.get("query") == name][:_RUNS]
