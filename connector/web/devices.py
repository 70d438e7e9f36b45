"""The device authorization grant (RFC 8628) for Excel, Sheets and the command line.

The device gets a code to show and one to ask with; a person types the first on the console's page. Errors are those of
RFC 8628 section 3.5, with our code and remedy beside them.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request
from spectree import Response as Responses
from spectree import SpecTree

from connector.errors import CallerError, NotAllowedError
from connector.web.device_models import (
    DeviceCodeAnswer,
    DeviceCodeRequest,
    DeviceError,
    DeviceTokenAnswer,
    DeviceTokenRequest,
)
from connector.wiring import Services

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_ERRORS = {
    "AUTHORIZATION_PENDING": "authorization_pending",
    "SLOW_DOWN": "slow_down",
    "ACCESS_DENIED": "access_denied",
    "EXPIRED_TOKEN": "expired_token",
}


def devices_blueprint(services: Services, spec: SpecTree) -> Blueprint:
    """Both endpoints."""
    blueprint = Blueprint("devices", __name__)

    @blueprint.post("/v1/device/code")
    @spec.validate(
        form=DeviceCodeRequest,
        resp=Responses(HTTP_200=DeviceCodeAnswer, HTTP_400=DeviceError, HTTP_429=DeviceError),
        tags=["devices"],
        skip_validation=True,
    )
    def device_code() -> Response:
        """Begin: a code to show to a person, and one to ask with."""
        try:
            begun = services.devices.begin(
                kind=_field("client_id"), label=_field("label"), address=request.remote_addr or ""
            )
        except (CallerError, NotAllowedError) as error:
            return _refused(error)
        page = f"{services.settings.public_url or request.host_url.rstrip('/')}/device"
        return _json(
            {
                "device_code": begun.device_code,
                "user_code": begun.user_code,
                "verification_uri": page,
                "expires_in": begun.expires_in,
                "interval": begun.interval,
            }
        )

    @blueprint.post("/v1/device/token")
    @spec.validate(
        form=DeviceTokenRequest,
        resp=Responses(HTTP_200=DeviceTokenAnswer, HTTP_400=DeviceError),
        tags=["devices"],
        skip_validation=True,
    )
    def device_token() -> Response:
        """Ask whether the person has decided; the token is handed out once."""
        if _field("grant_type") != GRANT_TYPE:
            return _json({"error": "unsupported_grant_type", "error_description": f"Send {GRANT_TYPE}."}, 400)
        try:
            token = services.devices.poll(_field("device_code"))
        except (CallerError, NotAllowedError) as error:
            return _refused(error)
        return _json({"access_token": token, "token_type": "Bearer"})

    return blueprint


def _field(name: str) -> str:
    return request.form.get(name, "").strip()[:200]


def _refused(error: CallerError) -> Response:
    body = {
        "error": _ERRORS.get(error.code, "invalid_request"),
        "error_description": error.message,
        "code": error.code,
        "remedy": error.remedy,
    }
    return _json(body, 429 if error.code == "TOO_MANY_ATTEMPTS" else 400)


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, mimetype="application/json")
