"""A query: SuiteQL text with `?` placeholders and the values bound to them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

BoundValue = str | date | None
"""What is bound to a placeholder: text as it goes out, a date still to be written in the account's format, or NULL."""


@dataclass(frozen=True, slots=True)
class Query:
    """SuiteQL as it goes to NetSuite. `text` never holds a value of the caller's, only its placeholders."""

    text: str
    params: tuple[BoundValue, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Names the text alone: types learned from one answer hold for every value of the parameters."""
        return hashlib.sha256(self.text.encode()).hexdigest()
