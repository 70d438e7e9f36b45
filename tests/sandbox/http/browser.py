"""A browser without scripts: cookies, forms, and redirects up to the application's own address."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from wire_client import Reply, connect, exchange

from connector.sandbox.serving import RunningSandbox


@dataclass
class Form:
    action: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page with what a browser would send of them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "input" and given.get("type") == "hidden":
            self.forms[-1].fields.append((given["name"], given["value"]))
        elif tag == "button" and "name" in given:
            self.forms[-1].buttons.append((given["name"], given["value"]))
        elif tag == "select":
            self.select = given["name"]
            self.forms[-1].choices[self.select] = []
        elif tag == "option":
            self.forms[-1].choices[self.select].append(given.get("value", ""))


@dataclass
class Page:
    reply: Reply

    @property
    def html(self) -> str:
        return self.reply.body.decode()

    @property
    def forms(self) -> list[Form]:
        return Forms(self.html).forms

    @property
    def title(self) -> str:
        return self.html.partition("<title>")[2].partition("</title>")[0]

    @property
    def left_for(self) -> str | None:
        """The application's address that the browser was sent to."""
        return self.reply.headers.get("location")

    @property
    def told(self) -> dict[str, str]:
        """What the redirect to the application says."""
        assert self.left_for is not None, self.html
        return dict(parse_qsl(urlsplit(self.left_for).query, keep_blank_values=True, strict_parsing=True))


class Browser:
    def __init__(self, running: RunningSandbox) -> None:
        self.running = running
        self.cookies: dict[str, str] = {}

    def open(self, target: str, **headers: str) -> Page:
        return self._follow(self.send("GET", target, headers))

    def submit(self, page: Page, number: int = 0, headers: dict[str, str] | None = None, **chosen: Any) -> Page:
        form = page.forms[number]
        fields = {**dict(form.fields), **{name: options[0] for name, options in form.choices.items()}, **chosen}
        return self._follow(self.post(form.action, fields, headers))

    def post(self, target: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> Reply:
        form = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.send("POST", target, form, urlencode(fields).encode())

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes | None = None) -> Reply:
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sends_cookie = jar and target.startswith("/app/login/")
        connection = connect(self.running)
        try:
            reply = exchange(connection, method, target, {**headers, **({"Cookie": jar} if sends_cookie else {})}, body)
        finally:
            connection.close()
        for name, morsel in SimpleCookie(reply.headers.get("set-cookie", "")).items():
            self.cookies[name] = morsel.value
        return reply

    def _follow(self, reply: Reply) -> Page:
        for _ in range(5):
            location = reply.headers.get("location", "")
            if not location.startswith("/"):
                break
            reply = self.send("GET", location, {})
        return Page(reply)
