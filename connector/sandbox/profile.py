"""What distinguishes one sandbox account from another: its id, its features, its preferences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# What a role that reads sales and purchases may well not see: the people, the plans, and how the books are kept.
_NOT_FOR_READERS = frozenset({"employee", "budgets", "budgetsmachine", "budgetcategory", "accountingbook"})


@dataclass(frozen=True, slots=True)
class Profile:
    """An account's features and preferences, and what its role sees.

    `date_format` is NetSuite's own notation (Setup > Company > General Preferences > Date Format), for example
    `M/D/YYYY` or `DD.MM.YYYY`. `account_id` is the realm form: upper case with an underscore. Without `oneworld` there
    are no subsidiaries. `calendar` says what fiscal periods are: months, or four, four and five weeks in turn.
    `common_table_expressions` says whether SuiteQL takes WITH: sources disagree. `hidden_records` are record types that
    the role lacks the permission for; SuiteQL does not find them.
    """

    name: str
    account_id: str = "1234567_SB1"
    date_format: str = "M/D/YYYY"
    oneworld: bool = True
    calendar: Literal["months", "4-4-5"] = "months"
    common_table_expressions: bool = False
    hidden_records: frozenset[str] = frozenset()

    @property
    def host_label(self) -> str:
        """The account id as it stands in host names: lower case with a hyphen."""
        return self.account_id.lower().replace("_", "-")


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("default"),
        Profile("european", date_format="DD.MM.YYYY"),
        Profile("4-4-5", calendar="4-4-5"),
        Profile("no-oneworld", oneworld=False),
        Profile("limited-role", hidden_records=_NOT_FOR_READERS),
        Profile("with-clause", common_table_expressions=True),
    )
}
