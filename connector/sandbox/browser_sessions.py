"""Browser sessions of people on the account's pages, and the requests for consent that wait in them.

A session is its browser's alone: a consent page that one browser began cannot be answered from another.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from connector.sandbox.directory import Entity, Integration, Role

IDLE_SECONDS = 3 * 3600
_SESSIONS = 10_000
_WAITING = 20  # requests for consent a session


class ConsentRequest(Protocol):
    """A person is asked whether an application may act for them. Addresses are those to redirect to."""

    needs_login: bool

    @property
    def integration(self) -> Integration:
        """The application."""

    @property
    def returns_to(self) -> str:
        """The client's address."""

    @property
    def opens(self) -> tuple[str, ...]:
        """What the application would get, in words for the page."""

    @property
    def silent(self) -> bool:
        """Whether no login page may appear."""

    def role(self) -> Role | None:
        """The only role that the request is for, None for any."""

    def admits(self, role: Role) -> bool:
        """Whether the role may give this consent."""

    def asks(self, entity: Entity, role: Role) -> bool:
        """Whether the consent page appears."""

    def allowed(self, entity: Entity, role: Role) -> str:
        """Give what was asked for. Raises LoginRefused."""

    def denied(self, entity: Entity | None, role: Role | None) -> str:
        """Give nothing."""


def may_choose(entity: Entity, role: Role) -> bool:
    """Whether the person may sign in with the role."""
    return role.id in entity.roles and entity.active and role.active


@dataclass(slots=True)
class BrowserSession:
    """One browser. `entity` and `role` are None until somebody signs in."""

    id: str
    ends: float
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    entity: Entity | None = None
    role: Role | None = None
    waiting: OrderedDict[str, ConsentRequest] = field(default_factory=OrderedDict)


class BrowserSessions:
    """The sessions of one account. Threads may share it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sessions: OrderedDict[str, BrowserSession] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, session_id: str | None) -> BrowserSession | None:
        """The session with this id, used now; None where it is over. Who became inactive is signed out."""
        with self._lock:
            session = self._sessions.get(session_id or "")
            if session is None or self._clock() >= session.ends:
                return None
            session.ends = self._clock() + IDLE_SECONDS
            if session.entity and session.role and not (session.entity.active and session.role.active):
                session.entity = session.role = None
            return session

    def begin(self) -> BrowserSession:
        """A session in which nobody is signed in."""
        session = BrowserSession(secrets.token_urlsafe(32), self._clock() + IDLE_SECONDS)
        with self._lock:
            self._keep(session)
        return session

    def wait(self, session: BrowserSession, request: ConsentRequest) -> str:
        """Keep a request until the person answers; the id that the pages name it by."""
        flow = secrets.token_urlsafe(24)
        with self._lock:
            while len(session.waiting) >= _WAITING:
                session.waiting.popitem(last=False)
            session.waiting[flow] = request
        return flow

    def take(self, session: BrowserSession, flow: str) -> ConsentRequest | None:
        """The request, once: whoever answers it second finds nothing."""
        with self._lock:
            return session.waiting.pop(flow, None)

    def sign_in(self, session: BrowserSession, entity: Entity, role: Role) -> BrowserSession:
        """The session with a new id and a person in it: what somebody knew of the old one is worth nothing."""
        with self._lock:
            self._sessions.pop(session.id, None)
            renewed = BrowserSession(
                secrets.token_urlsafe(32),
                self._clock() + IDLE_SECONDS,
                entity=entity,
                role=role,
                waiting=session.waiting,
            )
            self._keep(renewed)
        return renewed

    def _keep(self, session: BrowserSession) -> None:
        while len(self._sessions) >= _SESSIONS:
            self._sessions.popitem(last=False)
        self._sessions[session.id] = session
