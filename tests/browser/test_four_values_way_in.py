"""Token-Based Authentication by its four values: from the wizard to the first rows, and a typing error on the way."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.place import Place

LABELS = {
    "consumer_key": "Consumer key",
    "consumer_secret": "Consumer secret",
    "token_id": "Token ID",
    "token_secret": "Token secret",
}


def fill(page: Page, here: Place, name: str, **different: str) -> None:
    told = here.sandbox.announcement
    page.get_by_label("NetSuite account ID").fill(told["account"])
    page.get_by_label("Name of the connection").fill(name)
    for key, label in LABELS.items():
        page.get_by_label(label, exact=True).fill(different.get(key, told["tba"][key]))
    page.get_by_role("button", name="Connect").click()


def test_from_the_wizard_to_the_first_rows(here: Place, tmp_path) -> None:
    page = here.administrator()
    page.goto("/connect")
    page.locator('a[href="/connect/values"]').click()
    fill(page, here, "By four values", token_secret="f" * 64)
    expect(page.get_by_role("alert")).to_contain_text("View Login Audit Trail")
    page.screenshot(path=tmp_path / "refused.png", full_page=True)
    assert page.get_by_label("Consumer secret").input_value() == ""
    fill(page, here, "By four values")
    expect(page).to_have_url(re.compile(f"{here.url}/connections/[0-9a-f]{{32}}$"))
    page.get_by_role("button", name="Ask NetSuite").click()
    expect(page.get_by_role("status")).to_contain_text("10 rows, read as")
    page.screenshot(path=tmp_path / "connection.png", full_page=True)
