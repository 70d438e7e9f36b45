"""One page of a SuiteQL answer, taken apart and checked (Oracle section_157909186990, section_156414087576)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from connector.egress import Reply
from connector.errors import CallerError, UnreadableError
from connector.netsuite.faults import is_web_page, web_page_fault

Row = dict[str, str]
"""Lower-case column name → text; a null is left out."""

_COUNT = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class SuiteQLPage:
    """The rows of a page, and how many the whole answer has."""

    rows: list[Row]
    total: int
    has_more: bool


def request_body(text: str, params: Sequence[str]) -> bytes:
    """The body that asks a question: values stand in `params`, never in `q`. The empty text is NULL, as Oracle has it.

    Raises CallerError (code BAD_TEXT) for a text that no character encoding can hold.
    """
    try:
        return orjson.dumps({"q": text, "params": list(params)} if params else {"q": text})
    except orjson.JSONEncodeError as error:
        raise CallerError(
            "The query or one of its parameters has half a character in it.",
            code="BAD_TEXT",
            remedy="Type the text anew.",
        ) from error


def read_page(reply: Reply, *, offset: int, limit: int) -> SuiteQLPage:
    """Read the page that begins at row `offset`. Raises UnreadableError for whatever is not whole.

    Raises UnavailableError (code WEB_PAGE) where a page for people came with a status of success.
    """
    if is_web_page(reply):
        raise web_page_fault(reply)
    try:
        body = reply.json()
    except ValueError as error:
        raise UnreadableError("NetSuite's answer is not whole JSON.", retryable=True) from error
    if not isinstance(body, dict) or not isinstance(body.get("items"), list):
        raise UnreadableError("NetSuite's answer has no list of rows.")
    rows = [_row(item) for item in body["items"]]
    count, total = _number(body, "count"), _number(body, "totalResults")
    has_more = body.get("hasMore")
    if count != len(rows) or not isinstance(has_more, bool) or _number(body, "offset") != offset or len(rows) > limit:
        raise UnreadableError(
            f"NetSuite's page from row {offset} contradicts itself: it announces {count} rows and holds {len(rows)}.",
            code="INCOMPLETE_ANSWER",
        )
    reached = offset + len(rows)
    if has_more != (reached < total) or reached > total or (has_more and len(rows) != limit):
        raise UnreadableError(
            f"NetSuite's page from row {offset} holds {len(rows)} of {total} rows, and they do not add up.",
            code="INCOMPLETE_ANSWER",
        )
    return SuiteQLPage(rows, total, has_more)


def _number(body: dict[str, object], name: str) -> int:
    """An envelope's number; `Reply.json` leaves numbers as text so that no value loses a digit."""
    value = body.get(name)
    if isinstance(value, str) and _COUNT.fullmatch(value):
        return int(value)
    raise UnreadableError(f"NetSuite's answer does not say its {name}.")


def _row(item: object) -> Row:
    if not isinstance(item, dict):
        raise UnreadableError("A row of NetSuite's answer is no object.")
    # Every item has a list named links; a column of that name would be text.
    held = [(key.lower(), value) for key, value in item.items() if key != "links" or not isinstance(value, list)]
    row = {key: _text(value) for key, value in held if value is not None}
    if len({key for key, _ in held}) < len(held):
        raise UnreadableError("Two columns of NetSuite's answer differ in case alone.")
    return row


def _text(value: object) -> str:
    """NetSuite sends strings; a bare number or truth value is taken as the text it stands for."""
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise UnreadableError("A text of NetSuite's answer has half a character in it.") from error
        return value
    raise UnreadableError("A value of NetSuite's answer is neither text nor number.")
