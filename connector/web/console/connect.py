"""The wizard: what somebody has and wants, the way that fits, and each way to its first connection."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from connector.errors import ConnectorError, SettingError, UnavailableError
from connector.netsuite.account import AccountId
from connector.vault.authentication_options import AuthenticationOptions
from connector.vault.connections import Connection
from connector.vault.credential_fields import CLIENT_CREDENTIALS, CODE_GRANT, TBA
from connector.ways_in.recommendation import TBA_FLOW, Answers, Recommendation, offered, recommend
from connector.web.console.connections import owned
from connector.web.console.guard import Guard, field, html, person, session
from connector.web.console.records import hours
from connector.wiring import Services

_WAYS = ("certificate", "consent", "values", "token-flow")
_OF_METHOD = {CLIENT_CREDENTIALS: "certificate", CODE_GRANT: "consent", TBA: "values", TBA_FLOW: "token-flow"}
_NAMES = {
    "certificate": "OAuth 2.0 with a certificate",
    "consent": "OAuth 2.0 with your consent",
    "values": "Token-Based Authentication, four values",
    "token-flow": "Token-Based Authentication, with your consent",
}
_TEXTS = {
    "certificate": "One user and one role of NetSuite read for everybody you share it with. Good for up to two years, no "
    "weekly sign-in. An administrator uploads a certificate once; you get a page for that.",
    "consent": "You sign in at NetSuite and read with your own role. NetSuite ends such a consent after seven days, a public "
    "client's after the time on its record; then you press Connect again.",
    "values": "For an integration that has a token already. NetSuite takes no new ones from 2027.1 on.",
    "token-flow": "For an integration record that has the TBA authorization flow ticked already: you sign in at NetSuite, "
    "and it issues the token.",
}
_ACTIONS = {
    "certificate": "Make a certificate", "consent": "Connect", "values": "Enter the values", "token-flow": "Connect",
}  # fmt: skip


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    """Add the pages."""
    _register_choice(blueprint, services, guard)
    _register_certificate(blueprint, services, guard)
    _register_values(blueprint, services, guard)
    for way in ("consent", "token-flow"):
        _register_consent(blueprint, services, guard, way)
    _register_callbacks(blueprint, services, guard)


def _register_choice(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/connect")
    @guard.roles("administrator", "author")
    def connect() -> str:
        return _choice(services, _advice(services) if request.args.get("asked") else None)

    @blueprint.get("/connect/move/<connection_id>")
    @guard.roles("administrator", "author")
    def move_connection(connection_id: str) -> str:
        return _choice(services, None, moving=owned(services, connection_id))

    @blueprint.post("/connect/renew/<connection_id>")
    @guard.roles("administrator", "author")
    @guard.fresh
    def renew_connection(connection_id: str) -> str:
        connection = owned(services, connection_id)
        if connection.method != CODE_GRANT:
            raise SettingError(
                "This connection does not sign in by consent.",
                code="BAD_FIELD",
                remedy="Move it to OAuth 2.0 on its page, where it is one of Token-Based Authentication.",
            )
        return _go_on(
            services.ways_in.begin_code(
                user=person().name,
                session_id=session().id,
                record_id=connection.integration_record_id,
                connection_name=connection.name,
                connection_id=connection.id,
                owner=connection.owner,
            )
        )


def _register_certificate(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/connect/certificate")
    @guard.roles("administrator", "author")
    def connect_certificate() -> str:
        return render_template("console/connect_certificate.html", moving=_moving(services), given=request.args)

    @blueprint.post("/connect/certificate")
    @guard.roles("administrator", "author")
    @guard.fresh
    def make_certificate() -> Response | str:
        moving = _moving(services)
        try:
            made = services.ways_in.new_certificate(
                user=person().name,
                account=moving.account_id if moving else field("account", 50),
                connection_name=moving.name if moving else field("name", 100),
                kind=field("kind", 20) or "ec-p256",
                connection_id=moving.id if moving else None,
                owner=moving.owner if moving else None,
            )
        except ConnectorError as error:
            page = render_template("console/connect_certificate.html", moving=moving, given=request.form, error=error)
            return html(page, 422)
        services.audit.add(
            actor=person().name, action="hand_off_made", subject=made.connection_name, account_id=made.account_id
        )
        path = url_for("console.hand_off", token=made.token)
        return render_template("console/hand_off_made.html", hand_off=made, path=path, link=f"{_base(services)}{path}")


def _register_values(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/connect/values")
    @guard.roles("administrator", "author")
    def connect_values() -> str:
        return render_template("console/connect_values.html", given=request.args)

    @blueprint.post("/connect/values")
    @guard.roles("administrator", "author")
    @guard.fresh
    def add_values() -> Response | str:
        names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
        try:
            connection = services.connections.add(
                owner=person().name,
                name=field("name", 100),
                account=field("account", 50),
                method="tba",
                secrets={name: field(name, 200) for name in names},
                role=field("role", 100) or None,
                tried=not request.form.get("untried"),
            )
        except ConnectorError as error:
            away = isinstance(error, UnavailableError)
            return html(render_template("console/connect_values.html", given=_open(), error=error, away=away), 422)
        return _connected(services, connection)


def _register_consent(blueprint: Blueprint, services: Services, guard: Guard, way: str) -> None:
    def show(error: ConnectorError | None = None) -> str:
        moving = _moving(services)
        account = moving.account_id if moving else None
        records = services.vault.integration_records.list(person().name)
        return render_template(
            "console/connect_consent.html",
            tba=way == "token-flow",
            moving=moving,
            records=[one for one in records if one.origin and account in (None, one.account_id)],
            callback=_callback(services, way),
            given=_open(),
            error=error,
        )

    @blueprint.get(f"/connect/{way}", endpoint=f"connect_{way}")
    @guard.roles("administrator", "author")
    def connect_by(error: ConnectorError | None = None) -> str:
        return show(error)

    @blueprint.post(f"/connect/{way}", endpoint=f"begin_{way}")
    @guard.roles("administrator", "author")
    @guard.fresh
    def begin_by() -> Response | str:
        moving = _moving(services)
        try:
            record_id = field("record", 40) or _enter_record(services, way, moving)
            begin = services.ways_in.begin_code if way == "consent" else services.ways_in.begin_token_flow
            url = begin(
                user=person().name,
                session_id=session().id,
                record_id=record_id,
                connection_name=moving.name if moving else field("name", 100),
                connection_id=moving.id if moving else None,
                owner=moving.owner if moving else None,
            )
        except ConnectorError as error:
            return html(show(error), 422)
        return _go_on(url)


def _register_callbacks(blueprint: Blueprint, services: Services, guard: Guard) -> None:
    @blueprint.get("/oauth2/callback")
    @guard.roles("administrator", "author")
    def finish_code() -> Response:
        return _finished(services, "consent", request.args)

    @blueprint.get("/tba/callback")
    @guard.roles("administrator", "author")
    def finish_token_flow() -> Response:
        return _finished(services, "token-flow", request.args)


def _finished(services: Services, way: str, query: Mapping[str, str]) -> Response:
    finish = services.ways_in.finish_code if way == "consent" else services.ways_in.finish_token_flow
    try:
        connection = finish(person().name, session().id, query)
    except ConnectorError as error:
        services.audit.add(actor=person().name, action="consent", subject=way, outcome=error.code.lower())
        raise
    return _connected(services, connection)


def _connected(services: Services, connection: Connection) -> Response:
    services.audit.add(
        actor=person().name,
        action="connected",
        subject=connection.name,
        connection_id=connection.id,
        account_id=connection.account_id,
    )
    return redirect(url_for("console.show_connection", connection_id=connection.id))


def _enter_record(services: Services, way: str, moving: Connection | None) -> str:
    """The integration record of the form, entered where it is new."""
    if not field("client_id", 200):
        raise SettingError(
            "No integration record is chosen, and no client ID is given.",
            code="BAD_RECORD",
            remedy="Choose a record, or copy the client ID from NetSuite's confirmation page.",
        )
    callback = _callback(services, way)
    public = bool(request.form.get("public_client"))
    options = (
        AuthenticationOptions(
            authorization_code=True,
            redirect_uri=callback,
            public_client=public,
            refresh_token_hours=hours("refresh_token_hours"),
            rotation_hours=hours("rotation_hours"),
            scopes=("rest_webservices",),
        )
        if way == "consent"
        else AuthenticationOptions(token_based=True, authorization_flow=True, callback_url=callback)
    )
    account = AccountId.parse(moving.account_id if moving else field("account", 50))
    record = services.ways_in.enter_record(
        user=person().name,
        account=account.realm,
        name=f"NSQuery {account.realm}",
        client_id=field("client_id", 200),
        client_secret=None if public else field("client_secret", 200) or None,
        options=options,
    )
    services.audit.add(actor=person().name, action="record_entered", subject=record.name, account_id=record.account_id)
    return record.id


def _advice(services: Services) -> Recommendation:
    """The way that fits what was ticked."""
    ticked = request.args
    return recommend(
        Answers(
            has_tba_token=bool(ticked.get("has_tba_token")),
            can_ask_administrator=bool(ticked.get("can_ask_administrator")),
            reads_as_themselves=bool(ticked.get("reads_as_themselves")),
            runs_unattended=bool(ticked.get("runs_unattended")),
        ),
        offered(services.settings) if services.settings.public_url else None,
    )


def _choice(services: Services, advice: Recommendation | None, *, moving: Connection | None = None) -> str:
    recommended = _OF_METHOD[advice.method] if advice else "certificate"
    ways = [way for way in _WAYS if not (moving and way in ("values", "token-flow"))]
    return render_template(
        "console/connect.html",
        ticked=request.args,
        ways=sorted(ways, key=lambda way: way != recommended),
        recommended=recommended,
        advice=advice,
        names=_NAMES,
        texts=_TEXTS,
        actions=_ACTIONS,
        closed=_closed(services),
        moving=moving,
    )


def _closed(services: Services) -> dict[str, str]:
    """The ways that cannot work at this address, with the reason."""
    known = services.settings.model_copy(update={"public_url": _base(services)})
    return {_OF_METHOD[offer.method]: offer.hindrance for offer in offered(known) if offer.hindrance is not None}


def _moving(services: Services) -> Connection | None:
    chosen = request.values.get("move", "")
    return owned(services, chosen) if chosen else None


def _go_on(url: str) -> str:
    """A page with the link: a form may lead nowhere but here (form-action of our policy)."""
    return render_template("console/go_on.html", url=url, host=urlsplit(url).netloc)


def _callback(services: Services, way: str) -> str:
    return f"{_base(services)}/{'oauth2' if way == 'consent' else 'tba'}/callback"


def _base(services: Services) -> str:
    return services.settings.public_url or request.host_url.rstrip("/")


def _open() -> dict[str, str]:
    """What was typed, without what must not be shown again."""
    hidden = ("secret", "token_id", "consumer_key")
    return {name: value for name, value in request.values.items() if not any(part in name for part in hidden)}
