"""The audit log: filtered, exported, verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, render_template, request

from connector.audit.event import AuditEvent
from connector.errors import CallerError
from connector.web.console.guard import Guard, person
from connector.wiring import Services

_PAGE = 100
_BATCH = 64
_AT_ONCE = 1_000
_FILTERS = ("actor", "action", "connection", "from", "until")


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages. An administrator sees everything, everybody else what they did themselves."""

    @blueprint.get("/audit")
    @guard.signed_in
    def audit() -> str:
        asked, before = request.args, request.args.get("before", "")
        number = int(before) if before.isdecimal() and len(before) < len("1" * 18) else None
        events = _asked(services, number, _PAGE)
        query = urlencode({name: asked[name] for name in _FILTERS if asked.get(name)})
        return render_template("console/audit.html", events=events, asked=asked, more=len(events) == _PAGE, query=query)

    @blueprint.post("/audit/verify")
    @guard.roles("administrator")
    def verify_audit() -> str:
        return render_template("console/audit.html", events=[], asked={}, more=False, verdict=services.audit.verify())

    @blueprint.get("/audit.jsonl")
    @guard.signed_in
    def export_audit() -> Response:
        """What the filters show, the oldest first; without any, an administrator gets the chain with its hashes."""
        services.audit.add(actor=person().name, action="audit_exported")
        lines: list[str] = []
        if person().role == "administrator" and not any(request.args.get(name) for name in _FILTERS):
            services.audit.export(lines.append)
        else:
            lines = [orjson.dumps(asdict(event)).decode() for event in _all_asked(services)]
        answer = Response(_in_batches(lines), mimetype="application/x-ndjson")
        answer.headers["Content-Disposition"] = 'attachment; filename="nsquery-audit.jsonl"'
        return answer


def _asked(services: Services, before: int | None, limit: int) -> list[AuditEvent]:
    asked = request.args
    return services.audit.list(
        actor=_actor(asked.get("actor", "")),
        action=asked.get("action", "").strip()[:60] or None,
        connection_id=asked.get("connection", "").strip()[:32] or None,
        since=_day(asked.get("from", "")),
        until=_day(asked.get("until", ""), end=True),
        before=before,
        limit=limit,
    )


def _all_asked(services: Services) -> list[AuditEvent]:
    found: list[AuditEvent] = []
    while page := _asked(services, found[-1].sequence if found else None, _AT_ONCE):
        found += page
    return found[::-1]


def _actor(asked: str) -> str | None:
    if person().role != "administrator":
        return person().name
    return asked.strip()[:100] or None


def _day(text: str, *, end: bool = False) -> datetime | None:
    """The beginning of a day in UTC, or of the one after it. Raises CallerError."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day + timedelta(days=1) if end else day, time(), UTC)
    except (ValueError, OverflowError):
        raise CallerError("The day is not a date.", code="BAD_FIELD", remedy="Give it as 2026-01-31.") from None


def _in_batches(lines: list[str]) -> Iterator[str]:
    for start in range(0, len(lines), _BATCH):
        yield "".join(line.rstrip("\n") + "\n" for line in lines[start : start + _BATCH])
