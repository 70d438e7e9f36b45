"""A real mail server (aiosmtpd) on loopback: with TLS or without, with a password or without, and what it took."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = "nsquery", "the mail server's own password"


class Taken:
    """What was handed over; `answer` is what it says to the next ones, where it is not willing."""

    def __init__(self) -> None:
        self.envelopes = []
        self.arrived = threading.Event()
        self.users = []
        self.recipient_answer = None
        self.answer = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd calls it so
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802 - aiosmtpd calls it so
        if self.answer:
            return self.answer
        assert session.ssl is not None or not session.host_name.startswith("secure")
        self.envelopes.append(envelope)
        self.arrived.set()
        return "250 taken"

    def mails(self):
        return [message_from_bytes(one.content, policy=default) for one in self.envelopes]


@contextmanager
def mail_server(
    authority: trustme.CA | None = None, *, implicit: bool = False, password: bool = False, name: str = "localhost"
) -> Iterator[tuple[Taken, int]]:
    """What it took, and its port."""
    tls = None
    if authority is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(tls)
    taken, starttls = Taken(), None if implicit else tls

    def right(_server, _session, _envelope, _mechanism, login):
        taken.users.append(login.login.decode())
        return AuthResult(success=(login.login, login.password) == (USER.encode(), PASSWORD.encode()), handled=False)

    def session() -> SMTP:
        sessions.append(
            SMTP(
                taken,
                tls_context=starttls,
                require_starttls=starttls is not None,
                authenticator=right,
                auth_required=password,
                auth_require_tls=starttls is not None,
                hostname="mail.test",
                loop=loop,
            )
        )
        return sessions[-1]

    def end() -> None:
        """In the loop's own thread."""
        server.close()
        for one in sessions:
            if one.transport is not None:
                one.transport.abort()
        loop.call_soon(loop.stop)

    sessions, loop = [], asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(session, "127.0.0.1", 0, ssl=tls if implicit else None))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield taken, server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(end)
        thread.join(20)
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
