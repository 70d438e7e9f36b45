"""What is bought and sold: stocked goods and assemblies, services, charges, and what only shapes a sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from connector.sandbox.company.chance import chance
from connector.sandbox.company.hostile import HOSTILE, external_id, hostile
from connector.sandbox.company.records import Account, Item, Segment

ITEM_TYPES = {
    "InvtPart": "Inventory Item",
    "NonInvtPart": "Non-inventory Item",
    "Service": "Service",
    "OthCharge": "Other Charge",
    "Assembly": "Assembly/Bill of Materials",
    "Kit": "Kit/Package",
    "Discount": "Discount",
    "Markup": "Markup",
    "Payment": "Payment",
    "Subtotal": "Subtotal",
    "Group": "Item Group",
    "Description": "Description",
}
# Those that carry no account of income: they only shape a sale.
_SHAPING = ("Discount", "Markup", "Payment", "Subtotal", "Group", "Description")
_STOCKED = frozenset({"InvtPart", "Assembly"})
_KINDS = (
    "InvtPart", "InvtPart", "InvtPart", "Service", "NonInvtPart", "InvtPart", "OthCharge", "InvtPart", "Assembly",
    "Service", "Kit",
)  # fmt: skip
_INCOME = {
    "InvtPart": "4010", "Assembly": "4010", "Kit": "4010", "NonInvtPart": "4010", "Service": "4020", "OthCharge": "4030",
}  # fmt: skip
_MATERIAL = ("Steel", "Oak", "Copper", "Glass", "Nylon", "Carbon")
_THING = ("Bracket", "Valve", "Sensor", "Panel", "Gear", "Cable", "Hinge")
_OPENED = datetime(2023, 11, 20, 9, 30)  # noqa: DTZ001 - NetSuite keeps times in the account's own zone

_PIECES_OF_A_KIT = 2
_WITH_WORK, _MARKUP = 112, 155  # percent

# Every fifth item is a variant of the one before the last four, to have a hierarchy.
_FAMILY = 5


def items(
    rng: Random,
    *,
    count: int,
    accounts: Sequence[Account],
    departments: Sequence[Segment],
    classifications: Sequence[Segment],
) -> tuple[Item, ...]:
    """`count` items with ids that have gaps; prices from 40 to 3,000 USD."""
    by_number = {account.number: account.id for account in accounts}
    made: list[Item] = []
    number, time = 40, _OPENED
    for place in range(count):
        number += rng.randint(1, 3)
        time += timedelta(seconds=rng.randint(60, 4000))
        kind = (
            _SHAPING[place - count + len(_SHAPING)] if place >= count - len(_SHAPING) else _KINDS[place % len(_KINDS)]
        )
        parent = made[place - _FAMILY + 1] if place % _FAMILY == _FAMILY - 1 and kind not in _SHAPING else None
        kind = parent.type if parent else kind
        name = f"{rng.choice(_MATERIAL)} {rng.choice(_THING)} {place + 1}"
        if place % 2 and place < 2 * len(HOSTILE):
            name = hostile(place // 2)
        stocked = kind in _STOCKED
        price = int(10 ** rng.uniform(3.6, 5.5))
        made.append(
            Item(
                id=number,
                name=name,
                full_name=f"{parent.full_name} : {name}" if parent else name,
                display_name=hostile(place) if place % 3 == 0 else f"{name} (display)",
                description=hostile(place + 3) if place % 4 == 0 else None,
                type=kind,
                parent=parent.id if parent else None,
                income=by_number[_INCOME[kind]] if kind in _INCOME else None,
                expense=by_number["5010"] if stocked else by_number["6700"],
                asset=by_number["1230" if kind == "Assembly" else "1210" if place % 3 else "1220"] if stocked else None,
                price=price,
                cost=price * rng.randint(55, 85) // 100 if stocked else None,
                upc=f"{place * 7_777_777 % 1_000_000_000_000:012d}" if stocked else None,
                external=external_id(place),
                department=rng.choice(departments).id if place % 4 == 1 else None,
                classification=rng.choice(classifications).id if place % 3 == 1 else None,
                created=time,
                modified=time + timedelta(minutes=rng.randint(0, 800_000)),
                inactive=chance(rng, 4),
            )
        )
    return tuple(_costed(item, made) if item.type == "Assembly" else item for item in made)


def pieces(assembly: Item, all_items: Sequence[Item]) -> list[Item]:
    """The parts that an assembly is made of, one of each."""
    parts = [item for item in all_items if item.type == "InvtPart" and not item.inactive]
    built = [item.id for item in all_items if item.type == "Assembly" and not item.inactive]
    place = built.index(assembly.id) if assembly.id in built else 0
    return [parts[(place * _PIECES_OF_A_KIT + n) % len(parts)] for n in range(_PIECES_OF_A_KIT)]


def _costed(assembly: Item, all_items: Sequence[Item]) -> Item:
    """An assembly costs what its parts do and some work."""
    cost = sum(part.cost or 0 for part in pieces(assembly, all_items)) * _WITH_WORK // 100
    return replace(assembly, cost=cost, price=cost * _MARKUP // 100)
