"""A file that appears whole or not at all: written beside its place under another name, then moved there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connector.errors import CallerError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give the place to write to; what was at `path` stays until the block has ended well.

    A link stays one, a file keeps its mode, a device or pipe is written as it is. A new file is for its owner alone.
    Raises CallerError (code BAD_OUTPUT) for a place that cannot be written.
    """
    place = path.resolve()
    if place.exists() and not place.is_file():
        yield path
        return
    try:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:100]}.", suffix=".part")
    except OSError as error:
        raise unwritable(path, error) from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
        if place.exists():
            shutil.copymode(place, part)
        part.replace(place)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def unwritable(path: Path, error: Exception) -> CallerError:
    """The error for a place that cannot be written."""
    reason = getattr(error, "strerror", None) or "it may be open in Excel"
    return CallerError(
        f"The file {path} cannot be written: {reason}.",
        code="BAD_OUTPUT",
        remedy="Choose another --output, or close the file where it is open.",
    )
