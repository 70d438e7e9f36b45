"""A mail to one person: plain text, one line of subject, no secret and no figure from NetSuite."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

from connector.audit.event import short_text
from connector.core.mail_server import sender_of

_LONGEST_SUBJECT = 150
_LONGEST_LINE = 500


class Words(NamedTuple):
    """Subject and body, before it is known to whom they go."""

    subject: str
    body: str


def words(subject: str, *lines: str) -> Words:
    """What people, devices and NetSuite named stands in it as one printable line, whatever it is."""
    return Words(short_text(subject, _LONGEST_SUBJECT), "\n".join(short_text(line, _LONGEST_LINE) for line in lines))


def message_of(said: Words, *, message_id: str, sender: Address, recipient: str, at: datetime) -> EmailMessage:
    """The mail as it is sent (RFC 5322); `message_id` stays the same however often it is tried.

    Raises ValueError for a recipient that is no address.
    """
    to = sender_of(recipient)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=to.addr_spec)
    message["Subject"] = short_text(said.subject, _LONGEST_SUBJECT)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    message.set_content(said.body, charset="utf-8")
    return message
