"""`/openapi.json`: what the service answers, described from the models that check it."""

from __future__ import annotations

import copy
from typing import Any

from spectree import SpecTree
from spectree.models import SecureType, SecurityScheme, SecuritySchemeData, Server

from connector import __version__

PROBLEMS = ("HTTP_400", "HTTP_401", "HTTP_413", "HTTP_415", "HTTP_422", "HTTP_500", "HTTP_503")
_FIRST_ERROR = 400


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
    """The whole description; errors have the media type they are sent with."""
    document: dict[str, Any] = copy.deepcopy(spec.spec)
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if int(status) >= _FIRST_ERROR:
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
