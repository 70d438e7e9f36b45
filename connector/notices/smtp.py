"""Handing a mail over to the mail server (RFC 5321), over TLS with its certificate checked.

`smtplib` opens its own connection: the host is the one of the server's own settings, and no answer names another.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

from connector.core.mail_server import MailServer
from connector.errors import ConnectorError

_PERMANENT = 500  # RFC 5321 section 4.2.1


class MailError(ConnectorError):
    """A mail that was not taken; `retryable` tells whether it may be taken later."""

    code = "MAIL_UNREACHABLE"
    remedy = "Check CONNECTOR_SMTP_URL, and that this server may open a connection to it."
    retryable = True


class SmtpMailer:
    """One connection for one mail: they are few, and none waits for another."""

    def __init__(
        self,
        server: MailServer,
        sender: Address,
        password: Callable[[], str | None],
        *,
        ca_file: Path | None = None,
        timeout: float = 30.0,
    ) -> None:
        """`timeout` is the longest silence in seconds; `ca_file` adds authorities (PEM) to the system's."""
        self.sender = sender
        self._server = server
        self._password = password
        self._timeout = timeout
        self._tls = ssl.create_default_context()
        if ca_file is not None:
            self._tls.load_verify_locations(ca_file)

    def send(self, message: EmailMessage) -> None:
        """Hand it over to the one in its header To.

        Raises MailError (codes MAIL_UNREACHABLE, MAIL_BAD_TLS, MAIL_LOGIN_REFUSED, MAIL_REFUSED).
        """
        try:
            with self._connected() as smtp:
                self._sign_in(smtp)
                smtp.send_message(message, self.sender.addr_spec, [message["To"].addresses[0].addr_spec])
        except MailError:
            raise
        except ssl.SSLCertVerificationError as error:
            raise _bad_tls(f"its certificate cannot be verified ({error.verify_message})") from error
        except ssl.SSLError as error:
            raise _bad_tls("it does not speak TLS as it should") from error
        except smtplib.SMTPAuthenticationError as error:
            raise _login_refused(f"does not take the password (status {error.smtp_code})") from error
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(max(code for code, _ in error.recipients.values())) from error
        except smtplib.SMTPNotSupportedError as error:
            raise _refused(_PERMANENT) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, whole_server=not isinstance(error, smtplib.SMTPDataError)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailError(f"The mail server {self._server.host} cannot be reached.") from error

    def _connected(self) -> smtplib.SMTP:
        server, name = self._server, self.sender.domain
        if server.scheme == "smtps":
            return smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=name, timeout=self._timeout, context=self._tls
            )
        smtp = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=self._timeout)
        try:
            self._go_over_to_tls(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _go_over_to_tls(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=self._tls)
        elif not self._server.is_here or self._server.user is not None:
            # Whoever sits in between may have taken the offer out (RFC 3207 section 6).
            raise _bad_tls("it does not offer TLS")

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if self._server.user is None:
            return
        password = self._password()
        if password is None:
            raise _login_refused("wants a password, and none was given")
        try:
            smtp.login(self._server.user, password)
        except smtplib.SMTPNotSupportedError as error:
            raise _login_refused("offers no way to sign in") from error


def _bad_tls(cause: str) -> MailError:
    return MailError(
        f"Nothing is sent to the mail server: {cause}.",
        code="MAIL_BAD_TLS",
        remedy="Use the name that stands in its certificate; CONNECTOR_CA_FILE names an authority of your own.",
    )


def _login_refused(cause: str) -> MailError:
    return MailError(
        f"The mail server {cause}.",
        code="MAIL_LOGIN_REFUSED",
        remedy="Give the password with `connector vault set smtp`; the user stands in CONNECTOR_SMTP_URL.",
    )


def _refused(status: int, *, whole_server: bool = False) -> MailError:
    """A status of 500 or more is for good, unless it is about the server and not about this mail."""
    return MailError(
        f"The mail server did not take a mail (status {status}).",
        code="MAIL_REFUSED",
        remedy="Check the person's address in People, and that the server lets CONNECTOR_MAIL_FROM send.",
        retryable=whole_server or status < _PERMANENT,
    )
