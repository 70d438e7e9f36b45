"""What NetSuite answers when it does not accept a query, sentence by sentence."""

from __future__ import annotations

from collections.abc import Mapping

# Records whose names are spelled so in the recorded sentence; any other is told as the query finds it.
_SPELLED = {"transactionaccountingline": "TransactionAccountingLine"}
_OPENING = "Invalid search query. Detailed unprocessed description follows. "


class SuiteQLRefused(Exception):  # noqa: N818 - NetSuite's answer, not a fault of ours
    """The query is not accepted.

    `detail` is the sentence for the caller and never holds a text of the database underneath; `reason` is for the
    sandbox's own log.
    """

    def __init__(self, detail: str, reason: str = "") -> None:
        super().__init__(reason or detail)
        self.detail = detail
        self.reason = reason


class SuiteQLTimeout(SuiteQLRefused):
    """The query ran longer than the sandbox allows."""


def unsupported(reason: str) -> SuiteQLRefused:
    """SQL that NetSuite cannot translate, and whatever the sandbox could not run exactly."""
    return SuiteQLRefused(f"{_OPENING}Search error occurred: Invalid or unsupported search.", reason)


def unknown_table(name: str) -> SuiteQLRefused:
    return SuiteQLRefused(f"{_OPENING}Invalid search type: {name}.")


def hidden_record(name: str) -> SuiteQLRefused:
    """What a role lacks the permission for, or an account the feature, looks as if it did not exist."""
    return SuiteQLRefused(f"{_OPENING}Search error occurred: Record '{name}' was not found.")


def unknown_identifier(name: str, available: Mapping[str, str]) -> SuiteQLRefused:
    """`available` maps each alias in scope to its table, as NetSuite lists them."""
    listed = ", ".join(f"{alias}={table}" for alias, table in available.items())
    return SuiteQLRefused(
        f"{_OPENING}Search error occurred: Unknown identifier '{name}'. Available identifiers are: {{{listed}}}."
    )


def unknown_field(name: str, record: str) -> SuiteQLRefused:
    spelled = _SPELLED.get(record, record)
    return SuiteQLRefused(f"{_OPENING}Search error occurred: Field '{name}' for record '{spelled}' was not found.")


def timeout(seconds: float) -> SuiteQLTimeout:
    return SuiteQLTimeout(f"{_OPENING}Search error occurred: The query ran longer than {seconds:g} seconds.")
