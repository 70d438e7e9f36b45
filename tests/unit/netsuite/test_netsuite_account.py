"""An account id: its two spellings, its hosts, and no way to any other host."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.egress import Origin
from connector.errors import SettingError
from connector.netsuite.account import AccountId, hosts_of


@pytest.mark.parametrize(
    ("typed", "realm", "label", "kind"),
    [
        ("1234567", "1234567", "1234567", "production"),
        ("1234567_SB1", "1234567_SB1", "1234567-sb1", "sandbox"),
        ("1234567-sb1", "1234567_SB1", "1234567-sb1", "sandbox"),
        (" 1234567_sb12 ", "1234567_SB12", "1234567-sb12", "sandbox"),
        ("1234567_RP", "1234567_RP", "1234567-rp", "release preview"),
        ("1234567_RP2", "1234567_RP2", "1234567-rp2", "release preview"),
        ("tstdrv1234567", "TSTDRV1234567", "tstdrv1234567", "developer"),
        ("TD3018275", "TD3018275", "td3018275", "developer"),
        ("ACME", "ACME", "acme", "production"),
    ],
)
def test_either_spelling_gives_the_realm_and_the_host_label(typed, realm, label, kind):
    account = AccountId.parse(typed)
    assert (account.realm, account.host_label, account.kind) == (realm, label, kind)


def test_the_hosts_are_netsuites_own():
    hosts = hosts_of(AccountId.parse("1234567_SB1"))
    assert [str(origin) for origin in (hosts.suitetalk, hosts.restlets, hosts.app)] == [
        "https://1234567-sb1.suitetalk.api.netsuite.com",
        "https://1234567-sb1.restlets.api.netsuite.com",
        "https://1234567-sb1.app.netsuite.com",
    ]


def test_one_configured_address_stands_for_all_hosts():
    sandbox = Origin.parse("http://127.0.0.1:8123", configured=True)
    hosts = hosts_of(AccountId.parse("1234567"), sandbox)
    assert {hosts.suitetalk, hosts.restlets, hosts.app} == {sandbox}


HOSTILE = [
    "", " ", "_", "-SB1", "1234567_", "1234567_SB1_x", "1234567__SB1", "evil.com/#", "evil.com", "1234567.evil.com",
    "1234567@evil", "1234567:443", "1234567/..", "1234567?x", "1234567#", "1234567%2eevil", "1234567\\evil",
    "1234567\n", "1234567\nX: y", "12345\x0067", "1234567 SB1", "１２３４５６７", "12345٦٧", "évil", "ⅷ", "1234567_SB①", "a" * 64,
    "1" * 200, "ſb", "\u212a1",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_could_name_another_host_is_no_account_id(text):
    with pytest.raises(SettingError) as caught:
        AccountId.parse(text)
    assert caught.value.code == "BAD_ACCOUNT_ID"
    assert "Setup > Company > Company Information" in caught.value.remedy
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("text", [*HOSTILE, "1234567_sb1", "1234567-SB1"], ids=ascii)
def test_an_account_id_cannot_be_built_around_the_check(text):
    with pytest.raises(SettingError):
        AccountId(text)


@given(st.text(max_size=80) | st.from_regex(r"[A-Za-z0-9]+([_-][A-Za-z0-9]+)?"))
def test_every_text_is_refused_or_stays_one_label_below_netsuite(text):
    try:
        account = AccountId.parse(text)
    except SettingError:
        return
    assert re.fullmatch(r"[a-z0-9]{1,30}(-[a-z0-9]{1,10})?", account.host_label)
    assert AccountId.parse(account.realm) == AccountId.parse(account.host_label) == account
    assert hosts_of(account).suitetalk.host == f"{account.host_label}.suitetalk.api.netsuite.com"
