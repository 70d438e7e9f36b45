"""Sending what stands in the outbox: failures are told in the log once, and tried again after pauses that grow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Protocol

import structlog

from connector.db.utc_time import utc_now
from connector.notices.letter import Words, message_of
from connector.notices.outbox import Outbox, Outgoing
from connector.notices.smtp import MailError

_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
_GIVEN_UP_AFTER = timedelta(days=3)  # RFC 5321 section 4.5.4.1 asks for four to five days of a relay; ours is old news


class Mailer(Protocol):
    """What takes a mail: `SmtpMailer`."""

    @property
    def sender(self) -> Address:
        """Whom it is from."""

    def send(self, message: EmailMessage) -> None:
        """Raises MailError."""


class Delivery:
    """Sends what is due, one mail after the other."""

    def __init__(
        self,
        outbox: Outbox,
        mailer: Mailer,
        revoke_link: Callable[[str], str | None],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """`revoke_link` makes the address that ends a token (by its id), None where there is none to be reached."""
        self._outbox = outbox
        self._mailer = mailer
        self._revoke_link = revoke_link
        self._clock = clock
        self._failing: str | None = None

    def run(self) -> int:
        """Send what is due, until the server takes no more. Answers how many were sent."""
        count = 0
        while (mail := self._outbox.take()) is not None:
            if mail.address is None:
                structlog.get_logger().warning("mail_without_address", mail=mail.id)
                self._outbox.sent(mail)
                continue
            try:
                self._send(mail, mail.address)
            except MailError as error:
                self._failed(mail, error)
                if error.retryable:
                    return count
            else:
                self._works_again()
                self._outbox.sent(mail)
                count += 1
        return count

    def _send(self, mail: Outgoing, address: str) -> None:
        link = None if mail.revokes is None else self._revoke_link(mail.revokes)
        body = mail.body if link is None else f"{mail.body}\n\nIf it was not you, revoke it here:\n{link}"
        try:
            message = message_of(
                Words(mail.subject, body + "\n"),
                message_id=mail.id,
                sender=self._mailer.sender,
                recipient=address,
                at=self._clock(),
            )
        except ValueError as error:
            raise MailError("The person's address is none.", code="MAIL_REFUSED", retryable=False) from error
        self._mailer.send(message)

    def _failed(self, mail: Outgoing, error: MailError) -> None:
        too_old = self._clock() - mail.created_at >= _GIVEN_UP_AFTER
        if too_old or not error.retryable:
            structlog.get_logger().error("mail_given_up", mail=mail.id, code=error.code, message=error.message)
            self._outbox.sent(mail)
            return
        if self._failing != error.code:
            structlog.get_logger().error("mail_fails", code=error.code, message=error.message, remedy=error.remedy)
            self._failing = error.code
        self._outbox.later(mail, _PAUSES[min(mail.attempts, len(_PAUSES) - 1)], others=True)

    def _works_again(self) -> None:
        if self._failing is not None:
            structlog.get_logger().info("mail_works_again")
            self._failing = None
