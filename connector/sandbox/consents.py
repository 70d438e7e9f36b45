"""Which consents people gave already, for records that ask the first time only."""

from __future__ import annotations

import threading

from connector.sandbox.directory import Entity, Integration, Role, Scope


class Consents:
    """The remembered consents of one account. Threads may share it."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str, str], frozenset[Scope]] = {}
        self._lock = threading.Lock()

    def covers(self, integration: Integration, entity: Entity, role: Role, scopes: frozenset[Scope]) -> bool:
        """Whether the person said yes to all of these scopes in this role before."""
        with self._lock:
            return scopes <= self._given.get((integration.id, entity.id, role.id), frozenset())

    def remember(self, integration: Integration, entity: Entity, role: Role, scopes: frozenset[Scope]) -> None:
        """Keep a yes."""
        key = (integration.id, entity.id, role.id)
        with self._lock:
            self._given[key] = self._given.get(key, frozenset()) | scopes
