"""Signing in, linking and proving by the provider that CONNECTOR_OIDC_ISSUER names."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.errors import ConnectorError, NotAllowedError, SettingError
from connector.people.openid_provider import OpenIdProvider, new_cookie, read_cookie
from connector.web.console.guard import Guard, address, html, person, safe_way, session
from connector.wiring import Services

_COOKIE, _SECURE_COOKIE, _LASTS = "nsquery-openid", "__Host-nsquery-openid", 600
SIGN_IN, LINK, PROVE = "sign-in", "link", "prove"


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages; without a provider they say which setting names one."""
    blueprint.context_processor(lambda: {"provider": services.openid.name if services.openid else None})

    @blueprint.get("/openid/sign-in")
    def openid_sign_in() -> Response:
        return _begin(services, guard, SIGN_IN, safe_way(request.args.get("next")))

    @blueprint.post("/openid/link")
    @guard.fresh
    def openid_link() -> Response:
        return _begin(services, guard, LINK, url_for("console.account"))

    @blueprint.post("/openid/unlink")
    @guard.fresh
    def openid_unlink() -> Response:
        services.identities.unlink(person())
        return redirect(url_for("console.account"))

    @blueprint.get("/openid/prove")
    @guard.signed_in
    def openid_prove() -> Response:
        return _begin(services, guard, PROVE, safe_way(request.args.get("next")))

    @blueprint.get("/openid/callback")
    def openid_callback() -> Response:
        try:
            response = _finished(services, guard)
        except ConnectorError as error:
            response = make_response(html(render_template("console/openid_failed.html", error=error), 401))
        response.delete_cookie(_cookie_name(guard), secure=guard.is_secure(), httponly=True, samesite="Lax", path="/")
        return response


def _begin(services: Services, guard: Guard, purpose: str, way: str) -> Response:
    cookie = new_cookie(purpose, way)
    url = _provider(services).begin(cookie, _redirect_uri(services), fresh=purpose == PROVE)
    page = make_response(render_template("console/go_on.html", url=url, host=_provider(services).name))
    response = page if request.method == "POST" else make_response(redirect(url))
    response.set_cookie(
        _cookie_name(guard), cookie, max_age=_LASTS, secure=guard.is_secure(), httponly=True, samesite="Lax", path="/"
    )
    return response


def _finished(services: Services, guard: Guard) -> Response:
    cookie = request.cookies.get(_cookie_name(guard), "")
    round_ = read_cookie(cookie)
    if round_ is None:
        raise NotAllowedError(
            "This way back belongs to another browser, or took longer than ten minutes.",
            code="FOREIGN_STATE",
            remedy="Begin again from the sign-in page.",
        )
    purpose, way = round_
    identity = _provider(services).finish(cookie, _redirect_uri(services), request.args, fresh=purpose == PROVE)
    if purpose == LINK:
        services.identities.link(person(), identity)
    elif purpose == PROVE:
        services.identities.sign_in(identity, address(), only=person())
        services.sessions.prove(session())
    else:
        return make_response(guard.begin(services.identities.sign_in(identity, address()), safe_way(way)))
    return make_response(redirect(safe_way(way)))


def _provider(services: Services) -> OpenIdProvider:
    if services.openid is None:
        raise SettingError(
            "This service knows no sign-in provider.",
            code="NO_OIDC",
            remedy="Set CONNECTOR_OIDC_ISSUER and CONNECTOR_OIDC_CLIENT_ID.",
        )
    return services.openid


def _redirect_uri(services: Services) -> str:
    base = services.settings.public_url or request.host_url.rstrip("/")
    return f"{base}{url_for('console.openid_callback')}"


def _cookie_name(guard: Guard) -> str:
    return _SECURE_COOKIE if guard.is_secure() else _COOKIE
