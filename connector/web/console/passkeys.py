"""The pages' side of passkeys: options out, answers in, as JSON for one small script."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, make_response, redirect, request, url_for

from connector.errors import NotAllowedError
from connector.people.passkeys import Site
from connector.web.console.guard import Guard, address, field, person, safe_way, session
from connector.wiring import Services

_COOKIE, _SECURE_COOKIE, _LASTS = "nsquery-passkey", "__Host-nsquery-passkey", 300


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the routes."""
    blueprint.context_processor(lambda: {"takes_passkeys": site_of(services, guard) is not None})
    _register_own(blueprint, services, guard)
    _register_sign_in(blueprint, services, guard)


def _register_own(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.post("/passkeys/options")
    @guard.fresh
    def passkey_creation() -> Response:
        cookie = services.passkeys.new_cookie()
        return _options(guard, services.passkeys.ask_for_new(person(), _site(services, guard), cookie), cookie)

    @blueprint.post("/passkeys")
    @guard.fresh
    def add_passkey() -> Response:
        credential, label = request.form.get("credential", ""), field("label", 100)
        services.passkeys.add(person(), _site(services, guard), _cookie(guard), credential, label)
        return jsonify(way=url_for("console.account"))

    @blueprint.post("/passkeys/<passkey_id>/remove")
    @guard.fresh
    def remove_passkey(passkey_id: str) -> Response:
        services.passkeys.remove(person(), passkey_id)
        return make_response(redirect(url_for("console.account")))


def _register_sign_in(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.post("/passkey/options")
    def passkey_request() -> Response:
        cookie = services.passkeys.new_cookie()
        return _options(guard, services.passkeys.ask_for_known(_site(services, guard), cookie), cookie)

    @blueprint.post("/passkey/sign-in")
    def passkey_sign_in() -> Response:
        credential, way = request.form.get("credential", ""), safe_way(request.form.get("next"))
        someone = services.passkeys.check(_site(services, guard), _cookie(guard), credential, address())
        begun = guard.begin(someone, way)
        response = jsonify(way=way)
        response.headers["Set-Cookie"] = begun.headers["Set-Cookie"]
        return response

    @blueprint.post("/passkey/prove")
    @guard.signed_in
    def passkey_prove() -> Response:
        credential, way = request.form.get("credential", ""), safe_way(request.form.get("next"))
        services.passkeys.check(_site(services, guard), _cookie(guard), credential, address(), only=person())
        services.sessions.prove(session())
        return jsonify(way=way)


def site_of(services: Services, guard: Guard) -> Site | None:
    """The service as browsers know it; None where they take no passkeys: without HTTPS off localhost, or at a bare address."""
    base = services.settings.public_url or request.host_url.rstrip("/")
    host = urlsplit(base).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return Site(host, base) if host == "localhost" or guard.is_secure() else None
    return None


def _site(services: Services, guard: Guard) -> Site:
    site = site_of(services, guard)
    if site is None:
        raise NotAllowedError(
            "Browsers take no passkeys at this address.",
            code="PASSKEY_REFUSED",
            remedy="Set CONNECTOR_PUBLIC_URL to an https address with a name, or open http://localhost.",
        )
    return site


def _options(guard: Guard, options: str, cookie: str) -> Response:
    response = Response(options, mimetype="application/json")
    response.set_cookie(
        _name(guard), cookie, max_age=_LASTS, secure=guard.is_secure(), httponly=True, samesite="Strict", path="/"
    )
    return response


def _cookie(guard: Guard) -> str:
    return request.cookies.get(_name(guard), "")


def _name(guard: Guard) -> str:
    return _SECURE_COOKIE if guard.is_secure() else _COOKIE
