"""Passkeys in Chromium, with a virtual authenticator: made, used to sign in and to prove, removed, copied, replayed."""

from __future__ import annotations

import json
import os
import threading

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from connector.cli.serve import Server
from connector.settings import load_settings
from connector.web.app import create_app
from connector.wiring import build
from tests.browser.chromium import MISSING, chromium
from tests.browser.place import PASSWORD, Place


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """At http://localhost, which browsers take for safe: a certificate of our own would shut passkeys out."""
    if chromium() is None and os.environ.get("CI") != "true":
        pytest.skip(MISSING)
    services = build(
        load_settings({"CONNECTOR_DATA": str(tmp_path_factory.mktemp("data")), "CONNECTOR_LOG_LEVEL": "error"})
    )
    server = Server(("127.0.0.1", 0), create_app(services=services), numthreads=8)
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield Place(f"http://localhost:{server.bind_addr[1]}", services, None, browser)
        browser.close()
    server.stop()
    thread.join()
    services.close()


class Device:
    """A virtual authenticator that verifies its user."""

    def __init__(self, page: Page) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def credentials(self) -> list[dict]:
        return self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def take(self, credential: dict) -> None:
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def verifies(self, *, user: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": user})


def added(here, page: Page, label: str) -> None:
    page.goto("/account")
    page.get_by_label("Name").fill(label)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text(label).first).to_be_visible()


def use(page: Page) -> None:
    page.goto("/sign-in?next=/tokens")
    page.get_by_role("button", name="Sign in with a passkey").click()


def test_a_passkey_signs_in_without_name_or_password(here, tmp_path):
    page = here.administrator()
    device = Device(page)
    added(here, page, "laptop")
    page.screenshot(path=tmp_path / "account.png", full_page=True)
    page.get_by_role("button", name="Sign out").click()
    use(page)
    page.wait_for_url(f"{here.url}/tokens")
    event = here.services.audit.list(action="sign_in")[0]
    assert (event.actor, event.detail["by"]) == ("Ada", "passkey")
    assert len(device.credentials()) == 1


def test_it_proves_who_is_there_before_a_credential_is_touched(here):
    page = here.administrator()
    Device(page)
    added(here, page, "phone")
    with here.services.database.write() as transaction:
        transaction.exec_driver_sql("UPDATE browser_session SET proved_at = '2001-01-01T00:00:00.000000Z'")
    page.goto("/prove?next=/connect/values")
    page.get_by_role("button", name="Confirm with a passkey").click()
    page.wait_for_url(f"{here.url}/connect/values")


def test_one_that_was_removed_or_of_somebody_blocked_is_not_taken(here):
    page = here.administrator()
    device = Device(page)
    added(here, page, "old")
    page.get_by_role("button", name="Remove old").click()
    expect(page.get_by_text("Remove old")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    use(page)
    expect(page.get_by_role("status").first).to_contain_text("was not taken")
    assert len(device.credentials()) == 1
    assert here.services.audit.list(action="sign_in")[0].outcome == "refused"


def test_without_finger_face_or_pin_it_is_not_taken(here):
    page = here.administrator()
    device = Device(page)
    added(here, page, "shared")
    page.get_by_role("button", name="Sign out").click()
    device.verifies(user=False)
    use(page)
    expect(page.get_by_role("status").first).not_to_be_empty()
    assert "/sign-in" in page.url


def test_a_copy_of_a_key_is_noticed_by_its_count(here):
    page = here.administrator()
    device = Device(page)
    added(here, page, "copied")
    (made,) = device.credentials()
    for _ in range(2):
        page.get_by_role("button", name="Sign out").click()
        use(page)
        page.wait_for_url(f"{here.url}/tokens")
    page.get_by_role("button", name="Sign out").click()
    other = here.visitor().new_page()
    Device(other).take(made)
    use(other)
    expect(other.get_by_role("status").first).to_contain_text("was not taken")


def test_an_answer_serves_once_and_for_the_address_it_was_made_at(here):
    page = here.administrator()
    Device(page)
    added(here, page, "once")
    page.get_by_role("button", name="Sign out").click()
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.post_data or "") if "/passkey/sign-in" in request.url else None
    )
    use(page)
    page.wait_for_url(f"{here.url}/tokens")
    cookies = page.context.cookies()
    again = here.visitor()
    again.add_cookies([one for one in cookies if one["name"] == "nsquery-passkey"])
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    answer = again.request.post(f"{here.url}/passkey/sign-in", data=sent[0], headers=headers)
    assert answer.status == 401
    assert json.loads(answer.text())["code"] == "PASSKEY_REFUSED"


def test_a_password_still_opens_the_door(here):
    here.administrator()
    page = here.visitor().new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("link", name="Ada")).to_be_visible()
