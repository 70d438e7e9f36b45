"""What may stand in an integration record, and how a form or a JSON document says it (Oracle section_157771733782)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from connector.sandbox.directory import ConsentPolicy, Integration, Scope, State
from connector.sandbox.redirect_uri import AddressRefused, checked_callback_url, checked_redirect_uri

TICKS = (
    "token_based", "token_flow", "issue_token", "authorization_code", "client_credentials", "public_client",
)  # fmt: skip
HOURS = ("refresh_token_hours", "rotation_hours")
_TEXTS = ("name", "description", "note", "callback_url")
_MOST_HOURS = 720
_LONGEST_TEXT = 1000
_MOST_ADDRESSES = 20


class RecordRefused(Exception):  # noqa: N818 - the page's answer, not a fault of ours
    """The record cannot be saved like this; the message says why."""


def fields_of_form(form: MultiDict[str, str]) -> dict[str, object]:
    """A page's form, which says everything: a box that is not ticked is not sent. Addresses stand on lines."""
    fields: dict[str, object] = {name: form.get(name, "").strip() for name in _TEXTS}
    fields |= {name: name in form for name in TICKS}
    fields |= {name: int(text) if (text := form.get(name, "")).isdecimal() and len(text) < 5 else 0 for name in HOURS}  # noqa: PLR2004
    fields["redirect_uris"] = form.get("redirect_uris", "").split()
    fields["scopes"] = form.getlist("scopes")
    fields["state"], fields["consent_policy"] = form.get("state"), form.get("consent_policy")
    return fields


def changed(record: Integration, fields: Mapping[str, object]) -> Integration:
    """The record with these fields; those that are not named stay. Raises RecordRefused."""
    values: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in _READERS:
            raise RecordRefused(f"There is no field {name[:40]!r}.")
        values[name] = _READERS[name](name, value)
    made = replace(record, **values)
    if made.authorization_code and not made.redirect_uris:
        raise RecordRefused("The authorization code grant needs a redirect URI.")
    if (made.authorization_code or made.client_credentials) and not made.scopes:
        raise RecordRefused("Choose a scope.")
    if made.token_flow and not made.callback_url:
        raise RecordRefused("The TBA authorization flow needs a callback URL.")
    if made.consent_policy is ConsentPolicy.NEVER_ASK and Scope.MCP in made.scopes:
        raise RecordRefused("The consent policy Never Ask is not available with NetSuite AI Connector Service.")
    return made


def shown(record: Integration) -> dict[str, Any]:
    """The record for a program, without its secret."""
    known = asdict(record)
    del known["consumer_key"], known["consumer_secret"]
    return {
        **known,
        "client_id": record.consumer_key,
        "redirect_uris": list(record.redirect_uris),
        "scopes": [scope.value for scope in Scope if scope in record.scopes],
    }


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or (name == "name" and not value.strip()):
        raise RecordRefused(f"The field {name} is no text, too long, or empty.")
    return value.strip()


def _tick(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise RecordRefused(f"The field {name} is true or false.")
    return value


def _hours(name: str, value: object) -> int:
    if type(value) is not int or not 1 <= value <= _MOST_HOURS:
        raise RecordRefused(f"The field {name} is from 1 to {_MOST_HOURS} hours.")
    return value


def _state(_: str, value: object) -> State:
    try:
        return State(str(value))
    except ValueError:
        raise RecordRefused(f"The state is one of {', '.join(State)}.") from None


def _policy(_: str, value: object) -> ConsentPolicy:
    try:
        return ConsentPolicy(str(value))
    except ValueError:
        raise RecordRefused(f"The consent policy is one of {', '.join(ConsentPolicy)}.") from None


def _scopes(_: str, value: object) -> frozenset[Scope]:
    try:
        return frozenset(Scope(name) for name in _list("scopes", value))
    except ValueError:
        raise RecordRefused(f"The scopes are among {', '.join(Scope)}.") from None


def _redirect_uris(name: str, value: object) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(checked_redirect_uri(uri) for uri in _list(name, value)))
    except AddressRefused as refused:
        raise RecordRefused(str(refused)) from refused


def _callback_url(name: str, value: object) -> str:
    text = _text(name, value)
    try:
        return checked_callback_url(text) if text else ""
    except AddressRefused as refused:
        raise RecordRefused(f"The callback URL: {refused}") from refused


def _list(name: str, value: object) -> Iterable[str]:
    if not isinstance(value, list) or len(value) > _MOST_ADDRESSES or not all(isinstance(one, str) for one in value):
        raise RecordRefused(f"The field {name} is a list of at most {_MOST_ADDRESSES} texts.")
    return value


_READERS: Mapping[str, Callable[[str, object], object]] = {
    "name": _text,
    "description": _text,
    "note": _text,
    "callback_url": _callback_url,
    "state": _state,
    "consent_policy": _policy,
    "scopes": _scopes,
    "redirect_uris": _redirect_uris,
    **dict.fromkeys(TICKS, _tick),
    **dict.fromkeys(HOURS, _hours),
}
