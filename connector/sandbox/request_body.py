"""The body of a request: all of it or a refusal, never a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cheroot.errors import MaxSizeExceeded

LARGEST = 1024 * 1024
_DRAINED = 16 * LARGEST


class BodyTooLarge(Exception):  # noqa: N818 - an answer, not a fault of ours
    """A body of more than 1 MiB."""


class BodyMalformed(Exception):  # noqa: N818 - an answer, not a fault of ours
    """A body whose end cannot be told, or that ends early; what follows on the connection means nothing."""


def read_body(environ: Mapping[str, Any]) -> bytes:
    """The body, read off cheroot's stream. Raises BodyTooLarge, BodyMalformed."""
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH", "0")
    body = _read_chunks(stream) if environ["wsgi.input_terminated"] else _read_length(stream, length)
    if len(body) > LARGEST:
        _drain(stream)
        raise BodyTooLarge
    return body


def _read_chunks(stream: Any) -> bytes:
    stream.maxlen = _DRAINED  # without it cheroot holds a chunk of any announced size in memory
    try:
        return bytes(stream.read(LARGEST + 1))
    except MaxSizeExceeded as error:
        raise BodyTooLarge from error
    except (OSError, ValueError) as error:
        # Cheroot has no error of its own for a chunk that is too large.
        raise (BodyTooLarge if type(error) is OSError and error.errno is None else BodyMalformed) from error


def _read_length(stream: Any, length: str) -> bytes:
    if not (length.isascii() and length.isdecimal()):
        raise BodyMalformed
    try:
        body = bytes(stream.read(min(int(length), LARGEST + 1)))
    except OSError as error:
        raise BodyMalformed from error
    if len(body) < min(int(length), LARGEST + 1):
        raise BodyMalformed
    return body


def _drain(stream: Any) -> None:
    """Read on for a while, so that a client that is still sending gets to read the answer."""
    try:
        for _ in range(_DRAINED // LARGEST):
            if not stream.read(LARGEST):
                return
    except (OSError, ValueError, MaxSizeExceeded):
        return
