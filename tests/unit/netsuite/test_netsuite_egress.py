"""Outgoing HTTP: one origin, its address pinned, nothing followed, nothing kept, nothing unbounded."""

from __future__ import annotations

import gzip
import socket
import ssl
from collections.abc import Generator
from typing import NoReturn

import httpx2
import pytest
import trustme
from scripted_netsuite import Scripted, answer, running

from connector.egress import Egress, Origin, Reply
from connector.errors import SettingError, UnavailableError, UnreadableError

NETSUITE = Origin("https", "1234567.suitetalk.api.netsuite.com", 443)


@pytest.fixture
def egress_to(stack):
    def make(url: str | Origin, **options: object) -> Egress:
        origin = Origin.parse(url, configured=True) if isinstance(url, str) else url
        egress = Egress("NetSuite", origin, **{"timeout": 5.0, **options})
        stack.callback(egress.close)
        return egress

    return make


class TestOrigin:
    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("https://1234567.suitetalk.api.netsuite.com", "https://1234567.suitetalk.api.netsuite.com"),
            ("HTTPS://Host.Example:443/", "https://host.example"),
            ("https://host.example:8443", "https://host.example:8443"),
            ("https://[::1]:8443", "https://[::1]:8443"),
        ],
    )
    def test_scheme_host_and_port_are_read(self, url, shown):
        assert str(Origin.parse(url)) == shown

    @pytest.mark.parametrize(
        "url",
        [
            "", "host", "ftp://host", "https://", "https://host/path", "https://host?x", "https://host#x",
            "https://user@host", "https://user:secret@host", "https://host:0", "https://host:99999", "https://host:x",
            "https://[::1", "https://ho st", "https://höst", "https://host\\@evil", "https://host%2eevil", "//host",
            "https://-host", "https://host\u3002evil",
        ],
    )  # fmt: skip
    def test_anything_more_is_no_origin(self, url):
        with pytest.raises(SettingError) as caught:
            Origin.parse(url)
        assert caught.value.code == "BAD_ADDRESS"
        assert "secret" not in caught.value.message

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
    def test_plain_http_is_for_the_servers_own_loopback_alone(self, host):
        assert Origin.parse(f"http://{host}:8080", configured=True).scheme == "http"
        with pytest.raises(SettingError, match="in clear"):
            Origin.parse(f"http://{host}:8080")

    @pytest.mark.parametrize("url", ["http://host.example", "http://10.0.0.1", "http://127.0.0.1.evil.example"])
    def test_plain_http_to_elsewhere_is_refused_even_if_configured(self, url):
        with pytest.raises(SettingError, match="in clear"):
            Origin.parse(url, configured=True)


class TestAddress:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
            "::1", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "224.0.0.1",
        ],
    )  # fmt: skip
    def test_a_netsuite_name_inside_a_private_network_is_refused(self, egress_to, address):
        egress = egress_to(NETSUITE, resolve=lambda _host, _port: ["2600::1", address])
        with pytest.raises(UnavailableError) as caught:
            egress.request("GET", "/")
        assert caught.value.code == "PRIVATE_ADDRESS"
        assert not caught.value.retryable

    def test_a_name_that_is_not_known_is_told_with_where_to_look(self, egress_to):
        def unknown(_host: str, _port: int) -> NoReturn:
            raise socket.gaierror(socket.EAI_NONAME, "not known")

        with pytest.raises(UnavailableError) as caught:
            egress_to(NETSUITE, resolve=unknown).request("GET", "/")
        assert caught.value.code == "UNKNOWN_HOST"
        assert "Setup > Company > Company Information" in caught.value.remedy

    def test_a_name_is_resolved_once_and_its_address_kept(self, egress_to, serve):
        server = serve(lambda _: answer({}))
        asked = []

        def resolve(host: str, port: int) -> list[str]:
            asked.append((host, port))
            return ["127.0.0.1"] if len(asked) == 1 else ["203.0.113.1"]

        egress = egress_to(f"http://localhost:{server.port}", resolve=resolve)
        for _ in range(3):
            assert egress.request("GET", "/").status == 200
        assert asked == [("localhost", server.port)]
        assert {request.headers["Host"] for request in server.received} == {f"localhost:{server.port}"}

    def test_after_a_failed_connection_the_name_is_asked_for_again(self, egress_to, serve):
        server = serve(lambda _: answer({}))
        answers = iter([["127.0.0.2"], ["127.0.0.1"]])
        egress = egress_to(f"http://localhost:{server.port}", resolve=lambda _host, _port: next(answers))
        with pytest.raises(UnavailableError):
            egress.request("GET", "/")
        assert egress.request("GET", "/").status == 200

    @pytest.mark.parametrize("path", ["@evil.example/", ".evil.example/", ":1/", "evil/"])
    def test_a_path_cannot_name_another_host(self, egress_to, path):
        def never(_host: str, _port: int) -> NoReturn:
            raise AssertionError("the network was asked")

        with pytest.raises(UnavailableError) as caught:
            egress_to(NETSUITE, resolve=never).request("GET", path)
        assert caught.value.code in {"FOREIGN_ORIGIN", "UNAVAILABLE"}
        assert not caught.value.retryable

    def test_an_authentication_cannot_send_the_request_elsewhere(self, egress_to, serve):
        class Elsewhere(httpx2.Auth):
            def auth_flow(self, request) -> Generator[httpx2.Request, httpx2.Response, None]:
                yield httpx2.Request("GET", "http://127.0.0.1:1/", headers=request.headers)

        server = serve(lambda _: answer({}))
        with pytest.raises(UnavailableError) as caught:
            egress_to(server.url).request("GET", "/", auth=Elsewhere())
        assert caught.value.code == "FOREIGN_ORIGIN"
        assert server.received == []


