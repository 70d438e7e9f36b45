"""`POST /v1/formulas`: the calls of one recalculation in, their answers out; 200 even when single calls fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import structlog
from flask import Blueprint, Response, request
from pydantic import ValidationError
from spectree import Response as Responses
from spectree import SpecTree
from werkzeug.exceptions import UnsupportedMediaType

from connector.accounts import WORKSPACE, grant
from connector.core.formula import FormulaCall, read_formula
from connector.core.frame import Frame
from connector.core.options import Options
from connector.core.wire import Cell, describe, matrix, timestamp
from connector.errors import CallerError, ConnectorError, NotAllowedError, StoppedError
from connector.runs import Run
from connector.vault.api_tokens import Principal
from connector.web.formula_models import CallModel, Envelope, FormulaAnswer, FormulaRequest, Problem
from connector.web.noted import noted
from connector.web.openapi import PROBLEMS
from connector.web.problem import details
from connector.wiring import Services

_MAX_CELLS = 1_000_000

_MOST_WAITING = 24

Result = dict[str, Any]


def formulas_blueprint(services: Services, spec: SpecTree) -> Blueprint:
    """The routes of formulas."""
    blueprint = Blueprint("formulas", __name__)
    waiting = threading.Semaphore(_MOST_WAITING)

    @blueprint.post("/v1/formulas")
    @spec.validate(
        json=FormulaRequest,
        resp=Responses(HTTP_200=FormulaAnswer, **dict.fromkeys(PROBLEMS, Problem)),
        tags=["formulas"],
        security={"token": []},
        skip_validation=True,
    )
    def formulas() -> Response:
        """Answer a batch of formula calls; what takes long is pending and fetched by its run."""
        principal = _principal(services)
        asked = _read_request()
        begun = [(name, _begin(services, principal, call, asked)) for name, call in _calls(asked)]
        runs = [run for _, run in begun if isinstance(run, Run)]
        # So many callers may wait; the next ones are told at once to come back, so that a thread is always free.
        patient = waiting.acquire(blocking=False)
        try:
            services.runs.wait(runs, services.settings.handover_seconds if patient else 0.0)
        finally:
            if patient:
                waiting.release()
        results = [_result(services, name, run) for name, run in begun]
        told = {result["pending"]["run"] for result in results if "pending" in result}
        fetched = {call.run for _, call in _calls(asked) if isinstance(call, CallModel)}
        services.runs.discard([run for run in runs if run.id not in told | fetched])
        return Response(orjson.dumps({"results": results}), mimetype="application/json")

    return blueprint


def _principal(services: Services) -> Principal:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAllowedError(
            "The request has no token.",
            remedy="Send Authorization: Bearer with a token of `connector token create --user NAME`.",
        )
    principal = services.tokens.principal(token.strip())
    if principal.user == WORKSPACE:
        raise NotAllowedError("The workspace itself has no tokens.")
    return principal


def _read_request() -> Envelope:
    if request.mimetype not in ("application/json", ""):
        raise UnsupportedMediaType
    try:
        return Envelope.model_validate_json(request.get_data())
    except ValidationError as error:
        raise _unreadable(error, "request") from error


def _calls(asked: Envelope) -> Iterator[tuple[str, CallModel | CallerError]]:
    """Each call with its id. Raises CallerError for one without an id, which no answer could name."""
    for given in asked.calls:
        name = given.get("id") if isinstance(given, dict) else None
        if not isinstance(name, str):
            raise CallerError("A call has no id.", remedy="GET /openapi.json describes a call.")
        try:
            yield name, CallModel.model_validate(given)
        except ValidationError as error:
            yield name, _unreadable(error, "call")


def _unreadable(error: ValidationError, what: str) -> CallerError:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"][:4])
    cause = first["msg"].removeprefix("Value error, ")
    return CallerError(
        f"The {what} cannot be read: {where + ': ' if where else ''}{cause}.",
        code="BAD_REQUEST",
        remedy="GET /openapi.json describes it.",
    )


def _begin(
    services: Services, principal: Principal, call: CallModel | CallerError, asked: Envelope
) -> Run | ConnectorError:
    """Start a call, or find the run it asks for; an error is that call's answer."""
    if isinstance(call, CallerError):
        return call
    try:
        if call.run is not None:
            run = services.runs.find(principal.token_id, call.run)
            if call.stop:
                services.runs.stop(run)
                return StoppedError()
            return run
        asks = FormulaCall(call.function or "", tuple(call.arguments or ()), asked.date_system)
        question = read_formula(asks, lambda name: services.library.find(principal.user, name))
        permitted = grant(services.vault, principal, question.query, question.options.connection)
        limit, claimed = question.options.limit, _claimed(asked, call)
        run = services.runs.begin(
            principal.token_id,  # another token of the same person may be for other connections
            lambda interest: noted(
                services,
                permitted,
                principal,
                lambda: services.queries.run(
                    permitted, limit=limit, max_cells=_MAX_CELLS, max_age=question.options.max_age, cancelled=interest
                ),
                claimed=claimed,
            ),
            question.options,
        )
    except ConnectorError as error:
        return error
    except Exception as error:  # noqa: BLE001 - it is logged, and the batch's other calls go on
        return _unexpected(error)
    return run


def _claimed(asked: Envelope, call: CallModel) -> dict[str, str]:
    """What the client says of itself: it may be untrue, and stands in the audit log as such."""
    said = {"document": f"{asked.document.kind} {asked.document.id}"} if asked.document else {}
    return said | ({"address": call.address} if call.address else {})


def _result(services: Services, name: str, run: Run | ConnectorError) -> Result:
    if isinstance(run, ConnectorError):
        return {"id": name, "error": details(run)}
    pending = services.runs.pending(run)
    if pending is not None:
        waiting = {"run": pending.run, "retry_after": pending.retry_after, "place": pending.place}
        return {"id": name, "pending": waiting}
    try:
        frame = run.answer.result()
        return {"id": name, **_answer(frame, run.options)}
    except ConnectorError as error:
        return {"id": name, "error": details(error)}
    except Exception as error:  # noqa: BLE001 - as above
        return {"id": name, "error": details(_unexpected(error))}


def _unexpected(error: Exception) -> ConnectorError:
    """A fault of ours is the answer of its own call alone; the log has its trace."""
    structlog.get_logger().error("unexpected", exc_info=error)
    return ConnectorError("The service failed; its log has the reason.", code="INTERNAL")


def _answer(frame: Frame, options: Options) -> Result:
    if len(frame) * max(len(frame.columns), 1) > _MAX_CELLS:
        raise CallerError(
            f"The answer has {len(frame):,} rows of {len(frame.columns)} columns; a formula gives {_MAX_CELLS:,} cells.",
            code="OVER_LIMIT",
            remedy="Set the option limit=, ask for fewer columns, or sum up in SQL.",
        )
    values: Sequence[Sequence[Cell]] = matrix(frame, headers=options.headers, as_of=options.as_of)
    return {
        "columns": describe(frame.columns),
        "values": values,
        "rows": len(frame),
        "as_of": timestamp(frame.as_of),
        "proof": {
            "all_pages": frame.proof.all_pages,
            "consistent": frame.proof.consistent,
            "scope": frame.proof.scope,
        },
    }
