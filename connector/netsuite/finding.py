"""What a check of a connection found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from connector.errors import ConnectorError

Verdict = Literal["ok", "problem", "not proven", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The check's name, its verdict, the cause in a sentence, what to do (NetSuite's menu path) and further detail."""

    name: str
    verdict: Verdict
    cause: str
    remedy: str = ""
    detail: str = ""


def problem(name: str, error: ConnectorError) -> Finding:
    """The finding an error stands for."""
    return Finding(name, "problem", error.message, error.remedy, error.code)
