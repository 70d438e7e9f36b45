"""Ways in by consent: the person signs in at NetSuite, allows or denies, and comes back to the first rows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.place import Place

WAYS = {
    "a confidential client": ("consent", "client_id", True),
    "a public client": ("consent", "public_client_id", False),
    "the TBA authorization flow": ("token-flow", "client_id", True),
}


def begin(here: Place, page: Page, way: str, name: str) -> None:
    """From the wizard to the page before NetSuite's."""
    path, client, has_secret = WAYS[way]
    told = here.sandbox.announcement
    page.goto("/connect")
    page.locator(f'a[href="/connect/{path}"]').click()
    page.get_by_label("Name of the connection").fill(name)
    if page.get_by_label("A new one, below").count():
        page.get_by_label("A new one, below").check()
    page.get_by_label("NetSuite account ID").fill(told["account"])
    page.get_by_label("Consumer key / client ID").fill(told["oauth2"][client])
    if has_secret:
        page.get_by_label("Consumer secret / client secret").fill(told["oauth2"]["client_secret"])
    else:
        page.get_by_role("checkbox", name="Public client").check()
    page.get_by_role("button", name="Go on").click()


def sign_in_at_netsuite(page: Page) -> None:
    """Choose a person and a role, where nobody is signed in yet."""
    page.get_by_role("link", name="Go on to NetSuite").click()
    if page.get_by_role("button", name="Sign in").count():
        page.get_by_label("User").select_option("13")
        page.get_by_label("Role").select_option("1000")
        page.get_by_role("button", name="Sign in").click()


def consent(page: Page, decision: str) -> None:
    """At NetSuite: sign in, allow or deny."""
    sign_in_at_netsuite(page)
    page.get_by_role("button", name=decision).click()


@pytest.mark.parametrize("way", WAYS)
def test_from_the_wizard_over_the_consent_to_the_first_rows(here: Place, way: str, tmp_path) -> None:
    page = here.administrator()
    begin(here, page, way, f"By {way}")
    page.screenshot(path=tmp_path / "go_on.png", full_page=True)
    consent(page, "Allow")
    expect(page).to_have_url(re.compile(f"{here.url}/connections/[0-9a-f]{{32}}$"))
    page.get_by_role("button", name="Ask NetSuite").click()
    expect(page.get_by_role("status")).to_contain_text("10 rows, read as")
    page.screenshot(path=tmp_path / "connection.png", full_page=True)


@pytest.mark.parametrize("way", WAYS)
def test_who_denies_gets_no_connection_and_is_told_so(here: Place, way: str) -> None:
    page = here.administrator()
    begin(here, page, way, f"Denied {way}")
    consent(page, "Deny")
    expect(page.get_by_role("alert")).to_contain_text("CONSENT_DENIED")
    page.goto("/connections")
    expect(page.get_by_text(f"Denied {way}")).to_have_count(0)


def test_a_consent_cannot_be_ended_by_somebody_else(here: Place) -> None:
    """The address that NetSuite sends back to, opened in another person's browser."""
    page = here.administrator()
    begin(here, page, "a confidential client", "Stolen")
    sign_in_at_netsuite(page)
    form = {name: page.locator(f'input[name="{name}"]').first.input_value() for name in ("flow", "csrf")}
    answer = page.request.post(page.url.partition("?")[0], form={**form, "decision": "allow"}, max_redirects=0)
    back = answer.headers["location"]
    assert back.startswith(f"{here.url}/oauth2/callback?")
    other = here.administrator()  # the same person in another browser: another session
    other.goto(back)
    expect(other.get_by_role("alert")).to_contain_text("FOREIGN_STATE")
    page.goto(back)
    expect(page.get_by_role("heading", name="Stolen")).to_be_visible()
    page.goto(back)
    expect(page.get_by_role("alert")).to_contain_text("FOREIGN_STATE")  # it works once


def test_connecting_again_keeps_the_connection(here: Place) -> None:
    page = here.administrator()
    begin(here, page, "a confidential client", "Weekly")
    consent(page, "Allow")
    before = page.url
    page.get_by_role("button", name="Connect again").first.click()
    consent(page, "Allow")
    expect(page).to_have_url(before)
    expect(page.get_by_text("Consent ends")).to_be_visible()
