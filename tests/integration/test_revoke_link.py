"""The link in a mail about a new device: it asks, one press ends the token, and it ends nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.people.revoke_links import RevokeLinks
from connector.people.sessions import csrf_token
from tests.integration.service import service


@pytest.fixture
def running(tmp_path):
    with service(tmp_path, "http://127.0.0.1:9", log_level="error") as running:
        yield running


def made(running, user="ann"):
    """A token, its id, and the link that ends it."""
    text = running.services.tokens.create(user, label="<b>Excel</b>", kind="excel", address="192.0.2.7")
    token = running.services.tokens.list(user)[0]
    return text, token.id, f"/revoke/{running.services.revoke_links.make(token.id)}"


def is_revoked(running, token_id, user="ann"):
    return next(one for one in running.services.tokens.list(user) if one.id == token_id).revoked_at is not None


def test_opening_it_changes_nothing_and_pressing_ends_the_token(running):
    text, token_id, link = made(running)
    browser = running.app.test_client()
    for _ in range(3):
        page = browser.get(link)
        assert page.status_code == 200
        assert "192.0.2.7" in page.text
        assert "<b>Excel" not in page.text
        assert text not in page.text
    assert browser.head(link).status_code == 200
    assert not is_revoked(running, token_id)
    done = browser.post(link)
    assert (done.status_code, "It is revoked" in done.text) == (200, True)
    assert is_revoked(running, token_id)
    event = running.services.audit.list(action="token_revoked")[0]
    assert (event.actor, event.subject, event.detail) == ("ann", token_id, {"by_link": True})


def test_it_works_once_and_so_do_the_others_to_the_same_token(running):
    _, token_id, link = made(running)
    other = f"/revoke/{running.services.revoke_links.make(token_id)}"
    browser = running.app.test_client()
    browser.post(link)
    for path in (link, other):
        assert (browser.get(path).status_code, browser.post(path).status_code) == (403, 403)


def test_it_ends_no_other_token_and_nobody_elses(running):
    _, _, link = made(running)
    _, other_id, _ = made(running)
    _, bobs_id, _ = made(running, "bob")
    running.app.test_client().post(link)
    assert not is_revoked(running, other_id)
    assert not is_revoked(running, bobs_id, "bob")


def test_after_thirty_days_it_is_over(running):
    _, token_id, _ = made(running)
    services, now = running.services, running.services.revoke_links._clock()
    old = RevokeLinks(services.database, services.audit, lambda: now - timedelta(days=31)).make(token_id)
    assert running.app.test_client().post(f"/revoke/{old}").status_code == 403
    assert not is_revoked(running, token_id)


def test_a_page_elsewhere_cannot_press_it(running):
    _, token_id, link = made(running)
    answer = running.app.test_client().post(link, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, is_revoked(running, token_id)) == (403, False)


def test_who_is_signed_in_may_press_it_too(running):
    services, password = running.services, "four words beside each other"
    services.people.set_up(services.people.setup_token(), name="ada", password=password)
    _, token_id, link = made(running)
    browser = running.app.test_client()
    browser.post("/sign-in", data={"name": "ada", "password": password})
    cookie = browser.get_cookie("nsquery").value
    assert csrf_token(cookie) in browser.get(link).text
    assert browser.post(link).status_code == 403
    assert browser.post(link, data={"csrf": csrf_token(cookie)}).status_code == 200
    assert is_revoked(running, token_id)
