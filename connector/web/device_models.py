"""What the device endpoints take and answer (RFC 8628 sections 3.1 to 3.5)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class DeviceCodeRequest(BaseModel):
    """Who asks."""

    client_id: Literal["excel", "sheets", "cli"]
    label: str = Field("", max_length=100, description="What the device calls itself; shown as its own word.")


class DeviceCodeAnswer(BaseModel):
    """The codes; `expires_in` and `interval` are in seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: int
    interval: int


class DeviceTokenRequest(BaseModel):
    """The code to ask with."""

    grant_type: Literal["urn:ietf:params:oauth:grant-type:device_code"]
    device_code: str = Field(max_length=200)


class DeviceTokenAnswer(BaseModel):
    """A token for `Authorization: Bearer`."""

    access_token: str
    token_type: Literal["Bearer"]


class DeviceError(BaseModel):
    """Why there is none, or not yet."""

    error: str
    error_description: str
    code: str | None = None
    remedy: str | None = None
