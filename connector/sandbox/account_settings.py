"""The sandbox's own address to switch features and to change roles and people: no NetSuite has it.

GET shows them, POST changes what it names. Whoever reaches the sandbox may use it; a web page cannot, since it asks for
JSON. Passwords are shown where some integration record has the IssueToken endpoint, the only place that takes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import flask

from connector.sandbox.account import Account
from connector.sandbox.directory import Directory
from connector.sandbox.permissions import Feature, Permission

PATH = "/sandbox/settings"
_Name = TypeVar("_Name", Feature, Permission)


class SettingRefused(Exception):  # noqa: N818 - the address's answer, not a fault of ours
    """This cannot be set; the message says why."""


def blueprint(account: Account) -> flask.Blueprint:
    """Both methods."""
    pages = flask.Blueprint("settings", __name__)

    @pages.get(PATH)
    def show() -> flask.Response:
        return flask.jsonify(_shown(account.directory))

    @pages.post(PATH)
    def change() -> flask.Response:
        for act in _acts(account.directory, _object(_document(), "The body")):
            act()
        return flask.jsonify(_shown(account.directory))

    @pages.errorhandler(SettingRefused)
    def refused(error: SettingRefused) -> tuple[flask.Response, int]:
        return flask.jsonify({"error": str(error)}), 400

    return pages


def _shown(directory: Directory) -> dict[str, Any]:
    with_password = any(record.issue_token for record in list(directory.integrations.values()))
    return {
        "features": {feature.value: feature in directory.features for feature in Feature},
        "roles": {
            role.id: {
                "name": role.name,
                "active": role.active,
                "permissions": [one.value for one in Permission if role.may(one)],
            }
            for role in directory.roles.values()
        },
        "entities": {
            entity.id: {
                "name": entity.name,
                "email": entity.email,
                "active": entity.active,
                "roles": list(entity.roles),
                **({"password": entity.password} if with_password else {}),
            }
            for entity in directory.entities.values()
        },
    }


def _acts(directory: Directory, document: Mapping[str, Any]) -> list[Callable[[], object]]:
    """What the document asks for, read whole before any of it is done. Raises SettingRefused."""
    if unknown := set(document) - {"features", "roles", "entities"}:
        raise SettingRefused(f"There is no setting {min(unknown)[:40]!r}.")
    acts: list[Callable[[], object]] = []
    for name, is_on in _object(document.get("features", {}), "features").items():
        feature = _one_of(Feature, name)
        act = directory.features.add if _truth(name, is_on) else directory.features.discard
        acts.append(partial(act, feature))
    for kind, known in (("roles", directory.roles), ("entities", directory.entities)):
        for number, wanted in _object(document.get(kind, {}), kind).items():
            if (target := known.get(number)) is None:
                raise SettingRefused(f"There is nothing with the id {number[:40]!r} among {kind}.")
            values = _values(kind, _object(wanted, kind))
            acts.extend(partial(setattr, target, name, value) for name, value in values.items())
    return acts


def _values(kind: str, wanted: Mapping[str, Any]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, value in wanted.items():
        if name == "active":
            values[name] = _truth(name, value)
        elif name == "permissions" and kind == "roles" and isinstance(value, list):
            values[name] = frozenset(_one_of(Permission, one) for one in value)
        else:
            raise SettingRefused(f"There is no setting {name[:40]!r} of {kind}.")
    return values


def _one_of(known: type[_Name], name: object) -> _Name:
    try:
        return known(str(name))
    except ValueError:
        raise SettingRefused(f"{str(name)[:60]!r} is not one of {', '.join(known)}.") from None


def _truth(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise SettingRefused(f"{name[:40]!r} is true or false.")
    return value


def _object(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SettingRefused(f"{what} must be an object.")
    return value


def _document() -> object:
    try:
        document = flask.request.get_json(silent=True) if flask.request.is_json else None
    except RecursionError:
        document = None
    if document is None:
        raise SettingRefused("The body must be JSON, and the Content-Type application/json.")
    return document
