"""The only reader of the environment: every `CONNECTOR_*` variable, checked once, at the start.

docs/configuration.md lists each variable; a test compares it with the fields below.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from connector.core.log_target import LogTarget
from connector.core.mail_server import MailServer, sender_of
from connector.core.web_hook import WebHook
from connector.errors import SettingError

PREFIX = "CONNECTOR_"
KEY_BYTES = 32  # AES-256
_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}", re.ASCII)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:.]+", re.ASCII)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_REMEDIES = {
    "data": "Name a directory this server may write to, or unset it.",
    "database_url": "Use sqlite:////absolute/path/nsquery.db or postgresql://user:password@host/database, or unset it.",
    "keys": "Give id:base64 pairs with commas, each key 32 random bytes; `openssl rand -base64 32` makes one.",
    "public_url": "Give https://host[:port], where clients reach this service, or unset it.",
    "redis_url": "Unset it; the database keeps what Redis would.",
    "netsuite_url": "Unset it for NetSuite's own hosts; give https://host[:port], or http on 127.0.0.1 for a sandbox.",
    "ca_file": "Name a PEM file of certificate authorities this server may read, or unset it.",
    "share": "Give a whole number from 1 to 50; 2 is the default.",
    "oidc_issuer": "Give the provider's issuer as it writes it, https://login.example.com/tenant, or unset it.",
    "oidc_client_id": "Give the client id that the provider issued for this service.",
    "oidc_origins": "Give origins with commas, https://oauth2.example.com, or unset it.",
    "trusted_proxies": "Give how many proxies of your own stand before this service, from 0 to 5; 0 is the default.",
    "cache_days": "Give a whole number of days from 1 to 366; 7 is the default.",
    "cache_mb": "Give a whole number of megabytes from 0 (keep no answers) to 100000; 256 is the default.",
    "handover_seconds": "Give seconds above 0 and up to 60; 5 is the default.",
    "issue_token": "Give true or false; false is the default.",
    "smtp_url": "Give smtp://user@host:587 or smtps://user@host:465; `connector vault set smtp` takes the password.",
    "mail_from": "Give the address that mail comes from, for instance NSQuery <nsquery@example.com>.",
    "audit_syslog": "Give udp://host:514, tcp://host:601 or unix:///dev/log, or unset it.",
    "audit_webhook": "Give https://host/path; `connector vault set audit-webhook` takes the key that signs.",
    "audit_days": "Give a whole number of days from 1 to 36500, or unset it to keep everything.",
    "log_level": "Give one of debug, info, warning, error, critical.",
}


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One key of the key ring: the name that stands beside what it sealed, and 32 bytes that never leave it."""

    key_id: str
    material: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Raise ValueError for a weak key; the message does not hold the key."""
        if _KEY_ID.fullmatch(self.key_id) is None:
            raise ValueError("a key's id is not made of 1 to 40 letters, digits and the signs . _ -")
        if len(self.material) != KEY_BYTES:
            raise ValueError(f"key {self.key_id} has {len(self.material)} bytes instead of {KEY_BYTES}")
        if len(set(self.material)) == 1:
            raise ValueError(f"key {self.key_id} repeats one byte: anyone can guess it")


def parse_keys(pairs: str) -> tuple[MasterKey, ...]:
    """Read `id:base64` pairs with commas, the first being the primary key. Raises ValueError, without the key."""
    keys = tuple(_key(pair.strip()) for pair in pairs.split(",") if pair.strip())
    if not keys:
        raise ValueError("there is no key")
    if len({key.key_id for key in keys}) < len(keys):
        raise ValueError("two keys have the same id")
    return keys


def _key(pair: str) -> MasterKey:
    key_id, colon, text = pair.partition(":")
    if not colon:
        raise ValueError("a key stands without its id")
    try:
        material = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        name = key_id if _KEY_ID.fullmatch(key_id) else "with an unreadable id"
        raise ValueError(f"key {name} is not base64") from None
    return MasterKey(key_id, material)


class Settings(BaseSettings):
    """What the environment says. A variable is the field's name in upper case after `CONNECTOR_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    data: Path
    database_url: str = Field("", repr=False)  # it may hold a password
    keys: Annotated[tuple[MasterKey, ...], NoDecode] = ()
    public_url: str | None = None
    trusted_proxies: int = Field(0, ge=0, le=5)
    redis_url: str | None = Field(None, repr=False)
    netsuite_url: str | None = None
    ca_file: Path | None = None
    share: int = Field(2, ge=1, le=50)
    handover_seconds: float = Field(5.0, gt=0, le=60)
    cache_mb: int = Field(256, ge=0, le=100_000)
    cache_days: int = Field(7, ge=1, le=366)
    issue_token: bool = False
    oidc_issuer: str | None = None
    oidc_client_id: str | None = Field(None, max_length=200)
    oidc_origins: Annotated[tuple[str, ...], NoDecode] = ()
    smtp_url: MailServer | None = None
    mail_from: str | None = None
    audit_syslog: LogTarget | None = None
    audit_webhook: WebHook | None = None
    audit_days: int | None = Field(None, ge=1, le=36_500)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"

    @field_validator("data", mode="after")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        absolute = path.expanduser().absolute()
        if absolute.exists() and not absolute.is_dir():
            raise ValueError("it is not a directory")
        return absolute

    @field_validator("database_url", mode="after")
    @classmethod
    def _known_database(cls, url: str, info: ValidationInfo) -> str:
        if not url:
            # Without a valid data directory its own error is the one to show.
            directory = info.data.get("data", Path())
            return "sqlite:///" + quote((directory / "nsquery.db").as_posix(), safe="/:")
        scheme, _, rest = url.partition("://")
        if scheme.partition("+")[0] not in ("sqlite", "postgresql", "postgres"):
            raise ValueError("it names neither SQLite nor PostgreSQL")
        if scheme.startswith("sqlite") and (
            not rest.startswith("/") or rest.strip("/") in ("", ":memory:") or "?" in rest
        ):
            raise ValueError("it names no file")
        return url

    @field_validator("keys", mode="before")
    @classmethod
    def _parsed_keys(cls, value: object) -> object:
        return parse_keys(value) if isinstance(value, str) else value

    @field_validator("redis_url", mode="after")
    @classmethod
    def _no_redis_yet(cls, url: str | None) -> None:
        if url is not None:
            raise ValueError("Redis is not part of this version yet")

    @field_validator("netsuite_url", "public_url", mode="after")
    @classmethod
    def _origin(cls, url: str | None) -> str | None:
        return None if url is None else _origin_of(url)

    @field_validator("ca_file", mode="after")
    @classmethod
    def _readable(cls, path: Path | None) -> Path | None:
        if path is None:
            return None
        absolute = path.expanduser().absolute()
        if not absolute.is_file():
            raise ValueError("there is no such file")
        return absolute

    @field_validator("oidc_issuer", mode="after")
    @classmethod
    def _issuer(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        _origin_of(f"{parts.scheme}://{parts.netloc}")
        if parts.query or parts.fragment or url.endswith("/"):
            raise ValueError("an issuer has neither query nor fragment, and is written here without a slash at its end")
        return url

    @field_validator("oidc_client_id", mode="after")
    @classmethod
    def _client_of_issuer(cls, client_id: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("oidc_issuer") is not None and not client_id:
            raise ValueError("nobody can sign in without it")
        return client_id

    @field_validator("oidc_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(_origin_of(one.strip()) for one in value.split(",") if one.strip())

    @field_validator("smtp_url", mode="before")
    @classmethod
    def _mail_server(cls, value: object) -> object:
        return MailServer.parse(value) if isinstance(value, str) else value

    @field_validator("mail_from", mode="after")
    @classmethod
    def _mail_address(cls, text: str | None, info: ValidationInfo) -> str | None:
        if text is not None:
            return str(sender_of(text))
        if info.data.get("smtp_url") is not None:
            raise ValueError("mail cannot be sent without it")
        return None

    @field_validator("audit_syslog", mode="before")
    @classmethod
    def _log_target(cls, value: object) -> object:
        return LogTarget.parse(value) if isinstance(value, str) else value

    @field_validator("audit_webhook", mode="before")
    @classmethod
    def _web_hook(cls, value: object) -> object:
        return WebHook.parse(value) if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings calls by these names
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings calls by these names
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings calls by these names
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings calls by these names
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from the caller alone: `load_settings` reads the environment, and reads it whole."""
        return (init_settings,)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment. Raises SettingError naming the variable, the cause and the remedy."""
    environ = os.environ if environ is None else environ
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in sorted(environ):
        if name.upper().startswith(PREFIX) and name not in known:
            raise _unknown(name, known)
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): value for name, value in environ.items() if value.strip()}
    try:
        return Settings(**{"data": data_directory(environ), **source()})
    except ValidationError as error:
        # The original holds the values, a key perhaps among them.
        raise _refused(error.errors(include_input=False, include_url=False)[0]) from None


def child_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """What a child process gets: these settings, none of ours, and the rest of the environment as it is."""
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)} | dict(settings)


