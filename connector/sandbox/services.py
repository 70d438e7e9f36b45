"""The account's web services: REST under /services/rest and the RESTlets' address."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from urllib.parse import unquote

from connector.sandbox import certificate_service, faults, suiteql_request, token_endpoint, token_services
from connector.sandbox.account import Account
from connector.sandbox.concurrency_gate import LimitExceeded, at_least
from connector.sandbox.directory import ADMINISTRATOR, Login, Scope
from connector.sandbox.faults import Refused
from connector.sandbox.hosts import CLIENTS
from connector.sandbox.permissions import Permission
from connector.sandbox.sign_in import sign_in
from connector.sandbox.suiteql.refusal import SuiteQLRefused
from connector.sandbox.wire import Answer, Request, json_answer

REST = "/services/rest/"
_SUITEQL = "/services/rest/query/v1/suiteql"
_SYSTEM = "/services/rest/system/v1"

log = logging.getLogger("connector.sandbox")
_RECORD = re.compile(r"/services/rest/record/v1/([^/]+)")


def answer(account: Account, request: Request) -> Answer:
    """Answer one request. Raises Refused.

    The login is looked at first, then the concurrency limit: a stranger's request takes no slot. The account's
    latency passes while the slot is held, as a slow query's time does; the server sees to it for all other answers.
    """
    if request.path in (token_endpoint.PATH, token_endpoint.REVOKE, token_endpoint.KEYS):
        return token_endpoint.answer(account, request)
    if request.path.startswith(token_services.PREFIX):
        return token_services.answer(account, request)
    if request.path.startswith(CLIENTS):
        return certificate_service.answer(account, request)
    login = sign_in(account, request, Scope.RESTLETS if request.is_restlet else Scope.REST_WEB_SERVICES)
    try:
        with account.gate.slot(), at_least(account.latency, account.stopping):
            # No script is deployed in this account.
            return faults.restlet_invalid_script() if request.is_restlet else _rest(account, request, login)
    except LimitExceeded:
        return faults.restlet_too_many_requests() if request.is_restlet else faults.too_many_requests()


def _rest(account: Account, request: Request, login: Login) -> Answer:
    if request.method == "OPTIONS":
        return Answer(204)
    path = request.path.rstrip("/")
    if path == f"{_SYSTEM}/serverTime":
        return _only("GET", request) or _server_time(account)
    if (missing := _lacks(login, Permission.REST_WEB_SERVICES)) is not None:
        return missing
    if path == _SUITEQL:
        return _only("POST", request) or _lacks(login, Permission.WORKBOOK) or _suiteql(account, request)
    if path == f"{_SYSTEM}/governanceLimits":
        return _only("GET", request) or _governance(account, login)
    if (record := _RECORD.match(path)) is not None:
        return faults.no_such_record_type(unquote(record[1]))
    return faults.not_found()


def _only(method: str, request: Request) -> Answer | None:
    return None if request.method == method else faults.method_not_allowed(method)


def _lacks(login: Login, permission: Permission) -> Answer | None:
    """The refusal of a role without the permission; serverTime alone asks for none (Oracle article_0528010158)."""
    return None if login.role.may(permission) else faults.insufficient_permission()


def _suiteql(account: Account, request: Request) -> Answer:
    asked = suiteql_request.read(request)
    try:
        page = account.engine.page(asked.q, asked.params, limit=asked.limit, offset=asked.offset)
    except SuiteQLRefused as refused:
        log.info("refused %.200r: %s", asked.q, ascii(refused.reason or refused.detail))
        raise Refused(faults.query_refused(refused.detail)) from refused
    body = suiteql_request.envelope(asked, page.items, page.total, request.base_url + _SUITEQL)
    return json_answer(200, body, suiteql_request.CONTENT_TYPE)


def _server_time(account: Account) -> Answer:
    """The account's clock in UTC with milliseconds (Oracle article_0528010158)."""
    now = datetime.fromtimestamp(account.clock(), UTC)
    return json_answer(200, {"serverTime": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"})


def _governance(account: Account, login: Login) -> Answer:
    """The limits, for administrators only (Oracle article_0625010817). No part is set aside for an integration."""
    if login.role.id != ADMINISTRATOR:
        return faults.insufficient_permission()
    limit = account.gate.limit
    body = {
        "accountConcurrencyLimit": limit,
        "accountUnallocatedConcurrencyLimit": limit,
        "integrationLimitType": "accountLimit",
    }
    return json_answer(200, body)
