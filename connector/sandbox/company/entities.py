"""Customers, vendors and employees, in one sequence of ids as NetSuite keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from connector.sandbox.company.chance import chance
from connector.sandbox.company.hostile import HOSTILE, external_id, hostile
from connector.sandbox.company.organisation import BRITAIN, CAD, CANADA, EUR, EUROPE, GBP, PARENT, USD, WON
from connector.sandbox.company.records import Entity, Segment, Subsidiary, Term

_FIRST = ("Ada", "Bruno", "Chloé", "Dmitri", "Elif", "Farid", "Grace", "Hanna", "Ivo", "Jana", "Kofi", "Lena")
_LAST = ("Abara", "Berg", "Costa", "Dufour", "Eriksen", "Fischer", "García", "Huang", "Ito", "Jansen", "Kaya", "Lopez")
_TRADE = ("Harbor", "Summit", "Cedar", "Granite", "Blue Ridge", "Northgate", "Willow", "Ironwood", "Lakeside", "Crest")
_BUSINESS = ("Foods", "Tools", "Logistics", "Paper", "Optics", "Textiles", "Motors", "Chemicals", "Clinics", "Books")
_FORM = {
    PARENT: ("Inc.", "LLC", "Corp."), EUROPE: ("GmbH", "S.A.", "B.V."), BRITAIN: ("Ltd", "PLC"), CANADA: ("Ltée", "Inc."),
}  # fmt: skip
_SHARE = {PARENT: 50, EUROPE: 20, BRITAIN: 14, CANADA: 16}  # of customers and vendors, percent
_OPENED = datetime(2023, 11, 1, 8, 0)  # noqa: DTZ001 - NetSuite keeps times in the account's own zone

_EMPLOYEES, _EARLY_IN_WON = 26, 72
_BRANCH = 9
_NEVER_INACTIVE = 250  # ids: so that no subsidiary is without anybody

# The account numbers of the first companies all look like numbers, so that a type read off them loses later ones.
_LIKE_NUMBERS = 40


def entities(
    rng: Random,
    *,
    customers: int,
    vendors: int,
    departments: Sequence[Segment],
    terms: Sequence[Term],
    companies: Sequence[Subsidiary],
) -> tuple[Entity, ...]:
    """Employees first (the others name one as sales representative), ids rising with gaps."""
    maker = _Maker(rng, departments, terms, companies)
    for place in range(_EMPLOYEES):
        maker.employee(place)
    staff = [entity.id for entity in maker.made]
    for place in range(customers):
        maker.company("customer", place, staff)
    for place in range(vendors):
        maker.company("vendor", place, staff)
    return tuple(maker.made)


class _Maker:
    """Makes entities one by one; remembers the last id and time."""

    def __init__(
        self, rng: Random, departments: Sequence[Segment], terms: Sequence[Term], companies: Sequence[Subsidiary]
    ) -> None:
        self.made: list[Entity] = []
        self._rng = rng
        self._departments = departments
        self._terms = terms
        self._companies = list(companies)
        self._shares = [_SHARE[company.id] for company in companies]
        self._own = {company.id: company.currency for company in companies}
        self._id = 3
        self._time = _OPENED

    def employee(self, place: int) -> None:
        first, last = self._rng.choice(_FIRST), self._rng.choice(_LAST)
        if place % 2:
            last = hostile(place // 2)
        name = f"{first} {last}"
        subsidiary = self._companies[place % len(self._companies)].id
        self._add(
            kind="employee",
            entityid=name,
            name=name,
            person=True,
            first_name=first,
            last_name=last,
            subsidiary=subsidiary,
            currency=self._own[subsidiary],
            email=f"{first.lower()}.{place}@parent.example",
            account_number=f"{place:05d}",
            comments=hostile(place + 5) if place % 3 == 0 else None,
            terms=None,
            department=self._rng.choice(self._departments).id,
            supervisor=self.made[place // 3].id if place else None,
            salesrep=None,
            parent=None,
            credit_limit=None,
        )

    def company(self, kind: str, place: int, staff: Sequence[int]) -> None:
        """The first ones carry each hostile value as a name, then as an id; later ones now and then."""
        rng = self._rng
        # The first ones are everyone's, so that no subsidiary is without.
        first = place < 4 * len(self._companies)
        owner = (
            self._companies[place % len(self._companies)] if first else rng.choices(self._companies, self._shares)[0]
        )
        subsidiary = owner.id
        name = f"{rng.choice(_TRADE)} {rng.choice(_BUSINESS)} {rng.choice(_FORM[subsidiary])}"
        entityid = f"{'CUST' if kind == 'customer' else 'VEND'}{place + 1:05d}"
        if place < 2 * len(HOSTILE) or chance(rng, 2):
            name = hostile(place // 2)
            if place % 2 and place < 2 * len(HOSTILE):
                entityid, name = name, f"{name} (by its id)"
        self._add(
            kind=kind,
            entityid=entityid,
            name=name,
            person=False,
            first_name=None,
            last_name=None,
            subsidiary=subsidiary,
            currency=self._currency(subsidiary, kind, place, first=first),
            email=f"accounts{place}@{kind}.example" if chance(rng, 80) else None,
            account_number=f"{place:06d}" if place < _LIKE_NUMBERS else hostile(place) if place % 4 == 0 else None,
            comments=hostile(rng.randrange(len(HOSTILE))) if chance(rng, 20) else None,
            terms=rng.choice(self._terms).id,
            department=None,
            supervisor=None,
            salesrep=rng.choice(staff) if kind == "customer" else None,
            parent=self._parent(kind, place, subsidiary),
            credit_limit=rng.randrange(1, 200) * 100_000 if chance(rng, 50) else None,
        )

    def _parent(self, kind: str, place: int, subsidiary: int) -> int | None:
        """Every ninth customer is a branch of the latest one of the same subsidiary that is none."""
        if kind != "customer" or place % _BRANCH != _BRANCH - 1:
            return None
        of_kind = (one for one in reversed(self.made) if one.kind == kind and one.subsidiary == subsidiary)
        return next((one.id for one in of_kind if one.parent is None), None)

    def _currency(self, subsidiary: int, kind: str, place: int, *, first: bool) -> int:
        """Mostly the subsidiary's own, one vendor in twenty paid in won (an early one too), the others in any."""
        if kind == "vendor" and (place == _EARLY_IN_WON or (place and place % 20 == 0)):
            return WON
        if first or chance(self._rng, 80):
            return self._own[subsidiary]
        return self._rng.choice((USD, GBP, CAD, EUR))

    def _add(
        self,
        *,
        kind: str,
        entityid: str,
        name: str,
        person: bool,
        first_name: str | None,
        last_name: str | None,
        subsidiary: int,
        currency: int,
        email: str | None,
        account_number: str | None,
        comments: str | None,
        terms: int | None,
        department: int | None,
        supervisor: int | None,
        salesrep: int | None,
        parent: int | None,
        credit_limit: int | None,
    ) -> None:
        rng = self._rng
        self._id += rng.randint(1, 4)
        self._time += timedelta(seconds=rng.randint(30, 900))
        self.made.append(
            Entity(
                id=self._id,
                kind=kind,
                entityid=entityid,
                name=name,
                person=person,
                first_name=first_name,
                last_name=last_name,
                subsidiary=subsidiary,
                currency=currency,
                email=email,
                phone=f"+1 (555) 01{rng.randrange(100):02d}" if chance(rng, 60) else None,
                account_number=account_number,
                comments=comments,
                external=external_id(self._id),
                terms=terms,
                department=department,
                supervisor=supervisor,
                salesrep=salesrep,
                parent=parent,
                credit_limit=credit_limit,
                created=self._time,
                modified=self._time + timedelta(minutes=rng.randint(0, 900_000)),
                inactive=chance(rng, 3) and self._id > _NEVER_INACTIVE,
            )
        )
