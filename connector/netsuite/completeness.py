"""Whether a role sees all of the posted books: proven against a reference, or not proven at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.netsuite.control_reference import ControlReference
from connector.netsuite.control_totals import ControlTotal, Difference, balances, control_totals, differing_types
from connector.netsuite.finding import Finding
from connector.netsuite.suiteql import SuiteQL
from connector.netsuite.table_permissions import ROLE_PERMISSIONS, has_one_currency
from connector.netsuite.trial_balance import TrialBalance, differing_accounts

_NAME = "completeness"
_TAKE_ONE = (
    "Take one over a connection of a wider role (`connector doctor --connection WIDE --save-reference FILE`), or export "
    "Reports > Financial > Trial Balance as CSV, and give it with --reference FILE."
)
_WIDEN = (
    f"{ROLE_PERMISSIONS} > Transactions: each type of the list; the role's Subsidiary, Department, Class and Location "
    "Restrictions. What was posted since the reference was taken differs as well: take it anew."
)


def completeness(
    suiteql: SuiteQL, *, account: str, scope: str, reference: ControlReference | TrialBalance | None
) -> Finding:
    """Compare what this role (`scope`) sees of an account with the reference. Raises RemoteError."""
    if isinstance(reference, TrialBalance):
        if not has_one_currency(suiteql):
            cause = "A trial balance is consolidated into one currency, and this account's subsidiaries have several."
            return Finding(_NAME, "not proven", cause, _TAKE_ONE)
        found, compared = differing_accounts(balances(suiteql), reference)
        return _verdict(found, "a pasted trial balance", f"{compared:,} accounts of the balance sheet compared")
    ours = control_totals(suiteql)
    if reference is None:
        cause = "NetSuite leaves out rows a role may not see without a word, and there is no reference to compare with."
        return Finding(_NAME, "not proven", cause, _TAKE_ONE, _summary(ours))
    if reference.account != account:
        cause = f"The reference is of account {reference.account[:40]}, and this is {account}."
        return Finding(_NAME, "not proven", cause, _TAKE_ONE, _summary(ours))
    if reference.scope == scope:
        cause = f"The reference was taken as {scope}, the same role: it cannot see what that does not see."
        return Finding(_NAME, "not proven", cause, _TAKE_ONE, _summary(ours))
    taken = f"the totals taken as {reference.scope[:100]} at {reference.taken_at:%Y-%m-%d %H:%M} UTC"
    return _verdict(differing_types(ours, reference.totals), taken, _summary(ours))


def _verdict(found: Sequence[Difference], reference: str, summary: str) -> Finding:
    if not found:
        return Finding(_NAME, "ok", f"What this role sees agrees with {reference}.", detail=summary)
    cause = f"What this role sees does not agree with {reference}: {len(found):,} figures differ."
    return Finding(_NAME, "problem", cause, _WIDEN, "; ".join(str(difference) for difference in found))


def _summary(totals: Mapping[str, ControlTotal]) -> str:
    transactions = sum(total.transactions for total in totals.values())
    return f"{len(totals):,} posting types, {transactions:,} transactions"
