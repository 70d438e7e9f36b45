"""What comes in and what goes out, free of any web framework."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

RESTLET = "/app/site/hosting/restlet.nl"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stood on the wire: path and query are still percent-encoded, header names lower-case.

    `base_url` is scheme, host and port as the client addressed them; a signature is made over it.
    """

    method: str
    base_url: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    address: str = "127.0.0.1"

    @property
    def content_type(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_restlet(self) -> bool:
        """RESTlets have their own host and their own form of errors (Oracle section_4634920277)."""
        return self.path == RESTLET


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body of an answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


def json_answer(
    status: int, body: object, content_type: str = "application/json", headers: Mapping[str, str] | None = None
) -> Answer:
    """An answer in compact JSON, keys in the order given."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, {"Content-Type": content_type, **(headers or {})}, text.encode())
