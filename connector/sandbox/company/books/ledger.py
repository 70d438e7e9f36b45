"""The general ledger: what was posted by book, subsidiary, posting period and account."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow.compute as pc

from connector.sandbox.company.register import BOTH_BOOKS, Register

# Book, subsidiary, posting period, account: debits and credits in cents, both positive.
Activity = Mapping[tuple[int, int, int, int], tuple[int, int]]
_ACCOUNTS = {1: "account", 2: "account2"}


def activity(register: Register) -> Activity:
    """Every posting line that has an account, in each book that it is entered in; sorted by its key."""
    heads, lines = register.headers, register.lines
    place = np.searchsorted(heads.column("id").to_numpy(), lines.column("transaction").to_numpy())
    posting = heads.column("posting").to_numpy()[place]
    entered = heads.column("book").to_numpy()[place]
    subsidiary = heads.column("subsidiary").to_numpy()[place]
    period = heads.column("period").to_numpy()[place]
    amount = lines.column("amount").to_numpy()
    found: dict[tuple[int, int, int, int], tuple[int, int]] = {}
    for book, column in _ACCOUNTS.items():
        account = pc.fill_null(lines.column(column), 0).to_numpy()
        chosen = posting.astype(bool) & np.isin(entered, (BOTH_BOOKS, book)) & (account != 0)
        keys = np.stack([subsidiary[chosen], period[chosen], account[chosen]], axis=1)
        groups, where = np.unique(keys, axis=0, return_inverse=True)
        debits, credits_ = np.zeros(len(groups), np.int64), np.zeros(len(groups), np.int64)
        np.add.at(debits, where.ravel(), np.maximum(amount[chosen], 0))
        np.add.at(credits_, where.ravel(), np.maximum(-amount[chosen], 0))
        for (one, month, number), debit, credit in zip(
            groups.tolist(), debits.tolist(), credits_.tolist(), strict=True
        ):
            found[book, one, month, number] = debit, credit
    return found
