"""A query: SuiteQL text with `?` placeholders and the values bound to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

BoundValue = str | date | None
"""What is bound to a placeholder: text as it goes out, a date still to be written in the account's format, or NULL."""


@dataclass(frozen=True, slots=True)
class Query:
    """SuiteQL as it goes to NetSuite. `text` never holds a value of the caller's, only its placeholders.

    `fingerprint` names the text as its author wrote it: what was learned from one answer holds for all values of the
    parameters, also where a list is longer or shorter. `library` is the name and the version of a saved query.
    """

    text: str
    params: tuple[BoundValue, ...]
    fingerprint: str
    library: tuple[str, int] | None = None
