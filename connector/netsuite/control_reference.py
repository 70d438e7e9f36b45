"""Control totals kept in a file: taken once by a wider role, held against what a narrower one sees."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from connector.errors import SettingError
from connector.netsuite.control_totals import ControlTotal
from connector.netsuite.trial_balance import TrialBalance, read_trial_balance

_LONGEST = 16 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class ControlReference:
    """The account, as which role and when the totals were taken, and the totals by transaction type."""

    account: str
    scope: str
    taken_at: datetime
    totals: dict[str, ControlTotal]


def written(reference: ControlReference) -> bytes:
    """The file: JSON, decimals as text."""
    totals = {
        kind: {"transactions": total.transactions, "debit": format(total.debit, "f")}
        for kind, total in sorted(reference.totals.items())
    }
    document = {
        "account": reference.account,
        "scope": reference.scope,
        "taken_at": reference.taken_at.isoformat(),
        "totals": totals,
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def read_reference(data: bytes) -> ControlReference | TrialBalance:
    """What `written` wrote, or a pasted trial balance in CSV. Raises SettingError (code BAD_REFERENCE)."""
    if len(data) > _LONGEST:
        raise _bad()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _bad() from None
    if not text.lstrip().startswith("{"):
        return read_trial_balance(text)
    try:
        document = json.loads(text)
        totals = {str(kind): _total(total) for kind, total in document["totals"].items()}
        taken_at = datetime.fromisoformat(document["taken_at"])
        account, scope = document["account"], document["scope"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _bad() from None
    if taken_at.tzinfo is None or not isinstance(account, str) or not isinstance(scope, str):
        raise _bad()
    return ControlReference(account, scope, taken_at, totals)


def _total(value: dict[str, object]) -> ControlTotal:
    transactions, debit = value["transactions"], value["debit"]
    if type(transactions) is not int or re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,10})?", str(debit)) is None:
        raise ValueError(debit)
    return ControlTotal(transactions, Decimal(str(debit)))


def _bad() -> SettingError:
    return SettingError(
        "The reference cannot be read.",
        code="BAD_REFERENCE",
        remedy="Give what `connector doctor --save-reference FILE` wrote, or a native trial balance in CSV.",
    )
