"""…/services/rest/auth/oauth2/v1/clients/<ClientID>/certificates: certificates listed, mapped and revoked by a program.

Oracle article_11111634165, article_0209112025, article_0209112818. A role that manages its own sees and maps those of
its own user and role; one that manages authorized applications sees and maps all of the record.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from connector.sandbox import faults
from connector.sandbox.account import OAUTH2, Account
from connector.sandbox.certificates import CertificateRefused, Mapping
from connector.sandbox.concurrency_gate import LimitExceeded, at_least
from connector.sandbox.directory import Entity, Integration, Login, Role, Scope
from connector.sandbox.faults import Refused
from connector.sandbox.hosts import CLIENTS
from connector.sandbox.permissions import Permission
from connector.sandbox.sign_in import kind_of, sign_in
from connector.sandbox.wire import Answer, Request, json_answer

_PATH = re.compile(re.escape(CLIENTS) + r"([^/]+)/certificates(?:/([^/]+)/revoke)?")


def answer(account: Account, request: Request) -> Answer:
    """Answer one request. Raises Refused."""
    if kind_of(request) != OAUTH2:  # a Bearer's alone
        raise Refused(faults.login_refused(faults.bearer_challenge(account.account_id)))
    login = sign_in(account, request, Scope.REST_WEB_SERVICES, Scope.RESTLETS)
    try:
        with account.gate.slot(), at_least(account.latency, account.stopping):
            return _answer(account, request, login)
    except LimitExceeded:
        return faults.too_many_requests()


def _answer(account: Account, request: Request, login: Login) -> Answer:
    match = _PATH.fullmatch(request.path)
    if match is None:
        return faults.not_found()
    allowed = ("GET", "POST") if match[2] is None else ("POST",)
    if request.method not in allowed:
        return faults.method_not_allowed(", ".join(allowed))
    manages_all = login.role.may(Permission.AUTHORIZED_APPLICATIONS)
    if not (manages_all or login.role.may(Permission.OWN_CERTIFICATES)):
        return faults.insufficient_permission()
    integration = account.directory.integration_by_key(unquote(match[1]))
    if integration is None or not (manages_all or integration is login.integration):
        return faults.fault(404, "NONEXISTENT_ID", "The integration record does not exist.")
    if match[2] is not None:
        return _revoke(account, integration, unquote(match[2]), login, manages_all=manages_all)
    if request.method == "GET":
        return json_answer(
            200, [_listed(one) for one in _visible(account, integration, login, manages_all=manages_all)]
        )
    return _set_up(account, integration, request.body, login, manages_all=manages_all)


def _visible(account: Account, integration: Integration, login: Login, *, manages_all: bool) -> list[Mapping]:
    return [
        one
        for one in account.certificates.mappings()
        if one.integration is integration and (manages_all or (one.entity is login.entity and one.role is login.role))
    ]


def _set_up(account: Account, integration: Integration, body: bytes, login: Login, *, manages_all: bool) -> Answer:
    file, entity, role = _asked(account, body)
    if not manages_all and not (entity is login.entity and role is login.role):
        return faults.insufficient_permission()
    try:
        mapping = account.certificates.upload(integration, entity, role, file.encode(), beside_another=True)
    except CertificateRefused as refused:
        return faults.fault(400, "INVALID_CONTENT", str(refused))
    return json_answer(200, _made(account, mapping))


def _revoke(
    account: Account, integration: Integration, certificate_id: str, login: Login, *, manages_all: bool
) -> Answer:
    visible = _visible(account, integration, login, manages_all=manages_all)
    mapping = next((one for one in visible if one.certificate_id == certificate_id), None)
    if mapping is None or not account.certificates.revoke(certificate_id):
        return faults.fault(404, "NONEXISTENT_ID", "The certificate does not exist or is revoked.")
    return json_answer(200, _made(account, mapping))


def _asked(account: Account, body: bytes) -> tuple[str, Entity, Role]:
    """Certificate, entity and role of the body; ids may be numbers, as in Oracle's own sample. Raises Refused."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not isinstance(document.get("fileContent"), str):
        raise Refused(faults.invalid_content())
    entity = account.directory.entities.get(_id(document.get("entity")))
    role = account.directory.roles.get(_id(document.get("role")))
    if entity is None or role is None or not document["fileContent"].isascii():
        raise Refused(faults.invalid_content())
    return document["fileContent"], entity, role


def _id(value: object) -> str:
    return str(value) if isinstance(value, str) or type(value) is int else ""


def _listed(mapping: Mapping) -> dict[str, Any]:
    integration = mapping.integration
    return {
        "application": {
            "id": integration.id,
            "name": integration.name,
            "url": f"/app/common/integration/integrapp.nl?id={integration.id}",
            "application_id": integration.application_id,
        },
        "entity": {"id": mapping.entity.id, "name": mapping.entity.name},
        "role": {"id": mapping.role.id, "name": mapping.role.name},
        "created": mapping.created.isoformat(),
        "valid_from": mapping.valid_from.isoformat(),
        "valid_until": mapping.valid_until.isoformat(),
        "revoked": mapping.revoked,
        "certificate_id": mapping.certificate_id,
        "algorithm": mapping.key_type,
    }


def _made(account: Account, mapping: Mapping) -> dict[str, Any]:
    return {
        "entity_role_id": {"com": account.account_id, "ent": mapping.entity.id, "rol": mapping.role.id},
        "application_id": mapping.integration.application_id,
        "certificate_id": mapping.certificate_id,
        "certificate": mapping.pem,
        "algorithm": mapping.key_type,
        "created_at": mapping.created.isoformat(),
        "valid_from": mapping.valid_from.isoformat(),
        "valid_until": mapping.valid_until.isoformat(),
        "invalidated": mapping.revoked,
    }
