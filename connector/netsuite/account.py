"""A NetSuite account id, its two spellings and the hosts it answers on.

The realm of a signature is upper case with an underscore (`1234567_SB1`); a host is lower case with a hyphen
(`1234567-sb1.suitetalk.api.netsuite.com`). Source: Oracle section_4834765371.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from connector.egress import Origin
from connector.errors import SettingError

_FORM = re.compile(r"[A-Za-z0-9]{1,30}([_-][A-Za-z0-9]{1,10})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class AccountId:
    """A valid account id; `realm` is the form NetSuite shows as Account ID."""

    realm: str

    def __post_init__(self) -> None:
        if _FORM.fullmatch(self.realm) is None or self.realm != self.realm.upper() or "-" in self.realm:
            raise _not_an_account_id(self.realm)

    @classmethod
    def parse(cls, text: str) -> AccountId:
        """Take either spelling. Raises SettingError (code BAD_ACCOUNT_ID), so an id cannot name another host."""
        stripped = text.strip(" ")
        if _FORM.fullmatch(stripped) is None:
            raise _not_an_account_id(text)
        return cls(stripped.upper().replace("-", "_"))

    @property
    def host_label(self) -> str:
        """The spelling in host names."""
        return self.realm.lower().replace("_", "-")

    @property
    def kind(self) -> str:
        """`production`, `sandbox`, `release preview` or `developer`."""
        if re.search(r"_SB[0-9]*$", self.realm):
            return "sandbox"
        if re.search(r"_RP[0-9]*$", self.realm):
            return "release preview"
        return "developer" if re.match(r"(TSTDRV|TD)[0-9]", self.realm) else "production"

    def __str__(self) -> str:
        return self.realm


def _not_an_account_id(text: str) -> SettingError:
    return SettingError(
        f"{text[:60]!a} is not a NetSuite account id.",
        code="BAD_ACCOUNT_ID",
        remedy="Copy it from Setup > Company > Company Information, field Account ID, "
        "for example 1234567 or 1234567_SB1.",
    )


@dataclass(frozen=True, slots=True)
class Hosts:
    """The origins of one account: SuiteTalk (REST, SOAP, tokens), RESTlets, and the user interface."""

    suitetalk: Origin
    restlets: Origin
    app: Origin


def hosts_of(account: AccountId, configured: Origin | None = None) -> Hosts:
    """NetSuite's own hosts, or the one address that the server's configuration admits instead (a sandbox, a proxy)."""
    if configured is not None:
        return Hosts(configured, configured, configured)
    names = ("suitetalk.api", "restlets.api", "app")
    return Hosts(*(Origin("https", f"{account.host_label}.{name}.netsuite.com", 443) for name in names))
