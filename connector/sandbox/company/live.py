"""A company in use: transactions are entered, changed and deleted while others read.

Each act changes the register, from which the books are made anew when somebody asks, and the tables of SuiteQL, all at
once. What an act touches gets the time of the account's clock as its last modification; what is deleted leaves a row in
the table of deleted records.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from connector.sandbox.company import entry as entries
from connector.sandbox.company.books.figures import money
from connector.sandbox.company.company import Company
from connector.sandbox.company.entry import MAIN, PAYS, EntryRefused
from connector.sandbox.company.posting import Stamp, post, reopened, seconds, settled
from connector.sandbox.company.register import (
    PAYMENT,
    STOCK,
    Header,
    Line,
    Link,
    Register,
    of_rows,
    only,
    together,
    without,
)
from connector.sandbox.company.tables.deletions import Deletion, deleted_record
from connector.sandbox.company.tables.transactions import transaction_tables
from connector.sandbox.company.transaction_types import BY_CODE
from connector.sandbox.table import Change

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - NetSuite keeps times in the account's own zone
_LINKS = ("nexttransactionlinelink", "previoustransactionlinelink")
_KEYS = {"transaction": "id", "transactionline": "transaction", "transactionaccountingline": "transaction"}

_PAYABLE = frozenset(kind for kinds in PAYS.values() for kind in kinds)


class LiveCompany:
    """The register as it is now. Threads may share it; one act after the other."""

    def __init__(self, company: Company, apply: Callable[[Change], None], clock: Callable[[], datetime]) -> None:
        """`apply` changes the tables; `clock` is the account's."""
        self._company, self._organisation, self._register = company, company.organisation, company.register
        self._apply, self._clock = apply, clock
        self._lock = threading.Lock()
        self._books: dict[str, object] | None = None
        self._last_id: int = pc.max(self._register.headers.column("id")).as_py()  # never given twice
        self._given = Counter(self._register.headers.column("type").to_pylist())  # numbers, likewise

    def books(self) -> dict[str, object]:
        """The books as they are now."""
        with self._lock:
            if self._books is None:
                self._books = self._company.books(self._register)
            return self._books

    def insert(self, document: object) -> int:
        """Enter a transaction; answers its id. Raises EntryRefused."""
        with self._lock:
            now = self._now()
            read = entries.read(document, self._organisation, self._clock().date())
            paid = self._payable(read.pays, PAYS[read.type], read) if read.pays is not None else None
            number = self._last_id + 1
            header, lines, links = post(read, self._organisation, Stamp(number, self._given[read.type] + 1, now), paid)
            headers = [header]
            if paid is not None:
                headers.append(settled(paid, links[0].foreign, now))
            self._replace(headers, lines, links)
            self._last_id = number
            self._given[read.type] += 1
            return number

    def change(self, number: int, document: object) -> None:
        """Change memo, tranid, trandate or all lines of a transaction. Raises EntryRefused."""
        with self._lock:
            header, lines = self._editable(number)
            if not isinstance(document, dict) or set(document) - {"memo", "tranid", "trandate", "lines"}:
                raise EntryRefused("Of a transaction memo, tranid, trandate and lines can be changed.")
            now = self._now()
            links = only(self._register, [number]).links
            if set(document) & {"trandate", "lines"}:
                self._refuse_where_bound(header, lines)
                header, lines = self._entered_anew(header, lines, document, now)
            header = header._replace(
                memo=entries.text(document.get("memo", header.memo), "memo"),
                tranid=entries.text(document.get("tranid"), "tranid") or header.tranid,
                modified=seconds(now),
            )
            self._replace([header], lines, [Link(**row) for row in links.to_pylist()])

    def delete(self, number: int) -> None:
        """Delete a transaction that no other goes back to; what it paid is open again. Raises EntryRefused."""
        with self._lock:
            header, lines = self._editable(number)
            links = [Link(**row) for row in only(self._register, [number]).links.to_pylist()]
            if pc.any(pc.equal(self._register.links.column("previous"), number)).as_py():
                raise EntryRefused("This transaction cannot be deleted: others go back to it. Delete those first.")
            before = [self._transaction(link.previous)[0] for link in links]
            paid = all(link.kind == PAYMENT and one.type in _PAYABLE for link, one in zip(links, before, strict=True))
            goods = any(line.marks & STOCK or line.source for line in lines) or not BY_CODE[header.type].posts
            if not paid or goods or self._is_one_of_two(header):
                raise EntryRefused(
                    "Orders and what was made from them, what moves goods, and entries that come in pairs cannot be "
                    "deleted in the sandbox."
                )
            now = self._now()
            opened = [reopened(one, link.foreign, now) for link, one in zip(links, before, strict=True)]
            kind = BY_CODE[header.type]
            gone = Deletion(number, kind.record, f"{kind.title} #{header.tranid}", header.external, now)
            self._replace(opened, [], [], deleted=gone)

    def _now(self) -> datetime:
        """The account's time, but after every modification so far: the story may be ahead of the clock.

        Who asks for what was modified since the latest modification misses nothing.
        """
        latest = _EPOCH + timedelta(seconds=pc.max(self._register.headers.column("modified")).as_py() + 1)
        return max(self._clock(), latest)

    def _transaction(self, number: int) -> tuple[Header, Sequence[Line]]:
        found = only(self._register, [entries.identifier(number, "transaction")])
        if not found.headers.num_rows:
            raise EntryRefused(f"There is no transaction with the id {number}.")
        return Header(**found.headers.to_pylist()[0]), [Line(**row) for row in found.lines.to_pylist()]

    def _editable(self, number: int) -> tuple[Header, Sequence[Line]]:
        """A transaction of an open period."""
        header, lines = self._transaction(number)
        period = next(period for period in self._organisation.periods if period.id == header.period)
        entries.refuse_where_closed(period)
        return header, lines

    def _is_one_of_two(self, header: Header) -> bool:
        """A reversal, what was reversed, or one side of business within the group."""
        reversed_by = pc.any(pc.equal(self._register.headers.column("reverses"), header.id)).as_py()
        return bool(header.reverses or header.twin or header.partner or reversed_by)

    def _entered_anew(
        self, header: Header, lines: Sequence[Line], document: Mapping[str, object], now: datetime
    ) -> tuple[Header, Sequence[Line]]:
        """The same transaction with another date or other lines."""
        given: dict[str, object] = {
            "type": header.type,
            "subsidiary": header.subsidiary,
            "currency": header.currency,
            "trandate": document.get("trandate", date.fromordinal(header.day).isoformat()),
            "lines": document.get("lines", _as_given(header, lines)),
        }
        if header.type in MAIN:
            given["entity"] = header.entity
        read = entries.read(given, self._organisation, self._clock().date())
        fresh, made, _ = post(read, self._organisation, Stamp(header.id, 0, now), None)
        kept = fresh._replace(
            tranid=header.tranid,
            number=header.number,
            external=header.external,
            created=header.created,
            memo=header.memo,
            reference=header.reference,
        )
        return kept, made

    def _payable(self, number: int, kinds: Sequence[str], read: entries.Entry) -> Header:
        header, _ = self._transaction(number)
        if header.type not in kinds or header.entity != (read.entity.id if read.entity else None):
            raise EntryRefused(f"Transaction {number} is no {BY_CODE[kinds[0]].title} of this entity.")
        if header.currency != read.currency or header.subsidiary != read.company.id:
            raise EntryRefused("A payment has the currency and the subsidiary of what it pays.")
        if read.day.toordinal() < header.day:
            raise EntryRefused(f"Transaction {number} is of {date.fromordinal(header.day)}: it cannot be paid before.")
        if not 0 < (read.cents or header.foreign_open) <= header.foreign_open:
            raise EntryRefused(f"Only {money(header.foreign_open)} is open of transaction {number}.")
        return header

    def _refuse_where_bound(self, header: Header, lines: Sequence[Line]) -> None:
        """Dates and lines are changed where that is all there is: no items, taxes, links or approvals."""
        links = self._register.links
        ends = (pc.equal(links.column(end), header.id) for end in ("previous", "next"))
        if any(pc.any(end).as_py() for end in ends) or header.type not in entries.TYPES or header.type in PAYS:
            raise EntryRefused("Dates and lines of this transaction are bound to others: only its memo can be changed.")
        is_plain = all(not line.item and not line.marks and line.account2 == line.account for line in lines)
        month = entries.period_of(self._organisation, date.fromordinal(header.day))
        if (
            not is_plain
            or not header.posting
            or header.book
            or header.period != month.id
            or self._is_one_of_two(header)
        ):
            raise EntryRefused(
                "Dates and lines of this transaction cannot be changed in the sandbox: only its memo can."
            )

    def _replace(
        self, headers: Sequence[Header], lines: Sequence[Line], links: Sequence[Link], deleted: Deletion | None = None
    ) -> None:
        """Put these in the place of what has their ids; `lines` and `links` are those of the first header.

        The others, and what links name, keep their own.
        """
        first = [headers[0].id] if lines else []
        others = [header.id for header in headers if header.id not in first]
        kept = only(self._register, others)
        fresh = of_rows(headers, lines, links)
        fresh = Register(
            fresh.headers, pa.concat_tables([fresh.lines, kept.lines]), pa.concat_tables([fresh.links, kept.links])
        )
        gone = [*first, *others, *([deleted.id] if deleted else [])]
        after = together(without(self._register, gone), fresh)
        self._apply(_change(after, [*first, *others], gone, deleted, oneworld=self._organisation.oneworld))
        self._register, self._books = after, None