@pytest.fixture
def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class TestExchange:
    def test_the_request_arrives_as_it_was_asked(self, egress_to, serve):
        server = serve(lambda _: answer({"n": 1.50, "big": 12345678901234567890}, 202, {"X-Case": "Kept"}))
        reply = egress_to(server.url).request(
            "POST", "/a%20b", params={"limit": 10, "q": "a b+c&d=é"}, headers={"Prefer": "transient"}, content=b"{}"
        )
        received = server.received[0]
        assert (received.method, received.path, received.body) == ("POST", "/a%20b", b"{}")
        assert received.query == {"limit": "10", "q": "a b+c&d=é"}
        assert received.headers["Prefer"] == "transient"
        assert received.headers["User-Agent"].startswith("NSQuery/")
        assert (reply.status, reply.headers["x-case"]) == (202, "Kept")
        assert reply.json() == {"n": "1.5", "big": "12345678901234567890"}

    def test_a_redirect_is_an_answer_and_is_not_followed(self, egress_to, serve):
        server = serve(lambda _: Scripted(302, b"", {"Location": "https://evil.example/"}))
        assert egress_to(server.url).request("GET", "/").status == 302
        assert len(server.received) == 1

    def test_cookies_are_neither_kept_nor_sent(self, egress_to, serve):
        server = serve(lambda _: answer({}, 200, {"Set-Cookie": "JSESSIONID=secret; Path=/"}))
        egress = egress_to(server.url)
        egress.request("GET", "/")
        egress.request("GET", "/")
        assert all("Cookie" not in request.headers for request in server.received)

    def test_proxies_and_netrc_of_the_environment_are_not_used(self, egress_to, serve, monkeypatch, tmp_path):
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password secret\n")
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        monkeypatch.setenv("HOME", str(tmp_path))
        server = serve(lambda _: answer({}))
        assert egress_to(server.url).request("GET", "/").status == 200
        assert "Authorization" not in server.received[0].headers

    def test_a_compressed_answer_is_unpacked(self, egress_to, serve):
        server = serve(lambda _: Scripted(200, gzip.compress(b'{"a": "b"}'), {"Content-Encoding": "gzip"}))
        assert egress_to(server.url).request("GET", "/").json() == {"a": "b"}

    def test_an_answer_that_cannot_be_unpacked_is_unreadable(self, egress_to, serve):
        server = serve(lambda _: Scripted(200, b"no gzip", {"Content-Encoding": "gzip"}))
        with pytest.raises(UnreadableError, match="unpacked"):
            egress_to(server.url).request("GET", "/")

    @pytest.mark.parametrize("packed", [False, True])
    def test_an_answer_without_end_is_given_up_at_its_bound(self, egress_to, serve, packed):
        plain = bytes(65 * 1024 * 1024)
        body = gzip.compress(plain, 1) if packed else plain
        server = serve(lambda _: Scripted(200, body, {"Content-Encoding": "gzip"} if packed else {}))
        with pytest.raises(UnreadableError) as caught:
            egress_to(server.url).request("GET", "/")
        assert caught.value.code == "ANSWER_TOO_LARGE"

    def test_an_answer_that_drips_for_too_long_is_given_up(self, egress_to, serve):
        server = serve(lambda _: answer({}))
        ticks = iter([0.0, 901.0])
        with pytest.raises(UnavailableError) as caught:
            egress_to(server.url, clock=lambda: next(ticks)).request("GET", "/")
        assert caught.value.code == "TIMEOUT"

    def test_a_reply_does_not_show_its_body(self):
        assert "secret" not in repr(Reply(200, {}, b'{"access_token": "secret"}'))

    @pytest.mark.parametrize("body", [b"", b"{", b'{"a": NaN}', b"\xff\xfe{", b"[" * 100_000, b'{"a": "\x00"}'])
    def test_what_is_not_json_is_a_value_error(self, body):
        with pytest.raises(ValueError):  # noqa: PT011 - json's own texts
            Reply(200, {}, body).json()


