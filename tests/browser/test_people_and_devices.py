"""People in the browser: the first administrator, an invitation, one-time codes, a device, and what a reader may."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from playwright.sync_api import expect

from tests.browser.place import PASSWORD, Place, sign_in


def joined(here: Place, name: str, role: str):
    """Somebody new, by the administrator's link; the page they look at."""
    page = here.administrator()
    page.goto("/people")
    page.get_by_label("Name", exact=False).first.fill(name)
    page.locator("#role").select_option(role)
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("pre").inner_text()
    theirs = here.visitor().new_page()
    theirs.goto(link)
    theirs.locator("#password").fill(PASSWORD)
    theirs.locator("#again").fill(PASSWORD)
    theirs.get_by_role("button", name="Join").click()
    expect(theirs.get_by_role("link", name=name)).to_be_visible()
    return theirs, link


def test_an_invitation_works_once_and_a_reader_makes_no_connection(here: Place) -> None:
    theirs, link = joined(here, "Rea", "reader")
    again = here.visitor().new_page()
    again.goto(link)
    expect(again.get_by_role("alert")).to_be_visible()
    theirs.goto("/connections")
    expect(theirs.get_by_text("As a reader you use")).to_be_visible()
    theirs.goto("/connect")
    expect(theirs.get_by_role("alert")).to_contain_text("ROLE_NEEDED")


def test_a_wrong_password_says_no_more_than_that(here: Place) -> None:
    here.administrator()
    page = here.visitor().new_page()
    sentences = []
    for name in ("Ada", "Nobody at all"):
        sign_in(page, name, "not the password at all")
        sentences.append(page.get_by_role("alert").inner_text())
    assert sentences[0] == sentences[1]
    expect(page.get_by_role("alert")).not_to_contain_text("Ada")


def test_one_time_codes_are_asked_for_once_they_are_on(here: Place) -> None:
    theirs, _ = joined(here, "Tom", "author")
    theirs.goto("/second-factor")
    theirs.get_by_text("Cannot scan?").click()
    secret = parse_qs(urlsplit(theirs.locator("pre").inner_text()).query)["secret"][0]
    theirs.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    theirs.get_by_role("button", name="Turn on").click()
    expect(theirs.get_by_text("Your sign-in asks for a one-time code.")).to_be_visible()
    page = here.visitor().new_page()
    sign_in(page, "Tom")
    expect(page.get_by_label("One-time code")).to_be_visible()
    page.locator("#password").fill(PASSWORD)
    page.get_by_label("One-time code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/sign-in"))


def test_a_device_gets_a_token_once_its_code_is_typed(here: Place) -> None:
    page = here.administrator()
    told = here.sandbox.announcement
    if not here.services.vault.connections("Ada"):
        here.services.connections.add(
            owner="Ada", name="Close", account=told["account"], method="tba", secrets=told["tba"]
        )
    asked = here.visitor().request.post("/v1/device/code", form={"client_id": "excel", "label": "Close.xlsx"}).json()
    assert asked["verification_uri"] == f"{here.url}/device"
    page.goto("/device")
    page.get_by_label("The code that your device shows").fill(asked["user_code"].lower())
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Close.xlsx")).to_be_visible()
    page.get_by_label("Close", exact=True).check()
    page.get_by_role("button", name="Let it in").click()
    expect(page.get_by_role("heading", name="It is connected")).to_be_visible()
    token = (
        here.visitor()
        .request.post(
            "/v1/device/token",
            form={"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": asked["device_code"]},
        )
        .json()["access_token"]
    )
    principal = here.services.tokens.principal(token)
    assert (principal.user, len(principal.connection_ids)) == ("Ada", 1)
    page.goto("/tokens")
    row = page.get_by_role("row").filter(has_text="Close.xlsx")
    expect(row).to_contain_text("excel")


def test_who_leaves_is_blocked_and_their_connection_revoked(here: Place) -> None:
    theirs, _ = joined(here, "Leo", "author")
    told = here.sandbox.announcement
    here.services.connections.add(
        owner="Leo", name="Leo's own", account=told["account"], method="tba", secrets=told["tba"]
    )
    page = here.administrator()
    page.goto("/people")
    page.get_by_role("link", name="Leo leaves").click()
    page.get_by_role("button", name="Revoke Leo's own").click()
    expect(page.get_by_role("row").filter(has_text="Leo's own")).to_contain_text("Revoked")
    page.get_by_text("Block…").click()
    page.get_by_label("Yes, block Leo").check()
    page.get_by_role("button", name="Block Leo").click()
    theirs.goto("/connections")
    expect(theirs).to_have_url(re.compile("/sign-in"))


def test_a_form_of_another_site_is_refused(here: Place) -> None:
    page = here.administrator()
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = page.request.post("/tokens", form={"label": "stolen", "days": "9"}, headers=headers, max_redirects=0)
        assert answer.status == 403
        assert "FOREIGN_FORM" in answer.text()
    assert not [token for token in here.services.tokens.list("Ada") if token.label == "stolen"]


@pytest.mark.parametrize("way", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"])
def test_a_link_to_the_sign_in_page_leads_nowhere_else(here: Place, way: str) -> None:
    here.administrator()
    page = here.visitor().new_page()
    page.goto(f"/sign-in?next={way}")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{here.url}/connections")


@pytest.mark.parametrize("path", ["/connections", "/connect", "/records", "/tokens", "/people", "/audit", "/account"])
def test_pages_fit_a_phone_in_the_dark_and_have_names(here: Place, path: str, tmp_path) -> None:
    page = here.administrator(viewport={"width": 360, "height": 740}, color_scheme="dark")
    page.goto(path)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 20, 27)"
    nameless = page.evaluate(
        """[...document.querySelectorAll('input:not([type=hidden]),select,textarea,button,a')]
           .filter(e => !(e.labels && e.labels.length) && !e.textContent.trim() && !e.getAttribute('aria-label'))
           .map(e => e.outerHTML)"""
    )
    assert nameless == []
    page.screenshot(path=tmp_path / "page.png", full_page=True)


def test_every_page_works_from_the_keyboard(here: Place) -> None:
    page = here.administrator()
    page.goto("/connections")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
