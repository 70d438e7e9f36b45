"""The request and the answer of `POST /v1/formulas`, for validation and for `/openapi.json`."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

MAX_CALLS = 500
_ARGUMENTS = (
    'Each a cell (null, text, a number, true, false, or {"date": "2026-01-31"}) or a range: a list of rows of cells.'
)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DocumentModel(_Model):
    """The document that asks, as its client names it."""

    kind: str = Field(max_length=40)
    id: str = Field(max_length=200)


class CallModel(_Model):
    """A function with its arguments, or the run of an earlier call, to be fetched or stopped."""

    id: str = Field(max_length=100)
    function: str | None = Field(default=None, max_length=100)
    arguments: list[JsonValue] | None = Field(default=None, max_length=10, description=_ARGUMENTS)
    address: str | None = Field(default=None, max_length=300)
    run: str | None = Field(default=None, max_length=100)
    stop: bool = Field(default=False, description="With `run`: nobody wants its answer any more.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.function is None) == (self.run is None):
            raise ValueError("a call has either a function or a run")
        if self.stop and self.run is None:
            raise ValueError("only a run can be stopped")
        return self


class Envelope(_Model):
    """A request whose calls are looked at one by one: a malformed one is an error of its own."""

    document: DocumentModel | None = None
    date_system: Literal[1900, 1904] = 1900
    calls: list[JsonValue] = Field(min_length=1, max_length=MAX_CALLS)


class FormulaRequest(_Model):
    """The calls of one recalculation."""

    document: DocumentModel | None = None
    date_system: Literal[1900, 1904] = 1900
    calls: list[CallModel] = Field(min_length=1, max_length=MAX_CALLS)


class DateCell(_Model):
    """A day; no time, no zone."""

    date: date


class ColumnModel(_Model):
    """A column's name and type; a decimal says whether it is approximate."""

    name: str
    type: Literal["text", "integer", "decimal", "date", "boolean"]
    approximate: bool | None = None


class ProofModel(_Model):
    """What is known of the answer's completeness; null where it was not measured."""

    all_pages: bool | None
    consistent: bool | None
    scope: str


class PendingModel(_Model):
    """A run that goes on: ask for it again after so many seconds."""

    run: str
    retry_after: float
    place: int


class ErrorModel(_Model):
    """Cause and remedy."""

    code: str
    message: str
    remedy: str
    retryable: bool


class ResultModel(_Model):
    """One call's answer: values, or pending, or an error."""

    id: str
    columns: list[ColumnModel] | None = None
    values: list[list[bool | int | float | str | DateCell | None]] | None = None
    rows: int | None = None
    as_of: str | None = None
    proof: ProofModel | None = None
    pending: PendingModel | None = None
    error: ErrorModel | None = None


class FormulaAnswer(_Model):
    """The answers in the order of the calls."""

    results: list[ResultModel]


class HealthModel(_Model):
    """How the process is."""

    status: Literal["ok", "ready"]


class Problem(_Model):
    """RFC 9457 problem details. `title` tells the kind of problem, `detail` and `message` are this one's cause."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    message: str
    remedy: str
    retryable: bool
