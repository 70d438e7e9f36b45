"""Whom the events of the audit log are news to. Mail and bookmark move in one transaction: each is told once."""

from __future__ import annotations

from collections.abc import Iterable

from connector.audit.event import AuditEvent
from connector.audit.following import AuditFollower, went_well
from connector.db.engine import Database
from connector.db.transaction import Transaction
from connector.notices.letter import Words
from connector.notices.outbox import Outbox
from connector.notices.wording import Wording
from connector.people.audience import administrators, is_administrator, owners, somebody
from connector.people.person import ADMINISTRATOR
from connector.vault.connection_rows import Connection
from connector.vault.connections import Vault
from connector.vault.user_accounts import OPERATOR

_REFUSED_LOGINS = ("login_refused", "invalid_client", "unauthorized_client", "invalid_grant")
_SIGN_IN = {
    "second_factor_on": "one-time codes were switched on",
    "second_factor_off": "one-time codes were switched off; a password alone is enough now",
    "join": "a password was set with an invitation link",
    "passkey_added": "a passkey was added",
    "passkey_removed": "a passkey was removed",
    "identity_linked": "a sign-in with your organisation's account was added",
    "identity_unlinked": "a sign-in with your organisation's account was removed",
}
_OTHERS = ("device_connected", "token_created", "person_role", "set_up")
_LOGIN = "login:"


class News:
    """Reads on in the audit log and writes to whom it concerns."""

    def __init__(self, database: Database, vault: Vault, outbox: Outbox, wording: Wording) -> None:
        """Without mail the bookmark moves all the same, so that nothing old is told once there is some."""
        self._database = database
        self._vault = vault
        self._outbox = outbox
        self._wording = wording
        self._follower = AuditFollower("news")

    def run(self) -> None:
        """Tell what is new."""
        with self._database.read() as transaction:
            if not self._follower.is_behind(transaction):
                return
        connections = {one.id: one for one in self._vault.everyones()} if self._outbox.is_open else {}
        with self._database.write() as transaction:
            window = self._follower.read_on(transaction, actions=(*_SIGN_IN, *_OTHERS), outcomes=_REFUSED_LOGINS)
            if not self._outbox.is_open:
                return
            for told in self._outbox.told(transaction, _LOGIN):
                if went_well(transaction, window, told.removeprefix(_LOGIN)):
                    self._outbox.forget(transaction, told)
            for event in window.events:
                self._tell(transaction, event, connections)

    def _tell(self, transaction: Transaction, event: AuditEvent, connections: dict[str, Connection]) -> None:
        whom = event.subject or event.actor
        match event.action:
            case "device_connected":
                self._device(transaction, event)
            case "token_created":
                # On the server's console the subject is the person; in the console of the browser it is a label.
                owner = event.subject if event.actor == OPERATOR else event.actor
                self._write(transaction, somebody(transaction, owner), self._wording.token_made(owner))
            case "person_role" if event.detail.get("role") == ADMINISTRATOR:
                self._administrator(transaction, event.subject, event.actor)
            case "person_role" | "set_up":
                pass
            case action if action in _SIGN_IN:
                said = self._wording.sign_in_changed(whom, _SIGN_IN[action])
                self._write(transaction, somebody(transaction, whom), said)
                if action == "join" and is_administrator(transaction, whom):
                    self._administrator(transaction, whom, "an invitation")
            case _:
                self._refused_login(transaction, event, connections.get(event.connection_id or ""))

    def _administrator(self, transaction: Transaction, name: str, by: str) -> None:
        everyone = administrators(transaction) | somebody(transaction, name)
        self._write(transaction, everyone, self._wording.administrator_made(name, by))

    def _device(self, transaction: Transaction, event: AuditEvent) -> None:
        claimed = event.detail.get("claimed")
        label = str(claimed.get("label", "")) if isinstance(claimed, dict) else ""
        said = self._wording.device_connected(event.subject, label, str(event.detail.get("address", "")), event.at)
        token_id = str(event.detail.get("token", ""))
        for person in somebody(transaction, event.actor):
            self._outbox.put(transaction, person, said, revokes=token_id or None)

    def _refused_login(self, transaction: Transaction, event: AuditEvent, one: Connection | None) -> None:
        """Once, until a question over the connection is answered again."""
        if one is None or one.trouble is not None or not self._outbox.is_news(transaction, f"{_LOGIN}{one.id}"):
            return
        said = self._wording.login_refused(one.name, one.account_id, one.id, event.outcome.upper())
        self._write(transaction, owners(transaction, one.id), said)

    def _write(self, transaction: Transaction, people: Iterable[str], said: Words) -> None:
        for person in sorted(people):
            self._outbox.put(transaction, person, said)
