"""`/openapi.json`: what the service answers, described from the models that check it."""

from __future__ import annotations

import copy
from typing import Any

from spectree import SpecTree
from spectree.models import SecureType, SecurityScheme, SecuritySchemeData, Server

from connector import __version__

PROBLEMS = ("HTTP_400", "HTTP_401", "HTTP_413", "HTTP_415", "HTTP_422", "HTTP_500", "HTTP_503")
_FIRST_ERROR = 400
_FORM = "application/x-www-form-urlencoded"
_OAUTH = "/v1/device/"  # errors there have the form of RFC 8628


def new_spec(public_url: str | None) -> SpecTree:
    """An empty description. `public_url` is where clients reach the service, if that is known."""
    bearer = SecurityScheme(
        name="token",
        data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer", description="From `connector token create`."),
    )
    return SpecTree(
        "flask",
        title="NSQuery",
        version=__version__,
        security_schemes=[bearer],
        servers=[Server(url=public_url)] if public_url else [],
        mode="strict",
        annotations=False,
    )


def described(spec: SpecTree) -> dict[str, Any]:
    """The whole description; forms and errors have the media types they are sent with."""
    document: dict[str, Any] = copy.deepcopy(spec.spec)
    for address, path in document["paths"].items():
        for operation in path.values():
            body = operation.get("requestBody", {}).get("content", {})
            if "multipart/form-data" in body:
                body[_FORM] = body.pop("multipart/form-data")
            for status, response in operation["responses"].items():
                if int(status) >= _FIRST_ERROR and not address.startswith(_OAUTH):
                    response["content"] = {"application/problem+json": response["content"]["application/json"]}
    document["paths"]["/openapi.json"] = {
        "get": {
            "summary": "This description.",
            "operationId": "openapi",
            "tags": ["health"],
            "responses": {
                "200": {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}
            },
        }
    }
    return document
