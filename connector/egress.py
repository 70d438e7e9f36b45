"""The only maker of outgoing HTTP: one origin for one purpose, resolved once and pinned, no redirects, no cookies.

A secret belongs to an origin. A request to any other one is refused before the network, whatever URL an answer, an
account id or a setting suggests.
"""

from __future__ import annotations

import ipaddress
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from connector import __version__
from connector.errors import ConnectorError, SettingError, UnavailableError, UnreadableError

_MAX_ANSWER = 64 * 1024 * 1024  # bytes; a page of 1,000 rows is a few megabytes at most
_CONNECT_SECONDS = 10.0
LONGEST_SECONDS = 900.0
"""NetSuite ends every request after 15 minutes (Oracle subsect_1544786455)."""
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:.]+", re.ASCII)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PORTS = {"https": 443, "http": 80}

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port → its addresses. Raises OSError where the name is not known."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: where a secret may go. `configured` means that the server's own settings name it."""

    scheme: str
    host: str
    port: int
    configured: bool = False

    @classmethod
    def parse(cls, url: str, *, configured: bool = False) -> Origin:
        """Read the origin of a URL. Raises SettingError (code BAD_ADDRESS)."""
        try:
            parts = urlsplit(url)
            port = _PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        except ValueError as error:
            raise _not_an_origin() from error
        host = (parts.hostname or "").lower()
        extra = parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc
        if parts.scheme not in _PORTS or _HOST.fullmatch(host) is None or not port or extra:
            raise _not_an_origin()
        if parts.scheme == "http" and not (configured and host in _LOOPBACK):
            raise SettingError(
                f"The address http://{host} would send credentials in clear.",
                code="BAD_ADDRESS",
                remedy="Use https; plain http is taken for a sandbox on 127.0.0.1 alone.",
            )
        return cls(parts.scheme, host, port, configured)

    def __str__(self) -> str:
        """As it stands in a URL, the port left out where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was read to its end: status, headers with lower-case names, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)  # it may hold a token

    def json(self) -> object:
        """The body as JSON, numbers as text as they stand. Raises ValueError, also for an object with one key twice."""
        try:
            return json.loads(
                self.body,
                parse_float=str,
                parse_int=str,
                parse_constant=_no_constant,
                object_pairs_hook=_each_key_once,
            )
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


class Egress:
    """HTTP to one origin. Threads may share it."""

    def __init__(
        self,
        purpose: str,
        origin: Origin,
        *,
        ca_file: str | Path | None = None,
        timeout: float = 30.0,
        resolve: Resolve | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`purpose` names the other side in errors; `timeout` is the longest silence in seconds.

        `ca_file` adds certificate authorities (PEM) to the system's. Raises SettingError (code BAD_CA_FILE).
        """
        self.purpose = purpose
        self.origin = origin
        self._clock = clock
        self._timeout = _silence(timeout)
        self._client = httpx2.Client(
            transport=_PinnedTransport(origin, _tls(ca_file), resolve or _addresses),
            # Accepting gzip alone keeps a small answer from unpacking to more than a thousand times its size.
            headers={"User-Agent": f"NSQuery/{__version__}", "Accept-Encoding": "gzip"},
            # NetSuite takes a request with a cookie for a browser's and refuses it.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            trust_env=False,
            follow_redirects=False,
        )

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        auth: httpx2.Auth | None = None,
        timeout: float | None = None,
    ) -> Reply:
        """Send one request and read the whole answer, whatever its status. Raises UnavailableError, UnreadableError.

        `timeout` is the longest silence in seconds, where this request takes longer than others.
        """
        try:
            request = self._client.build_request(
                method,
                f"{self.origin}{path}",
                params=params,
                headers=headers,
                content=content,
                timeout=self._timeout if timeout is None else _silence(timeout),
            )
            response = self._client.send(request, auth=auth, stream=True)
            try:
                return Reply(response.status_code, dict(response.headers), self._read(response))
            finally:
                response.close()
        except ConnectorError:
            raise
        except httpx2.HTTPError as error:
            raise self._unavailable(error) from error
        except RuntimeError as error:
            if not self._client.is_closed:
                raise
            raise UnavailableError(f"The connection to {self.purpose} was closed here.", code="CLOSED") from error
        except httpx2.InvalidURL as error:
            raise UnavailableError(f"{self.purpose} cannot be asked at this address.", retryable=False) from error

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _read(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        ends = self._clock() + LONGEST_SECONDS
        for piece in response.iter_bytes():
            body += piece
            if self._clock() > ends:
                raise UnavailableError(f"{self.purpose} at {self.origin} did not end its answer.", code="TIMEOUT")
            if len(body) > _MAX_ANSWER:
                raise _too_large(self.purpose)
        return bytes(body)

    def _unavailable(self, error: httpx2.HTTPError) -> ConnectorError:
        where = f"{self.purpose} at {self.origin}"
        match error:
            case httpx2.DecodingError():
                return UnreadableError(f"{where} sent an answer that cannot be unpacked.")
            case httpx2.ConnectTimeout() | httpx2.ConnectError():
                return self._unreachable(where, error)
            case httpx2.TimeoutException():
                return UnavailableError(f"{where} did not answer in time.", code="TIMEOUT")
            case _:
                return UnavailableError(f"{where} closed the connection before its answer was whole.", code="DROPPED")

    @staticmethod
    def _unreachable(where: str, error: httpx2.HTTPError) -> ConnectorError:
        causes = list(_causes(error))
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return UnavailableError(
                    f"The certificate of {where} cannot be verified: {cause.verify_message}.",
                    code="BAD_CERTIFICATE",
                    remedy="Set CONNECTOR_CA_FILE to the certificate authority of your proxy or sandbox.",
                    retryable=False,
                )
            if isinstance(cause, ssl.SSLError):
                return UnavailableError(f"{where} does not speak TLS as it should.", code="BAD_TLS", retryable=False)
        if isinstance(error, httpx2.ConnectTimeout):
            why = "does not answer"
        elif any(isinstance(cause, ConnectionRefusedError) for cause in causes):
            why = "refuses the connection"
        else:
            why = "cannot be reached"
        return UnavailableError(
            f"{where} {why}.",
            code="UNREACHABLE",
            remedy="Check the account id and that this server may open HTTPS connections to it.",
        )


class _PinnedTransport(httpx2.BaseTransport):
    """Sends to one origin, at the address its name first stood for."""

    def __init__(self, origin: Origin, verify: ssl.SSLContext, resolve: Resolve) -> None:
        self._origin = origin
        self._resolve = resolve
        self._inner = httpx2.HTTPTransport(verify=verify, trust_env=False)
        self._lock = threading.Lock()
        self._address: str | None = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        port = url.port or _PORTS.get(url.scheme)
        if (url.scheme, url.host, port) != (self._origin.scheme, self._origin.host, self._origin.port):
            raise UnavailableError(
                f"A request to {url.host} was held back: it belongs to {self._origin}.",
                code="FOREIGN_ORIGIN",
                remedy="Nothing was sent. Please report this.",
                retryable=False,
            )
        pinned = httpx2.Request(
            request.method,
            url.copy_with(host=self._pinned_address()),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": self._origin.host},
        )
        try:
            response = self._inner.handle_request(pinned)
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            with self._lock:
                self._address = None  # a data centre moves: the next request asks for the name again
            raise
        response.stream = _Bounded(response.stream)
        return response

    def close(self) -> None:
        self._inner.close()

    def _pinned_address(self) -> str:
        with self._lock:
            if self._address is None:
                self._address = self._admitted_address()
            return self._address

    def _admitted_address(self) -> str:
        host = self._origin.host
        try:
            addresses = self._resolve(host, self._origin.port)
        except (OSError, UnicodeError) as error:
            raise UnavailableError(
                f"The name {host} is not known.",
                code="UNKNOWN_HOST",
                remedy="Check the account id (Setup > Company > Company Information, field Account ID) and this "
                "server's name resolution.",
                retryable=False,
            ) from error
        if not self._origin.configured and not all(_is_public(address) for address in addresses):
            raise UnavailableError(
                f"The name {host} stands for an address inside a private network.",
                code="PRIVATE_ADDRESS",
                remedy="If a proxy answers for NetSuite here, name it in CONNECTOR_NETSUITE_URL.",
                retryable=False,
            )
        return min(addresses, key=lambda address: ":" in address)  # one of IPv4 where there is one


class _Bounded(httpx2.SyncByteStream):
    """An answer's bytes as they come, held to the bound even where httpx reads them by itself between two attempts."""

    def __init__(self, stream: httpx2.SyncByteStream | httpx2.AsyncByteStream) -> None:
        if not isinstance(stream, httpx2.SyncByteStream):
            raise TypeError("a transport for threads streams for threads")
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        length = 0
        for piece in self._stream:
            length += len(piece)
            if length > _MAX_ANSWER:
                raise _too_large("The other side")
            yield piece

    def close(self) -> None:
        self._stream.close()


def _silence(seconds: float) -> httpx2.Timeout:
    return httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))


def _addresses(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_global and not address.is_multicast


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _not_an_origin() -> SettingError:
    return SettingError(
        "The address is not a scheme, a host and an optional port.",
        code="BAD_ADDRESS",
        remedy="Write it as https://host or https://host:port.",
    )


def _too_large(who: str) -> UnreadableError:
    return UnreadableError(
        f"{who} sent an answer of more than {_MAX_ANSWER // 1024**2} MiB.",
        code="ANSWER_TOO_LARGE",
        remedy="Ask for fewer columns or fewer rows.",
    )


def _tls(ca_file: str | Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise SettingError(
                f"The file of certificate authorities {ca_file} cannot be read.",
                code="BAD_CA_FILE",
                remedy="CONNECTOR_CA_FILE names a PEM file that this server may read.",
            ) from error
    return context


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    held = dict(pairs)
    if len(held) < len(pairs):
        raise ValueError("a key stands twice")
    return held