def _change(
    after: Register, touched: Sequence[int], gone: Sequence[int], deleted: Deletion | None, *, oneworld: bool
) -> Change:
    """The rows of what was touched, made among all that they name."""
    wanted = pa.array(touched, pa.int64())
    links = after.links
    links = links.filter(pc.or_(pc.is_in(links.column("previous"), wanted), pc.is_in(links.column("next"), wanted)))
    reverses = after.headers.column("reverses")
    near = after.headers.filter(pc.or_kleene(pc.is_in(after.headers.column("id"), wanted), pc.is_in(reverses, wanted)))
    named = {*links.column("previous").to_pylist(), *links.column("next").to_pylist()}
    named |= {*near.column("id").to_pylist(), *near.column("reverses").to_pylist()} - {None}
    among = replace(only(after, sorted(named)), links=links)
    tables = {table.name: table.rows for table in transaction_tables(among, oneworld=oneworld)}
    removed: dict[str, tuple[str, Sequence[int]]] = {name: (key, gone) for name, key in _KEYS.items()}
    removed |= dict.fromkeys(_LINKS, ("nextdoc", gone))
    keys = _KEYS | dict.fromkeys(_LINKS, "nextdoc")
    added = {name: rows.filter(pc.is_in(rows.column(keys[name]), wanted)) for name, rows in tables.items()}
    if deleted is not None:
        added["deletedrecord"] = deleted_record([deleted]).rows
    return Change(removed, added)


def _as_given(header: Header, lines: Sequence[Line]) -> list[dict[str, object]]:
    """A transaction's lines as one would enter them."""
    sign = -MAIN[header.type][0] if header.type in MAIN else 1
    return [
        {
            "account": line.account,
            "amount": money(sign * line.foreign),
            "department": line.department,
            "memo": line.memo,
        }
        for line in lines
        if line.number or header.type not in MAIN
    ]