class TestFailure:
    def test_a_request_after_closing_is_an_error_that_can_be_shown(self, egress_to, serve):
        server = serve(lambda _: answer({}))
        egress = egress_to(server.url)
        egress.close()
        with pytest.raises(UnavailableError) as caught:
            egress.request("GET", "/")
        assert (caught.value.code, server.received) == ("CLOSED", [])

    def test_silence(self, egress_to, serve):
        server = serve(lambda _: Scripted(held=True))
        with pytest.raises(UnavailableError) as caught:
            egress_to(server.url, timeout=0.1).request("GET", "/")
        assert (caught.value.code, caught.value.retryable) == ("TIMEOUT", True)
        assert "did not answer in time" in caught.value.message

    def test_a_dropped_connection(self, egress_to, serve):
        server = serve(lambda _: Scripted(200, b"0123456789", cut=4))
        with pytest.raises(UnavailableError) as caught:
            egress_to(server.url).request("GET", "/")
        assert (caught.value.code, caught.value.retryable) == ("DROPPED", True)

    def test_a_refused_connection(self, egress_to, unused_port):
        with pytest.raises(UnavailableError) as caught:
            egress_to(f"http://127.0.0.1:{unused_port}").request("GET", "/")
        assert (caught.value.code, caught.value.retryable) == ("UNREACHABLE", True)
        assert "refuses the connection" in caught.value.message

    def test_a_server_that_does_not_speak_http(self, egress_to):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            egress = egress_to(f"https://127.0.0.1:{listener.getsockname()[1]}", timeout=0.1)
            with pytest.raises(UnavailableError) as caught:
                egress.request("GET", "/")
        assert caught.value.code in {"TIMEOUT", "UNREACHABLE"}


@pytest.fixture
def authority():
    return trustme.CA()


class TestTls:
    @pytest.fixture
    def tls(self, authority):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        return context

    @pytest.fixture
    def ca_file(self, authority, tmp_path):
        file = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(file)
        return str(file)

    def test_a_private_authority_is_trusted_where_it_is_named(self, egress_to, tls, ca_file):
        with running(lambda _: answer({}), tls) as server:
            egress = egress_to(f"https://localhost:{server.port}", ca_file=ca_file)
            assert egress.request("GET", "/").status == 200
            egress.close()

    def test_an_unknown_authority_is_not(self, egress_to, tls):
        with running(lambda _: answer({}), tls) as server:
            with pytest.raises(UnavailableError) as caught:
                egress_to(f"https://localhost:{server.port}").request("GET", "/")
            assert server.received == []
        assert (caught.value.code, caught.value.retryable) == ("BAD_CERTIFICATE", False)
        assert "CONNECTOR_CA_FILE" in caught.value.remedy

    def test_a_certificate_for_another_name_is_not(self, egress_to, tls, ca_file):
        with running(lambda _: answer({}), tls) as server:
            with pytest.raises(UnavailableError) as caught:
                egress_to(f"https://127.0.0.1:{server.port}", ca_file=ca_file).request("GET", "/")
            assert server.received == []
        assert caught.value.code == "BAD_CERTIFICATE"

    def test_plain_http_behind_https_is_told(self, egress_to, serve):
        server = serve(lambda _: answer({}))
        with pytest.raises(UnavailableError) as caught:
            egress_to(f"https://127.0.0.1:{server.port}").request("GET", "/")
        assert caught.value.code == "BAD_TLS"

    def test_a_file_that_holds_no_authority_is_a_setting_to_correct(self, egress_to, tmp_path):
        (tmp_path / "empty.pem").write_text("nothing")
        for name in ("empty.pem", "missing.pem"):
            with pytest.raises(SettingError) as caught:
                egress_to(NETSUITE, ca_file=str(tmp_path / name))
            assert caught.value.code == "BAD_CA_FILE"
