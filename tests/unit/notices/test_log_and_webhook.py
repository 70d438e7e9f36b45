"""Anchors leave this machine: a line of syslog that others read, a webhook that proves whom it is from."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import re
import socket
import ssl
import tempfile
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from connector.audit.log import AuditLog
from connector.core.log_target import LogTarget
from connector.core.web_hook import WebHook
from connector.egress import Egress, Origin
from connector.errors import ConnectorError
from connector.notices.anchors import Anchors
from connector.notices.signed_webhook import SIGNATURE, SignedWebhook
from connector.notices.syslog import Syslog

AT = datetime(2026, 1, 31, 7, 0, tzinfo=UTC)
LINE = re.compile(rb"<109>1 2026-01-31T07:00:00\.000000Z host nsquery \d+ audit-anchor - service=x anchor=1:ab")
KEY = "0123456789abcdef0123456789abcdef"


def send(target: str) -> None:
    Syslog(LogTarget.parse(target), hostname="host").send("audit-anchor", "service=x anchor=1:ab", AT)


def test_a_datagram_holds_one_line_of_rfc_5424():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as log:
        log.bind(("127.0.0.1", 0))
        log.settimeout(10)
        send(f"udp://127.0.0.1:{log.getsockname()[1]}")
        assert LINE.fullmatch(log.recv(2048))


def test_over_tcp_its_octets_are_counted():
    with socket.create_server(("127.0.0.1", 0)) as log:
        send(f"tcp://127.0.0.1:{log.getsockname()[1]}")
        stream, _ = log.accept()
        with stream:
            stream.settimeout(10)
            read = b"".join(iter(lambda: stream.recv(2048), b""))
    count, _, line = read.partition(b" ")
    assert int(count) == len(line)
    assert LINE.fullmatch(line)


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_socket_of_this_machine_takes_it_either_way(kind):
    with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX, kind) as log:
        path = f"{directory}/log"
        log.bind(path)
        log.settimeout(10)
        if kind == socket.SOCK_DGRAM:
            send(f"unix://{path}")
            assert LINE.fullmatch(log.recv(2048))
            return
        log.listen()
        send(f"unix://{path}")
        stream, _ = log.accept()
        with stream:
            assert LINE.fullmatch(stream.recv(2048).rstrip(b"\n"))


def test_a_log_that_is_not_there_is_told():
    for target in ("tcp://127.0.0.1:9", "unix:///nowhere/log"):
        with pytest.raises(ConnectorError) as caught:
            send(target)
        assert caught.value.code == "SYSLOG_UNREACHABLE"


@pytest.fixture
def receiver(tmp_path):
    """An https server that keeps what it is sent and answers as told."""
    authority, got = trustme.CA(), []
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        answer = 204

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, self.headers[SIGNATURE], body))
            self.send_response(Handler.answer)
            self.send_header("Location", "https://localhost:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}/audit/in", tmp_path / "ca.pem", got, Handler
    server.shutdown()
    thread.join()
    server.server_close()


@contextlib.contextmanager
def webhook(url: str, ca_file: Path | None, key: str | None = KEY):
    hook = WebHook.parse(url)
    egress = Egress("The audit webhook", Origin.parse(hook.origin, configured=True), ca_file=ca_file, timeout=10)
    sender = SignedWebhook(hook, egress, lambda: key)
    yield sender
    sender.close()


def test_the_other_side_can_prove_whom_it_is_from_and_when(receiver):
    url, ca_file, got, _ = receiver
    with webhook(url, ca_file) as sender:
        sender.send({"anchor": "1:ab"}, AT)
    ((path, header, body),) = got
    seconds, _, told = header.removeprefix("t=").partition(",v1=")
    assert (path, json.loads(body), int(seconds)) == ("/audit/in", {"anchor": "1:ab"}, int(AT.timestamp()))
    assert hmac.new(KEY.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest() == told


@pytest.mark.parametrize("answer", [302, 307, 404, 500])
def test_an_answer_that_is_none_is_told_and_leads_nowhere(receiver, answer):
    url, ca_file, got, handler = receiver
    handler.answer = answer
    with webhook(url, ca_file) as sender, pytest.raises(ConnectorError) as caught:
        sender.send({"anchor": "1:ab"}, AT)
    assert (caught.value.code, len(got)) == ("WEBHOOK_REFUSED", 1)


def test_a_certificate_of_nobody_we_know_gets_nothing(receiver):
    url, _, got, _ = receiver
    with webhook(url, None) as sender, pytest.raises(ConnectorError) as caught:
        sender.send({"anchor": "1:ab"}, AT)
    assert (caught.value.code, got) == ("BAD_CERTIFICATE", [])


@pytest.mark.parametrize("key", [None, "", "short"])
def test_without_a_key_nothing_is_sent(receiver, key):
    url, ca_file, got, _ = receiver
    with webhook(url, ca_file, key) as sender, pytest.raises(ConnectorError) as caught:
        sender.send({"anchor": "1:ab"}, AT)
    assert (caught.value.code, got) == ("NO_WEBHOOK_KEY", [])


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_kept_anchor_finds_a_chain_that_was_written_anew(database, clock, receiver):
    url, ca_file, got, _ = receiver
    log = AuditLog(database, clock)
    log.add(actor="ann", action="query")
    with webhook(url, ca_file) as sender:
        kept = Anchors(log, webhook=sender, clock=clock).send()
    assert json.loads(got[0][2])["anchor"] == kept == log.anchor()
    log.add(actor="ann", action="query")
    assert log.verify([kept]).ok
    with database.write() as transaction:
        transaction.exec_driver_sql("DELETE FROM audit_event")
        transaction.exec_driver_sql("DELETE FROM audit_chain")
    for _ in range(2):
        log.add(actor="eve", action="nothing")
    assert log.verify().ok
    assert log.verify([kept]).first_broken == 1


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_one_place_that_fails_keeps_no_anchor_from_the_other(database, clock):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as log:
        log.bind(("127.0.0.1", 0))
        log.settimeout(10)
        syslog = Syslog(LogTarget.parse(f"udp://127.0.0.1:{log.getsockname()[1]}"), hostname="host")
        with webhook("https://127.0.0.1:9/x", None) as sender:
            anchors = Anchors(AuditLog(database, clock), syslog=syslog, webhook=sender, clock=clock)
            with pytest.raises(ConnectorError):
                anchors.send()
        assert b"anchor=0:" in log.recv(2048)


@pytest.mark.parametrize(
    "text",
    [
        "http://a/x", "https://u:p@a/x", "https://a/x?y", "https://a/x#y", "https:///x", "ftp://a/x", "https://a:0/x",
        "https://a b/x", "https://a/\r\nx", "https://[::1/x",
    ],
)  # fmt: skip
def test_a_webhook_is_one_https_address(text):
    with pytest.raises(ValueError):  # noqa: PT011 - any is right here
        WebHook.parse(text)


@pytest.mark.parametrize("text", ["", "udp://", "http://a", "unix://a/b", "udp://a/b", "tcp://u@a", "udp://a:99999"])
def test_a_log_is_a_host_or_a_socket(text):
    with pytest.raises(ValueError):  # noqa: PT011 - any is right here
        LogTarget.parse(text)
