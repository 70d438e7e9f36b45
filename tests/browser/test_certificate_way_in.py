"""OAuth 2.0 with a certificate: from the wizard, over the administrator's page, to the first rows."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.place import Place


def upload(here: Place, certificate: bytes) -> dict:
    """What the administrator does in NetSuite: maps the certificate to a user and a role."""
    account = here.sandbox.account
    page = here.visitor().request
    answer = page.post(
        f"{here.sandbox.url}/app/setup/oauth2clientcredentials.nl",
        headers={"Accept": "application/json"},
        multipart={
            "integration": account.integration.id,
            "entity": "13",
            "role": "1001",
            "certificate": {"name": "certificate.pem", "mimeType": "application/x-pem-file", "buffer": certificate},
        },
    )
    assert answer.status == 201, answer.text()
    return answer.json()


def test_from_the_wizard_over_the_administrator_to_the_first_rows(here: Place, tmp_path) -> None:
    page = here.administrator()
    page.goto("/connect")
    page.get_by_label("I administer the NetSuite account, or know who does").check()
    page.get_by_role("button", name="What should I take?").click()
    expect(page.get_by_role("status")).to_contain_text("OAuth 2.0 with a certificate")
    page.get_by_role("link", name="Make a certificate").click()
    page.get_by_label("NetSuite account ID").fill(here.sandbox.announcement["account"])
    page.get_by_label("Name of the connection").fill("Prod US")
    page.get_by_role("button", name="Make the certificate").click()
    link = page.locator("pre").inner_text()
    page.screenshot(path=tmp_path / "hand_off_made.png", full_page=True)

    administrator = here.visitor().new_page()  # somebody without an account here
    administrator.goto(link)
    expect(administrator.get_by_role("heading", name="For the NetSuite administrator")).to_be_visible()
    administrator.screenshot(path=tmp_path / "hand_off.png", full_page=True)
    with administrator.expect_download() as saved:
        administrator.get_by_role("link", name="Save certificate.pem").click()
    mapped = upload(here, saved.value.path().read_bytes())
    administrator.get_by_label("Client ID").fill(mapped["client_id"])
    administrator.get_by_label("Certificate ID").fill(mapped["certificate_id"])
    administrator.get_by_label("Role").fill("NSQuery Machine")
    administrator.get_by_role("button", name="Try it and finish").click()
    expect(administrator.get_by_role("heading", name="It works. Thank you.")).to_be_visible()
    administrator.goto(link)
    expect(administrator.get_by_role("alert")).to_contain_text("HAND_OFF_OVER")

    page.goto("/connections")
    page.get_by_role("link", name="Prod US").click()
    page.get_by_role("button", name="Test").click()
    expect(page.get_by_text("It works.")).to_be_visible()
    page.get_by_role("button", name="Ask NetSuite").click()
    expect(page.get_by_role("status")).to_contain_text(re.compile("10 rows, read as NSQuery Machine"))
    page.screenshot(path=tmp_path / "connection.png", full_page=True)
