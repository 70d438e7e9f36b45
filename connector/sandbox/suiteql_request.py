"""SuiteQL over REST: what a request may ask, and the envelope of its answer.

Request: Oracle section_157909186990; paging: section_156414087576.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import parse_qsl

from connector.sandbox import faults
from connector.sandbox.faults import Refused
from connector.sandbox.wire import Request

CONTENT_TYPE = "application/vnd.oracle.resource+json; type=collection"
_MOST_ROWS = 1000  # on a page
_MOST_PAGES = 1000
_MOST_RESULTS = 100_000
_DIGITS = 9

Parameter = str | Decimal | None


@dataclass(frozen=True, slots=True)
class SuiteQLRequest:
    """A question and the part of its answer that is wanted."""

    q: str
    params: Sequence[Parameter]
    limit: int
    offset: int


def read(request: Request) -> SuiteQLRequest:
    """Read a request. Raises Refused; Oracle publishes no sentence for a bad limit, offset or header, ours are used."""
    preferences = request.headers.get("prefer", "").lower().split(",")
    if "transient" not in (one.partition(";")[0].strip() for one in preferences):
        detail = "The Prefer header is missing or invalid. Set it to: transient."
        raise Refused(faults.fault(400, "INVALID_HEADER", detail, header="Prefer"))
    limit, offset = _page(request.query)
    q, params = _question(request.body)
    return SuiteQLRequest(q, params, limit, offset)


def envelope(asked: SuiteQLRequest, items: Sequence[Mapping[str, str]], total: int, address: str) -> dict[str, object]:
    """The answer's body. `address` is the service's own, without a query; every item begins with empty links."""
    more = asked.offset + len(items) < total
    return {
        "links": _links(asked, total, more, address),
        "count": len(items),
        "hasMore": more,
        "items": [{"links": [], **item} for item in items],
        "offset": asked.offset,
        "totalResults": total,
    }


def _links(asked: SuiteQLRequest, total: int, more: bool, address: str) -> list[dict[str, str]]:
    """next, last, self on the first page; prev, first, self later; none where one page holds all."""

    def link(rel: str, offset: int) -> dict[str, str]:
        return {"rel": rel, "href": f"{address}?limit={asked.limit}&offset={offset}"}

    links: list[dict[str, str]] = []
    if asked.offset:
        links += [link("prev", asked.offset - asked.limit), link("first", 0)]
    if more:
        links += [link("next", asked.offset + asked.limit), link("last", (total - 1) // asked.limit * asked.limit)]
    return [*links, link("self", asked.offset)] if links else []


def _page(query: str) -> tuple[int, int]:
    limit = _number(query, "limit", _MOST_ROWS)
    offset = _number(query, "offset", 0)
    if not 1 <= limit <= _MOST_ROWS:
        raise _out_of_bounds("limit", f"The limit must be between 1 and {_MOST_ROWS}.")
    if offset % limit:
        raise _out_of_bounds("offset", "The offset must be divisible by the limit.")
    if offset // limit >= _MOST_PAGES:
        raise _out_of_bounds("offset", f"A query has at most {_MOST_PAGES} pages.")
    if offset + limit > _MOST_RESULTS:
        raise _out_of_bounds("offset", f"A query returns at most {_MOST_RESULTS} results.")
    return limit, offset


def _number(query: str, name: str, default: int) -> int:
    try:
        values = [value for key, value in parse_qsl(query, keep_blank_values=True, errors="strict") if key == name]
    except ValueError as error:
        raise _out_of_bounds(name, "The query string cannot be read.") from error
    if not values:
        return default
    if len(values) > 1 or not (values[0].isascii() and values[0].isdecimal()) or len(values[0]) > _DIGITS:
        raise _out_of_bounds(name, f"The {name} must be a whole number.")
    return int(values[0])


def _question(body: bytes) -> tuple[str, list[Parameter]]:
    try:
        document = json.loads(body.decode(), parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise Refused(faults.invalid_content()) from error
    if not isinstance(document, dict):
        raise Refused(faults.invalid_content())
    q, params = document.get("q"), document.get("params", [])
    if not isinstance(q, str) or not q.strip():
        raise Refused(faults.invalid_parameter("q", "The parameter q is required and must be a text."))
    if not isinstance(params, list):
        raise Refused(faults.invalid_parameter("params", "The parameter params must be an array."))
    return _whole(q), [_parameter(value) for value in params]


def _parameter(value: object) -> Parameter:
    """A value to bind: a text, as the documentation has it, or a bare number with all its digits."""
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, str):
        return _whole(value)
    raise Refused(faults.invalid_parameter("params", "The parameter params must hold texts and numbers."))


def _whole(text: str) -> str:
    """The text, unless it has half a character (a lone surrogate) in it, which no encoding holds."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Refused(faults.invalid_content()) from error
    return text


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _out_of_bounds(name: str, detail: str) -> Refused:
    return Refused(faults.invalid_parameter(name, detail))
