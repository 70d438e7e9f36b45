"""Tables of the accounts, the people and companies dealt with, and the items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from connector.sandbox.company.organisation import shared_by
from connector.sandbox.company.records import Account, Entity, Item, Organisation
from connector.sandbox.company.tables.build import Field, constant, field, flag, money, never, table
from connector.sandbox.table import Kind, Table

_CHART_MADE = datetime(2023, 10, 2, 10, 15)  # noqa: DTZ001 - NetSuite keeps times in the account's own zone
_INVENTORY = frozenset({"1200", "1210", "1220", "1230"})
_ENTITY_TYPES = {"customer": "CustJob", "vendor": "Vendor", "employee": "Employee"}


def master_tables(organisation: Organisation) -> Iterator[Table]:
    """account, item, customer, vendor, employee, and entity, which holds the last three together."""
    everyone = shared_by(organisation.subsidiaries)
    account, item = list(_ACCOUNT), list(_ITEM)
    of_whom: list[Field[Entity]] = []
    if organisation.oneworld:
        account.append(field("subsidiary", Kind.TEXT, lambda a: a.subsidiaries))
        item.append(field("subsidiary", Kind.TEXT, constant(everyone)))
        of_whom = [field("subsidiary", Kind.ID, lambda e: e.subsidiary, "subsidiary.fullname")]
    yield table("account", organisation.accounts, account)
    yield table("item", organisation.items, item)
    entities = organisation.entities
    yield table("entity", entities, _ENTITY)
    of_kind = {kind: [entity for entity in entities if entity.kind == kind] for kind in _ENTITY_TYPES}
    yield table("customer", of_kind["customer"], [*_CUSTOMER, *of_whom])
    yield table("vendor", of_kind["vendor"], [*_VENDOR, *of_whom])
    yield table("employee", of_kind["employee"], [*_EMPLOYEE, *of_whom])


def _display_name(account: Account) -> str:
    return f"{account.number} {account.name}" if account.number else account.name


def _numbered_path(account: Account) -> str:
    return f"{account.number} {account.full_name}" if account.number else account.full_name


_ACCOUNT: Sequence[Field[Account]] = (
    field("id", Kind.ID, lambda a: a.id),
    field("acctnumber", Kind.TEXT, lambda a: a.number),
    field("accttype", Kind.TEXT, lambda a: a.type, "list:accttype"),
    field("fullname", Kind.TEXT, lambda a: a.full_name),
    field("accountsearchdisplayname", Kind.TEXT, _display_name),
    field("accountsearchdisplaynamecopy", Kind.TEXT, lambda a: a.name),
    field("displaynamewithhierarchy", Kind.TEXT, _numbered_path),
    field("description", Kind.TEXT, lambda a: a.description),
    field("parent", Kind.ID, lambda a: a.parent, "account.accountsearchdisplayname"),
    field("issummary", Kind.BOOLEAN, lambda a: flag(a.summary)),
    field("isinactive", Kind.BOOLEAN, constant("F")),
    field("eliminate", Kind.BOOLEAN, lambda a: flag(a.eliminate)),
    field("inventory", Kind.BOOLEAN, lambda a: flag(a.number in _INVENTORY)),
    field("includechildren", Kind.BOOLEAN, constant("T")),
    field("revalue", Kind.BOOLEAN, lambda a: flag(a.type in ("Bank", "AcctRec", "AcctPay"))),
    field("reconcilewithmatching", Kind.BOOLEAN, constant("F")),
    field("generalrate", Kind.TEXT, lambda a: a.rate),
    field("cashflowrate", Kind.TEXT, constant("Average")),
    field("sspecacct", Kind.TEXT, lambda a: a.special),
    field("currency", Kind.ID, lambda a: a.currency, "currency.name"),
    field("department", Kind.ID, never, "department.fullname"),
    field("class", Kind.ID, never, "classification.fullname"),
    field("location", Kind.ID, never, "location.fullname"),
    field("externalid", Kind.TEXT, lambda a: a.external),
    field("lastmodifieddate", Kind.DATETIME, constant(_CHART_MADE)),
)

_ITEM: Sequence[Field[Item]] = (
    field("id", Kind.ID, lambda i: i.id),
    field("itemid", Kind.TEXT, lambda i: i.name),
    field("fullname", Kind.TEXT, lambda i: i.full_name),
    field("displayname", Kind.TEXT, lambda i: i.display_name),
    field("description", Kind.TEXT, lambda i: i.description),
    field("itemtype", Kind.TEXT, lambda i: i.type, "list:itemtype"),
    field("parent", Kind.ID, lambda i: i.parent, "item.fullname"),
    field("incomeaccount", Kind.ID, lambda i: i.income, "account.accountsearchdisplayname"),
    field("expenseaccount", Kind.ID, lambda i: i.expense, "account.accountsearchdisplayname"),
    field("assetaccount", Kind.ID, lambda i: i.asset, "account.accountsearchdisplayname"),
    field("baseprice", Kind.MONEY, lambda i: money(i.price)),
    field("cost", Kind.MONEY, lambda i: money(i.cost)),
    field("upccode", Kind.TEXT, lambda i: i.upc),
    field("department", Kind.ID, lambda i: i.department, "department.fullname"),
    field("class", Kind.ID, lambda i: i.classification, "classification.fullname"),
    field("location", Kind.ID, never, "location.fullname"),
    field("isinactive", Kind.BOOLEAN, lambda i: flag(i.inactive)),
    field("externalid", Kind.TEXT, lambda i: i.external),
    field("createddate", Kind.DATETIME, lambda i: i.created),
    field("lastmodifieddate", Kind.DATETIME, lambda i: i.modified),
)

_NAMES: Sequence[Field[Entity]] = (
    field("id", Kind.ID, lambda e: e.id),
    field("entityid", Kind.TEXT, lambda e: e.entityid),
    field("altname", Kind.TEXT, lambda e: e.name),
    field("entitytitle", Kind.TEXT, lambda e: e.title),
    field("firstname", Kind.TEXT, lambda e: e.first_name),
    field("lastname", Kind.TEXT, lambda e: e.last_name),
    field("email", Kind.TEXT, lambda e: e.email),
    field("phone", Kind.TEXT, lambda e: e.phone),
    field("comments", Kind.TEXT, lambda e: e.comments),
    field("externalid", Kind.TEXT, lambda e: e.external),
    field("isinactive", Kind.BOOLEAN, lambda e: flag(e.inactive)),
    field("datecreated", Kind.DATETIME, lambda e: e.created),
    field("lastmodifieddate", Kind.DATETIME, lambda e: e.modified),
)

_ENTITY: Sequence[Field[Entity]] = (
    *_NAMES,
    field("type", Kind.TEXT, lambda e: _ENTITY_TYPES[e.kind], "list:entitytype"),
    field("isperson", Kind.BOOLEAN, lambda e: flag(e.person)),
    field("customer", Kind.ID, lambda e: e.id if e.kind == "customer" else None, "customer.entitytitle"),
    field("vendor", Kind.ID, lambda e: e.id if e.kind == "vendor" else None, "vendor.entitytitle"),
    field("employee", Kind.ID, lambda e: e.id if e.kind == "employee" else None, "employee.entitytitle"),
    field("parent", Kind.ID, lambda e: e.parent, "entity.entitytitle"),
)

_COMPANY: Sequence[Field[Entity]] = (
    *_NAMES,
    field("companyname", Kind.TEXT, lambda e: e.name),
    field("legalname", Kind.TEXT, lambda e: e.name if e.subsidiary == 1 else None),
    field("isperson", Kind.BOOLEAN, lambda e: flag(e.person)),
    field("accountnumber", Kind.TEXT, lambda e: e.account_number),
    field("currency", Kind.ID, lambda e: e.currency, "currency.name"),
    field("terms", Kind.ID, lambda e: e.terms, "term.name"),
    field("creditlimit", Kind.MONEY, lambda e: money(e.credit_limit)),
    field("url", Kind.TEXT, never),
    field("fax", Kind.TEXT, never),
)

_CUSTOMER: Sequence[Field[Entity]] = (
    *_COMPANY,
    field("parent", Kind.ID, lambda e: e.parent, "customer.entitytitle"),
    field("salesrep", Kind.ID, lambda e: e.salesrep, "employee.entitytitle"),
    field("searchstage", Kind.TEXT, constant("Customer")),
    field("resalenumber", Kind.TEXT, never),
)

_VENDOR: Sequence[Field[Entity]] = (
    *_COMPANY,
    field("expenseaccount", Kind.ID, never, "account.accountsearchdisplayname"),
    field("is1099eligible", Kind.BOOLEAN, lambda e: flag(e.subsidiary == 1 and e.id % 2)),
)

_EMPLOYEE: Sequence[Field[Entity]] = (
    *_NAMES,
    field("accountnumber", Kind.TEXT, lambda e: e.account_number),
    field("currency", Kind.ID, lambda e: e.currency, "currency.name"),
    field("department", Kind.ID, lambda e: e.department, "department.fullname"),
    field("supervisor", Kind.ID, lambda e: e.supervisor, "employee.entitytitle"),
    field("title", Kind.TEXT, never),
)
