"""The audit log: filtered, exported, verified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, Response, render_template, request

from connector.errors import CallerError
from connector.web.console.guard import Guard, person
from connector.wiring import Services

_PAGE = 100
_BATCH = 64


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages. An administrator sees everything, everybody else what they did themselves."""

    @blueprint.get("/audit")
    @guard.signed_in
    def audit() -> str:
        asked = request.args
        before = asked.get("before", "")
        events = services.audit.list(
            actor=_actor(asked.get("actor", "")),
            action=asked.get("action", "").strip()[:60] or None,
            connection_id=asked.get("connection", "").strip()[:32] or None,
            since=_day(asked.get("from", "")),
            until=_day(asked.get("until", ""), end=True),
            before=int(before) if before.isdecimal() and len(before) < len("1" * 18) else None,
            limit=_PAGE,
        )
        return render_template("console/audit.html", events=events, asked=asked, more=len(events) == _PAGE)

    @blueprint.post("/audit/verify")
    @guard.roles("administrator")
    def verify_audit() -> str:
        return render_template("console/audit.html", events=[], asked={}, more=False, verdict=services.audit.verify())

    @blueprint.get("/audit.jsonl")
    @guard.roles("administrator")
    def export_audit() -> Response:
        services.audit.add(actor=person().name, action="audit_exported")
        lines: list[str] = []
        services.audit.export(lines.append)
        answer = Response(_in_batches(lines), mimetype="application/x-ndjson")
        answer.headers["Content-Disposition"] = 'attachment; filename="nsquery-audit.jsonl"'
        return answer


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
