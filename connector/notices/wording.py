"""What people are told, in plain text: what happened and what to do. No secret, no figure, no link but to ourselves."""

from __future__ import annotations

from datetime import datetime

from connector.notices.letter import Words, words

_M2M = "Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup"
_KINDS = {"excel": "Excel", "sheets": "Google Sheets", "cli": "the command line", "api": "the API"}


class Wording:
    """The sentences of one installation. Links stand in them only where its public address is known."""

    def __init__(self, public_url: str | None) -> None:
        self._url = public_url

    def link(self, path: str) -> str | None:
        """An address of our own that a browser elsewhere can open."""
        return None if self._url is None else f"{self._url}{path}"

    def connection_paused(self, name: str, account: str, connection_id: str) -> Words:
        """A consent ended, or its refresh token was lost."""
        return words(
            f"The connection {name} is paused",
            f"The connection {name} (account {account}) does not work any more: its consent has ended.",
            "Everything that depends on it pauses; NetSuite is not asked meanwhile.",
            "",
            "Press Connect again on its page and consent; no workbook changes.",
            *self._at(f"/connections/{connection_id}"),
        )

    def login_refused(self, name: str, account: str, connection_id: str, code: str) -> Words:
        """NetSuite does not take the credentials any more."""
        return words(
            f"NetSuite refuses the login of {name}",
            f"NetSuite does not take the credentials of the connection {name} (account {account}) any more ({code}).",
            "",
            "Press Examine on its page to see the cause. NetSuite has the reason in Setup > Users/Roles > User Management > "
            "View Login Audit Trail.",
            *self._at(f"/connections/{connection_id}"),
        )

    def certificate_ends(self, name: str, account: str, connection_id: str, at: datetime, days: int) -> Words:
        """A certificate ends soon."""
        return words(
            f"The certificate of {name} {_ends_in(days)}",
            f"The certificate of the connection {name} (account {account}) ends on {at:%Y-%m-%d}.",
            "Without a new one it stops working on that day.",
            "",
            f"Change the certificate on its page, or hand a new one to whoever administers NetSuite ({_M2M}).",
            *self._at(f"/connections/{connection_id}"),
        )

    def grant_ends(self, name: str, account: str, connection_id: str, at: datetime, days: int) -> Words:
        """A consent ends soon."""
        return words(
            f"The consent of {name} {_ends_in(days)}",
            f"The consent of the connection {name} (account {account}) ends on {at:%Y-%m-%d %H:%M} UTC.",
            "",
            "Press Connect again on its page before; no workbook changes. A certificate needs no consent.",
            *self._at(f"/connections/{connection_id}"),
        )

    def rotation_failed(self, name: str, account: str, connection_id: str, code: str) -> Words:
        """The service could not change a certificate by itself."""
        return words(
            f"The certificate of {name} could not be changed",
            f"The certificate of the connection {name} (account {account}) was to be changed by itself, and could not ({code}).",
            "The one in use stays in use until it ends. It is tried again every day.",
            "",
            "The role needs the permission Manage own OAuth 2.0 Client Credentials certificates. Or hand a new certificate to "
            "whoever administers NetSuite.",
            *self._at(f"/connections/{connection_id}"),
        )

    def unknown_certificate(self, name: str, account: str, connection_id: str, role: str) -> Words:
        """Somebody else's key signs in as this application."""
        return words(
            f"Alarm: a certificate at NetSuite that is not ours ({name})",
            f"NetSuite takes a certificate for the application of the connection {name} (account {account}, role {role}) "
            "that was not made here.",
            "Whoever holds its key signs in as this application.",
            "",
            f"If nobody of yours uploaded it, revoke it in NetSuite: {_M2M}.",
            *self._at(f"/connections/{connection_id}"),
        )

    def device_connected(self, kind: str, label: str, address: str, at: datetime) -> Words:
        """A device may ask in somebody's name from now on."""
        return words(
            "A new device asks NetSuite in your name",
            f"{_KINDS.get(kind, 'A device')} was let in with your name on {at:%Y-%m-%d %H:%M} UTC.",
            f"It calls itself: {label or 'nothing'}",
            f"It asked from: {address or 'an unknown address'}",
            *self._at("/tokens"),
        )

    def token_made(self, name: str) -> Words:
        """A token that asks in somebody's name."""
        return words(
            "A new API token asks NetSuite in your name",
            f"An API token was made for {name}. If it was not you, revoke it in Tokens and devices.",
            *self._at("/tokens"),
        )

    def sign_in_changed(self, name: str, what: str) -> Words:
        """Somebody can sign in in another way than before."""
        return words(
            "The way you sign in has changed",
            f"For {name}: {what}.",
            "",
            "If it was not you, tell an administrator of this service, who can block you and end your sessions.",
            *self._at("/account"),
        )

    def administrator_made(self, name: str, by: str) -> Words:
        """Somebody may do everything here."""
        return words(
            f"{name} is an administrator now",
            f"{name} was made an administrator of this service by {by}.",
            "",
            "If that is not as it should be, change the role in People.",
            *self._at("/people"),
        )

    def _at(self, path: str) -> tuple[str, ...]:
        link = self.link(path)
        return () if link is None else ("", link)


def _ends_in(days: int) -> str:
    if days < 0:
        return "has ended"
    return f"ends in {days} days" if days > 1 else "ends within two days"
