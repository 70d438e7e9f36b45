"""Where a subsidiary's transactions are entered: its accounts, locations and parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connector.sandbox.company.hostile import HOSTILE
from connector.sandbox.company.records import Account, Entity, Organisation, Subsidiary


@dataclass(slots=True)
class Desk:
    """What is known of one subsidiary where its transactions are entered."""

    company: Subsidiary
    accounts: dict[str | None, int]
    bank: int
    receivable: int
    payable: int
    locations: Sequence[int]
    customers: Sequence[Entity] = ()
    vendors: Sequence[Entity] = ()
    home_vendors: Sequence[Entity] = ()
    employees: Sequence[Entity] = ()


def desks(organisation: Organisation) -> dict[int, Desk]:
    """By subsidiary, in the order of their ids."""
    made = {}
    for company in organisation.subsidiaries:
        usable = [account for account in organisation.accounts if _usable(account, company.id)]
        accounts = {account.number: account.id for account in usable}
        of_type = {account.type: account.id for account in reversed(usable) if account.number != "00123"}
        # Those with strange names come last, where business is rare.
        people = sorted(
            (entity for entity in organisation.entities if entity.subsidiary == company.id and not entity.inactive),
            key=lambda entity: not {entity.entityid, entity.name, entity.last_name}.isdisjoint(HOSTILE),
        )
        made[company.id] = Desk(
            company,
            accounts,
            bank=of_type.get("Bank", 0),
            receivable=of_type.get("AcctRec", 0),
            payable=of_type.get("AcctPay", 0),
            locations=[
                place.id
                for place in organisation.locations
                if place.subsidiary == str(company.id) and not place.inactive
            ],
            customers=[one for one in people if one.kind == "customer"],
            vendors=[one for one in people if one.kind == "vendor"],
            home_vendors=[one for one in people if one.kind == "vendor" and one.currency == company.currency],
            employees=[one for one in people if one.kind == "employee"],
        )
    return made


def _usable(account: Account, subsidiary: int) -> bool:
    return str(subsidiary) in account.subsidiaries.split(", ")
