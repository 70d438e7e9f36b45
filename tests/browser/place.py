"""The service over HTTPS, the sandbox behind it, and Chromium before it: what a person meets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from connector.cli.loopback_certificate import loopback_certificate
from connector.cli.serve import LaterHandshake, Server
from connector.sandbox.server import running
from connector.sandbox.serving import RunningSandbox
from connector.settings import load_settings
from connector.web.app import create_app
from connector.wiring import Services, build
from tests.browser.chromium import chromium

PASSWORD = "a sentence that nobody guesses"


@dataclass
class Place:
    """One running service; `url` is where a browser finds it."""

    url: str
    services: Services
    sandbox: RunningSandbox
    browser: Browser

    def visitor(self, **settings) -> BrowserContext:
        """A browser of its own: no cookie of anybody else."""
        return self.browser.new_context(ignore_https_errors=True, base_url=self.url, **settings)

    def administrator(self, **settings) -> Page:
        """A page that the first administrator looks at, signed in."""
        page = self.visitor(**settings).new_page()
        if self.services.people.needs_set_up():
            page.goto("/setup")
            page.get_by_label("Setup token").fill(self.services.people.setup_token())
            page.get_by_label("Your name").fill("Ada")
            page.get_by_label("Password", exact=False).first.fill(PASSWORD)
            page.get_by_label("The same password again").fill(PASSWORD)
            page.get_by_role("button", name="Become the administrator").click()
        else:
            sign_in(page, "Ada")
        expect(page.get_by_role("link", name="Ada")).to_be_visible()
        return page


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@contextmanager
def place(data: Path, **settings: str) -> Iterator[Place]:
    """A sandbox, a service that speaks HTTPS on a free port, and Chromium."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    url = f"https://127.0.0.1:{port}"
    with (
        running(rows=1_000, redirect_uris=[f"{url}/oauth2/callback"]) as sandbox,
        sync_playwright() as playwright,
    ):
        environment = {
            "CONNECTOR_DATA": str(data),
            "CONNECTOR_NETSUITE_URL": sandbox.url,
            "CONNECTOR_PUBLIC_URL": url,
            "CONNECTOR_LOG_LEVEL": "error",
        }
        services = build(load_settings(environment | settings))
        server = Server(("127.0.0.1", port), create_app(services=services), numthreads=16)
        files = loopback_certificate(services.settings.data)
        server.ssl_adapter = LaterHandshake(str(files.certificate), str(files.private_key))
        server.prepare()
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield Place(url, services, sandbox, browser)
        finally:
            browser.close()
            server.stop()
            thread.join()
            services.close()
