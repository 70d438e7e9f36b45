"""CONNECTOR_* variables: what they default to, what is refused, and that the documentation lists each."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connector.egress import Origin
from connector.errors import SettingError
from connector.settings import PREFIX, Settings, child_environment, data_directory, load_settings

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(100, 132))).decode()
DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"


def refusal(environ: dict[str, str]) -> SettingError:
    with pytest.raises(SettingError) as caught:
        load_settings(environ)
    return caught.value


def test_an_empty_environment_gives_the_defaults():
    settings = load_settings({"HOME": "/home/ann"})
    assert settings.share == 2
    assert settings.handover_seconds == 5
    assert settings.log_level == "INFO"
    assert settings.keys == ()
    assert settings.netsuite_url is None
    assert settings.ca_file is None


def test_the_database_is_sqlite_in_the_data_directory(tmp_path):
    settings = load_settings({"CONNECTOR_DATA": str(tmp_path / "50% off? #1")})
    assert settings.data == tmp_path / "50% off? #1"
    assert settings.database_url == f"sqlite:///{tmp_path}/50%25%20off%3F%20%231/nsquery.db"


def test_a_relative_data_directory_is_taken_from_where_the_server_starts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings({"CONNECTOR_DATA": "data"}).data == tmp_path / "data"


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"HOME": "/home/ann"}, "/home/ann/.local/share/nsquery"),
        ("linux", {"HOME": "/home/ann", "XDG_DATA_HOME": "/srv/share"}, "/srv/share/nsquery"),
        ("linux", {"HOME": "/home/ann", "XDG_DATA_HOME": "share"}, "/home/ann/.local/share/nsquery"),
        ("darwin", {"HOME": "/Users/ann"}, "/Users/ann/Library/Application Support/nsquery"),
        ("win32", {"HOME": "/c/ann", "LOCALAPPDATA": "/c/ann/AppData/Local"}, "/c/ann/AppData/Local/nsquery"),
        ("win32", {"HOME": "/c/ann"}, "/c/ann/AppData/Local/nsquery"),
    ],
)
def test_each_platform_has_its_place_for_data(platform, environ, expected):
    assert data_directory(environ, platform) == Path(expected)


def test_every_variable_is_read(tmp_path):
    authority = tmp_path / "ca.pem"
    authority.write_text("")
    settings = load_settings(
        {
            "CONNECTOR_DATA": str(tmp_path),
            "CONNECTOR_DATABASE_URL": "postgresql://nsquery@db/nsquery",
            "CONNECTOR_KEYS": f"k2:{KEY}, k1:{OTHER_KEY}",
            "CONNECTOR_NETSUITE_URL": "https://Sandbox.Example:8443/",
            "CONNECTOR_CA_FILE": str(authority),
            "CONNECTOR_SHARE": "50",
            "CONNECTOR_HANDOVER_SECONDS": "0.5",
            "CONNECTOR_LOG_LEVEL": "debug",
            "PATH": "/usr/bin",
        }
    )
    assert settings.database_url == "postgresql://nsquery@db/nsquery"
    assert [(key.key_id, key.material) for key in settings.keys] == [
        ("k2", bytes(range(32))),
        ("k1", bytes(range(100, 132))),
    ]
    assert settings.netsuite_url == "https://sandbox.example:8443"
    assert settings.ca_file == authority
    assert (settings.share, settings.handover_seconds, settings.log_level) == (50, 0.5, "DEBUG")


def test_the_process_environment_is_read_where_none_is_given(monkeypatch):
    monkeypatch.setenv("CONNECTOR_SHARE", "4")
    assert load_settings().share == 4


def test_a_child_process_gets_the_settings_meant_for_it_and_none_of_ours(monkeypatch):
    monkeypatch.setenv("CONNECTOR_KEYS", f"k1:{KEY}")
    monkeypatch.setenv("SOMETHING_ELSE", "stays")
    environ = child_environment({"CONNECTOR_SHARE": "4"})
    assert {name for name in environ if name.startswith("CONNECTOR_")} == {"CONNECTOR_SHARE"}
    assert environ["SOMETHING_ELSE"] == "stays"


def test_an_empty_value_counts_as_unset():
    assert load_settings({"CONNECTOR_KEYS": "", "CONNECTOR_SHARE": " "}).share == 2


def test_settings_do_not_change(tmp_path):
    settings = load_settings({"CONNECTOR_DATA": str(tmp_path)})
    with pytest.raises(ValidationError, match="frozen"):
        settings.share = 9


@given(st.from_regex(r"https?://[ -~]{0,12}(:[0-9]{0,6})?/?", fullmatch=True))
def test_an_address_that_is_taken_is_one_that_requests_can_go_to(url):
    with suppress(SettingError):
        taken = load_settings({"CONNECTOR_NETSUITE_URL": url}).netsuite_url
        assert _told_by_egress(taken) == taken.lower()


def _told_by_egress(url: str) -> str:
    """The origin as requests are held to it; a refusal of theirs fails the test instead of passing for ours."""
    try:
        parsed = Origin.parse(url, configured=True)
    except SettingError as error:
        pytest.fail(f"taken, but {error}")
    else:
        return str(parsed)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"])
def test_plain_http_is_for_loopback(url):
    assert load_settings({"CONNECTOR_NETSUITE_URL": url}).netsuite_url == url


@pytest.mark.parametrize(
    ("name", "value", "cause"),
    [
        ("DATA", str(DOCUMENT), "it is not a directory"),
        ("DATABASE_URL", "mysql://root:hunter2@db/x", "neither SQLite nor PostgreSQL"),
        ("DATABASE_URL", "sqlite://", "names no file"),
        ("DATABASE_URL", "sqlite:///:memory:", "names no file"),
        ("DATABASE_URL", "sqlite:///file:x?mode=memory&uri=true", "names no file"),
        ("NETSUITE_URL", "http://sandbox.example", "in clear"),
        ("NETSUITE_URL", "http://127.0.0.1.evil.example", "in clear"),
        ("NETSUITE_URL", "ftp://127.0.0.1", "not an https address"),
        ("NETSUITE_URL", "https://host/path", "more than a scheme, a host and a port"),
        ("NETSUITE_URL", "https://ann:hunter2@host", "more than a scheme, a host and a port"),
        ("NETSUITE_URL", "https://host:99999", "not an address"),
        ("NETSUITE_URL", "https://", "not an https address"),
        ("NETSUITE_URL", "https://a b", "not an https address"),
        ("CA_FILE", "/nowhere/ca.pem", "no such file"),
        ("SHARE", "0", "greater than or equal to 1"),
        ("SHARE", "51", "less than or equal to 50"),
        ("SHARE", "two", "valid integer"),
        ("HANDOVER_SECONDS", "0", "greater than 0"),
        ("HANDOVER_SECONDS", "inf", "less than or equal to 60"),
        ("HANDOVER_SECONDS", "nan", ""),
        ("LOG_LEVEL", "loud", "'debug'"),
    ],
)
def test_a_bad_value_is_told_with_variable_cause_and_remedy(name, value, cause):
    error = refusal({f"CONNECTOR_{name}": value})
    assert error.code == "BAD_SETTING"
    assert f"CONNECTOR_{name}" in error.message
    assert cause in error.message.replace("'DEBUG'", "'debug'")
    assert error.remedy != SettingError.remedy
    assert "hunter2" not in f"{error.message}{error.remedy}"


@pytest.mark.parametrize(
    ("keys", "cause"),
    [
        (KEY, "without its id"),
        (f"k1:{KEY[:-8]}", "bytes instead of 32"),
        (f"k1:{KEY}AAAA", "not base64"),
        (f"k1:{KEY[:-1]}!", "not base64"),
        (f"k1:{base64.b64encode(bytes(33)).decode()}", "33 bytes instead of 32"),
        (f"k1:{base64.b64encode(bytes(32)).decode()}", "repeats one byte"),
        (f"k1:{base64.b64encode(b'a' * 32).decode()}", "repeats one byte"),
        (f"k1:{KEY},k1:{OTHER_KEY}", "the same id"),
        (f"k 1:{KEY}", "a key's id"),
        (f":{KEY}", "a key's id"),
        (f"{KEY}:k1", "unreadable id"),
        (",", "there is no key"),
    ],
)
def test_a_weak_or_broken_key_is_refused_and_never_repeated(keys, cause):
    error = refusal({"CONNECTOR_KEYS": keys})
    assert error.code == "BAD_SETTING"
    assert "CONNECTOR_KEYS" in error.message
    assert cause in error.message
    told = f"{error.message}{error.remedy}{error.__cause__!r}"
    assert error.__suppress_context__
    for secret in (KEY, OTHER_KEY):
        assert secret[:16] not in told


def test_a_refused_key_does_not_stand_in_the_error_beneath(tmp_path):
    with pytest.raises(ValidationError) as caught:
        Settings(data=tmp_path, keys=f"k1:{KEY}AAAA")
    assert KEY[:12] not in str(caught.value)


def test_keys_and_a_database_password_are_not_shown():
    settings = load_settings({"CONNECTOR_KEYS": f"k1:{KEY}", "CONNECTOR_DATABASE_URL": "postgresql://a:hunter2@db/x"})
    shown = f"{settings!r} {settings}"
    assert KEY not in shown
    assert repr(bytes(range(32))) not in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("CONNECTOR_SHARES", "CONNECTOR_SHARE"),
        ("CONNECTOR_DATABASE", "CONNECTOR_DATABASE_URL"),
        ("connector_keys", "CONNECTOR_KEYS"),
    ],
)
def test_an_unknown_variable_is_an_error_with_the_nearest_name(wrong, near):
    error = refusal({wrong: "7"})
    assert error.code == "UNKNOWN_SETTING"
    assert wrong in error.message
    assert f"{near}?" in error.remedy


def test_the_documentation_lists_each_variable_and_no_other():
    documented = set(re.findall(r"^\| `(CONNECTOR_[A-Z_]+)` \|", DOCUMENT.read_text(), re.MULTILINE))
    assert documented == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_only_the_settings_read_the_environment():
    package = DOCUMENT.parents[1] / "connector"
    readers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"\bos\.(environ|getenv)|from os import .*(environ|getenv)", path.read_text())
    }
    assert readers == {"settings.py"}


def test_an_error_at_the_start_is_no_traceback_with_the_key():
    script = "from connector.settings import load_settings; load_settings()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"CONNECTOR_KEYS": f"k1:{KEY}AAAA", "HOME": "/"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "CONNECTOR_KEYS is refused" in done.stderr
    assert KEY[:16] not in done.stderr