def data_directory(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where this platform keeps an application's data."""
    home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    if platform == "win32":
        local = environ.get("LOCALAPPDATA")
        return (Path(local) if local else home / "AppData" / "Local") / "nsquery"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "nsquery"
    share = environ.get("XDG_DATA_HOME", "")
    # The XDG base directory specification says to ignore a relative one.
    return (Path(share) if share.startswith("/") else home / ".local" / "share") / "nsquery"


def _origin_of(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ValueError("it is not an address") from None
    if parts.scheme not in ("https", "http") or _HOST.fullmatch(host) is None or port == 0:
        raise ValueError("it is not an https address")
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("it holds more than a scheme, a host and a port")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise ValueError("plain http would send credentials in clear")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + ("" if port is None else f":{port}")


def _unknown(name: str, known: set[str]) -> SettingError:
    near = get_close_matches(name.upper(), sorted(known), n=1, cutoff=0.0)[0]
    return SettingError(
        f"{name[:60]!a} is not a setting.".replace("'", ""),
        code="UNKNOWN_SETTING",
        remedy=f"Did you mean {near}? docs/configuration.md lists each; unset what is not one of them.",
    )


def _refused(error: Any) -> SettingError:
    name = str(error["loc"][0])
    cause = str(error["ctx"]["error"]) if "error" in error.get("ctx", {}) else str(error["msg"]).lower()
    return SettingError(
        f"{PREFIX}{name.upper()} is refused: {cause}.",
        code="BAD_SETTING",
        remedy=_REMEDIES[name],
    )
