"""Which application asks at the token endpoint (Oracle section_158081952044, section_161071224088; RFC 6749, 2.3).

A confidential client says so by Basic; a public one by `client_id` in the form or by Basic without a secret. Both ways
at once are refused.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from urllib.parse import unquote_plus

from connector.sandbox.directory import Directory, Integration, LoginRefused, State
from connector.sandbox.permissions import Feature


class ClientRefused(Exception):  # noqa: N818 - NetSuite's answer, not a fault of ours
    """No client. `error` is what the token endpoint says, `login` what the audit trail writes down."""

    def __init__(self, error: str, login: LoginRefused) -> None:
        super().__init__(error)
        self.error = error
        self.login = login


def authenticated_client(directory: Directory, authorization: str | None, form: Mapping[str, str]) -> Integration:
    """The record that the request comes from. Raises ClientRefused."""
    in_form = [name for name in ("client_id", "client_secret", "client_assertion") if form.get(name)]
    if authorization is not None and in_form:
        raise ClientRefused("invalid_request", LoginRefused("TokenRejected"))
    if authorization is None:
        client_id, secret = form.get("client_id", ""), None
        if in_form and in_form != ["client_id"]:
            raise ClientRefused("invalid_client", LoginRefused("InvalidIntegration"))
    else:
        client_id, secret = _basic(authorization)
    if not client_id:
        raise ClientRefused("invalid_client", LoginRefused("InvalidIntegration"))
    integration = directory.integration_by_key(client_id)
    if integration is None:
        raise ClientRefused("invalid_client", LoginRefused("InvalidIntegration"))
    if integration.state is not State.ENABLED:
        raise ClientRefused("invalid_client", LoginRefused("IntegrationBlocked", integration=integration))
    if not _is_itself(integration, secret):
        raise ClientRefused("invalid_client", LoginRefused("InvalidIntegration", integration=integration))
    if Feature.OAUTH2 not in directory.features:
        raise ClientRefused("unauthorized_client", LoginRefused("FeatureDisabled", integration=integration))
    if not integration.authorization_code:
        missing = LoginRefused("AuthorizationCodeGrantRequired", integration=integration)
        raise ClientRefused("unauthorized_client", missing)
    return integration


def _is_itself(integration: Integration, secret: str | None) -> bool:
    """A public client has no secret, a confidential one has its own."""
    if integration.public_client:
        return not secret
    return secret is not None and hmac.compare_digest(secret.encode(), integration.consumer_secret.encode())


def _basic(authorization: str) -> tuple[str, str]:
    """Client id and secret of the header, decoded twice (RFC 6749, 2.3.1). Raises ClientRefused."""
    scheme, _, given = authorization.partition(" ")
    try:
        text = base64.b64decode(given.strip(), validate=True).decode("ascii")
    except (ValueError, binascii.Error) as error:
        raise ClientRefused("invalid_client", LoginRefused("InvalidIntegration")) from error
    client_id, colon, secret = text.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise ClientRefused("invalid_client", LoginRefused("InvalidIntegration"))
    return unquote_plus(client_id), unquote_plus(secret)
