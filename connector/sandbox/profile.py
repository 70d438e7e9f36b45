"""What distinguishes one sandbox account from another: its id, its features, its preferences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """An account's preferences.

    `date_format` is NetSuite's own notation (Setup > Company > General Preferences > Date Format), for example
    `M/D/YYYY` or `DD.MM.YYYY`. `account_id` is the realm form: upper case with an underscore.
    """

    name: str
    account_id: str = "1234567_SB1"
    date_format: str = "M/D/YYYY"

    @property
    def host_label(self) -> str:
        """The account id as it stands in host names: lower case with a hyphen."""
        return self.account_id.lower().replace("_", "-")


PROFILES = {
    "default": Profile("default"),
    "european": Profile("european", date_format="DD.MM.YYYY"),
}
