"""Mail is handed to a real server: over TLS whose certificate is checked, with a password that never goes in clear."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import trustme

from connector.core.mail_server import MailServer, sender_of
from connector.notices.letter import message_of, words
from connector.notices.smtp import MailError, SmtpMailer
from tests.unit.notices.mail_server import PASSWORD, USER, mail_server

# The server's own, in a thread of its own.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning",
    "ignore::UserWarning",
    "ignore::ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)
AT = datetime(2026, 1, 31, 7, 0, tzinfo=UTC)
SENDER = sender_of("NSQuery <nsquery@example.com>")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def letter(subject="The connection Prod is paused", *lines, to="ann@example.com"):
    said = words(subject, *(lines or ("It does not work any more.", "", "Änn presses Connect again.")))
    return message_of(said, message_id="m1", sender=SENDER, recipient=to, at=AT)


def mailer(url, ca_file=None, password=PASSWORD):
    return SmtpMailer(MailServer.parse(url), SENDER, lambda: password, ca_file=ca_file, timeout=10)


def refused(mailer, message=None) -> MailError:
    with pytest.raises(MailError) as caught:
        mailer.send(message or letter())
    assert PASSWORD not in f"{caught.value.message}{caught.value.remedy}"
    return caught.value


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_arrives_over_tls_with_a_password(authority, ca_file, scheme):
    with mail_server(authority, implicit=scheme == "smtps", password=True) as (taken, port):
        mailer(f"{scheme}://{USER}@localhost:{port}", ca_file).send(letter())
    (mail,) = taken.mails()
    assert taken.users == [USER]
    assert (mail["From"], mail["To"]) == ("NSQuery <nsquery@example.com>", "ann@example.com")
    assert mail["Subject"] == "The connection Prod is paused"
    assert mail["Message-ID"] == "<m1@example.com>"
    assert mail["Date"].datetime == AT
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == ["It does not work any more.", "", "Änn presses Connect again."]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_of_nobody_we_know_gets_no_mail_and_no_password(authority, scheme):
    with mail_server(authority, implicit=scheme == "smtps", password=True) as (taken, port):
        error = refused(mailer(f"{scheme}://{USER}@localhost:{port}"))
    assert (error.code, error.retryable, taken.users, taken.envelopes) == ("MAIL_BAD_TLS", True, [], [])


def test_a_certificate_of_another_name_gets_nothing(authority, ca_file):
    with mail_server(authority, name="mail.example.org", password=True) as (taken, port):
        assert refused(mailer(f"smtp://{USER}@localhost:{port}", ca_file)).code == "MAIL_BAD_TLS"
    assert (taken.users, taken.envelopes) == ([], [])


def test_a_password_does_not_go_in_clear_where_tls_is_not_offered():
    with mail_server() as (taken, port):
        assert refused(mailer(f"smtp://{USER}@localhost:{port}")).code == "MAIL_BAD_TLS"
        mailer(f"smtp://localhost:{port}").send(letter())  # a relay of this machine, without a password
    assert len(taken.envelopes) == 1


def test_a_wrong_or_missing_password_is_told_and_may_be_put_right(authority, ca_file):
    with mail_server(authority, password=True) as (_, port):
        for password in ("wrong", None):
            error = refused(mailer(f"smtp://{USER}@localhost:{port}", ca_file, password))
            assert (error.code, error.retryable) == ("MAIL_LOGIN_REFUSED", True)


@pytest.mark.parametrize(
    ("answer", "retryable"), [("550 no such person", False), ("451 later", True), ("452 full", True)]
)
def test_a_recipient_that_is_refused_for_good_is_not_tried_again(authority, ca_file, answer, retryable):
    with mail_server(authority) as (taken, port):
        taken.recipient_answer = answer
        error = refused(mailer(f"smtp://localhost:{port}", ca_file))
        assert (error.code, error.retryable) == ("MAIL_REFUSED", retryable)
        taken.recipient_answer, taken.answer = None, answer.replace("no such person", "not this")
        assert refused(mailer(f"smtp://localhost:{port}", ca_file)).retryable is retryable


def test_a_server_that_is_not_there_is_told():
    error = refused(mailer("smtp://127.0.0.1:9"))
    assert (error.code, error.retryable) == ("MAIL_UNREACHABLE", True)


@pytest.mark.parametrize(
    "hostile", ["x\r\nBcc: eve@evil.example", "x\nTo: eve@evil.example", "x\r\n\r\nbody", "\x00\u202e"]
)
def test_no_name_can_put_a_header_or_a_line_of_its_own_in(authority, ca_file, hostile):
    with mail_server(authority) as (taken, port):
        mailer(f"smtp://localhost:{port}", ca_file).send(letter(hostile, f"{hostile} is new"))
    (mail,) = taken.mails()
    assert taken.envelopes[0].rcpt_tos == ["ann@example.com"]
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding",
        "MIME-Version", "X-Peer", "X-MailFrom", "X-RcptTo",
    } - ({"X-Peer", "X-MailFrom", "X-RcptTo"} - set(mail.keys()))  # fmt: skip
    assert "eve" not in str(mail["To"])
    assert len(mail.get_content().splitlines()) == 1


@pytest.mark.parametrize(
    "address", ["", "ann", "ann@", "a b@example.com", "ann@example.com\nBcc: eve@evil.example", "a,b@example.com"]
)
def test_what_is_no_address_gets_no_mail(address):
    with pytest.raises(ValueError):  # noqa: PT011 - the reason is told by whoever sends
        letter(to=address)
