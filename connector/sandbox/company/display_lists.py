"""What BUILTIN.DF shows for values that are codes, by list."""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.company.chart import ACCOUNT_TYPES
from connector.sandbox.company.items import ITEM_TYPES
from connector.sandbox.company.transaction_types import TYPES

DISPLAY_LISTS: Mapping[str, Mapping[str, str]] = {
    "accttype": ACCOUNT_TYPES,
    "itemtype": ITEM_TYPES,
    "entitytype": {"CustJob": "Customer", "Vendor": "Vendor", "Employee": "Employee"},
    "country": {"US": "United States", "DE": "Germany", "GB": "United Kingdom", "CA": "Canada"},
    "transactiontype": {kind.code: kind.title for kind in TYPES},
    # The letter alone means nothing: A is an open invoice, and a journal that waits for approval.
    "transactionstatus": {
        f"{kind.code}:{letter}": f"{kind.title} : {name}" for kind in TYPES for letter, name in kind.statuses
    },
}
