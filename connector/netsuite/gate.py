"""The gate before the NetSuite accounts: no more requests at once than our share, over all threads and processes.

An account's limit is shared with everyone else's integrations (Oracle bridgehead_1500275603), so we take a part of it.
Whose turn it is says the queue in the database; here threads wait for theirs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2

from connector.db.account_slots import AccountSlots, Request
from connector.egress import Egress, Reply
from connector.errors import BusyError, ConnectorError, LoginRefusedError
from connector.netsuite.asker import Asker
from connector.netsuite.faults import fault_of
from connector.netsuite.login_breaker import Login, LoginBreaker
from connector.netsuite.session import Session

_LONGEST_WAIT = 600.0
_LOOK_EVERY = 0.02  # seconds, while somebody waits
_BEAT_EVERY = 5.0
_QUESTIONS = {"suiteql", "saved search", "record", "records"}
"""The purposes of a session whose answers are data."""


@dataclass(slots=True)
class Going:
    """A request on its way. Where NetSuite says that it has too many at once, `was_busy` slows the account's pace down."""

    was_busy: bool = False


class Gate:
    """The threads of this process that have or want a slot, of any account. One a process."""

    def __init__(self, slots: AccountSlots) -> None:
        self._slots = slots
        self._lock = threading.Condition()
        self._turns: dict[str, threading.Event] = {}
        self._accounts: dict[str, int] = {}
        self._shares: dict[str, int] = {}
        self._waiting = 0
        self._watcher: threading.Thread | None = None
        self._is_closed = False

    @contextmanager
    def slot(self, request: Request, deadline: float | None = None) -> Iterator[Going]:
        """Go once it is this request's turn.

        Raises BusyError where that takes ten minutes, or longer than anybody waits for the answer.
        """
        ticket, may_go = self._slots.ask(request)
        turn = self._watched(ticket, request, may_go=may_go)
        going = Going()
        try:
            if not may_go:
                self._wait(ticket, turn, deadline)
            yield going
        finally:
            self._forget(ticket, request.account)
            self._wake(self._slots.give_back(ticket, request, was_busy=going.was_busy))

    def place(self, account: str) -> int:
        """How many requests of all processes wait before the last one of this process; 0 where none waits."""
        with self._lock:
            waiting = [ticket for ticket, turn in self._turns.items() if not turn.is_set()]
        return max((self._slots.place(ticket) for ticket in waiting), default=0) if account in self._accounts else 0

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._lock:
            self._is_closed = True
            for turn in self._turns.values():
                turn.set()
            self._lock.notify_all()

    def _wait(self, ticket: str, turn: threading.Event, deadline: float | None) -> None:
        left = _LONGEST_WAIT if deadline is None else min(_LONGEST_WAIT, deadline - time.monotonic())
        with self._lock:
            self._waiting += 1
            self._lock.notify_all()
        try:
            came = turn.wait(max(left, 0))
        finally:
            with self._lock:
                self._waiting -= 1
        if self._is_closed:
            raise ConnectorError("The service is stopping.", code="CLOSED", remedy="Ask again once it runs.")
        if not came:
            place = self._slots.place(ticket)
            raise BusyError(
                f"Our own requests to this account have waited too long for a slot; {place} stand before it.",
                code="NO_SLOT",
                remedy="Ask again later, or let more requests go at once: CONNECTOR_SHARE, up to the account's limit in "
                "Setup > Integration > Integration Management > Integration Governance.",
            )

    def _watched(self, ticket: str, request: Request, *, may_go: bool) -> threading.Event:
        turn = threading.Event()
        if may_go:
            turn.set()
        with self._lock:
            self._turns[ticket] = turn
            self._accounts[request.account] = self._accounts.get(request.account, 0) + 1
            self._shares[request.account] = request.share
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="netsuite-gate", daemon=True)
                self._watcher.start()
            self._lock.notify_all()
        return turn

    def _forget(self, ticket: str, account: str) -> None:
        with self._lock:
            self._turns.pop(ticket, None)
            self._accounts[account] -= 1
            if not self._accounts[account]:
                del self._accounts[account]

    def _wake(self, tickets: list[str]) -> None:
        with self._lock:
            for ticket in tickets:
                if (turn := self._turns.get(ticket)) is not None:
                    turn.set()

    def _watch(self) -> None:
        """Look whether another process let one of ours go, and tell that this one lives."""
        beaten = time.monotonic()
        while not self._is_closed:
            with self._lock:
                if not self._turns:
                    self._lock.wait(_BEAT_EVERY)
                elif not self._waiting:
                    self._lock.wait(_BEAT_EVERY / 5)
                waits, has_turns = self._waiting > 0, bool(self._turns)
                shares = [(account, self._shares[account]) for account in self._accounts]
            try:
                if has_turns and time.monotonic() - beaten >= _BEAT_EVERY:
                    beaten = time.monotonic()
                    self._wake(self._slots.beat(shares))
                if waits:
                    self._wake(self._slots.may_go())
                    time.sleep(_LOOK_EVERY)
            except ConnectorError:
                time.sleep(1)  # the database is busy or away; the next look may find it


class GatedSession(Session):
    """A connection's session: every request passes the account's gate and the connection's breaker."""

    def __init__(
        self,
        egress: Egress,
        auth: httpx2.Auth | None,
        gate: Gate,
        breaker: LoginBreaker,
        *,
        account: str,
        share: int,
    ) -> None:
        super().__init__(egress, auth)
        self._gate = gate
        self._breaker = breaker
        self._account = account
        self._share = share

    def send(
        self,
        purpose: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout: float | None = None,
        asker: Asker | None = None,
    ) -> Reply:
        """As Session.send, once a slot is free. Raises BusyError, and LoginRefusedError for a refused login.

        A refused login is tried once more, signed anew, since an overloaded account answers as if the login were wrong.
        """
        asker = asker or Asker()
        request = Request(self._account, self._breaker.login, asker.name, asker.lane, self._share)

        def sent(login: Login) -> Reply:
            with self._gate.slot(request, asker.deadline) as going:
                login.stand_back()
                try:
                    reply = super(GatedSession, self).send(
                        purpose, method, path, params=params, headers=headers, content=content, timeout=timeout
                    )
                    error = fault_of(reply, self.origin) if reply.status >= 400 else None  # noqa: PLR2004
                    going.was_busy = isinstance(error, BusyError)
                    if isinstance(error, LoginRefusedError):
                        raise error
                except LoginRefusedError as error:  # the token's own request may be the one that was refused
                    login.was_refused(error)  # before the slot is given back: nobody may take the login for idle
                    raise
                return reply

        return self._breaker.attempt(sent, once_more=purpose in _QUESTIONS)
