"""The HTTP API of a translated template: its routes, its authorizer, its CORS rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

ANY_METHOD = "ANY"
_FUNCTION_IN_URI = re.compile(r'\$\{(\w+)\.Arn\}/invocations|"Fn::GetAtt": \["(\w+)"')


class Route(BaseModel):
    """Functions are logical ids of the template."""

    model_config = ConfigDict(frozen=True)

    method: str
    path: str
    function: str
    authorizer: str | None = None


class Cors(BaseModel):
    model_config = ConfigDict(frozen=True)

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    allow_credentials: bool = False
    max_age_s: int = 600


class Api(BaseModel):
    model_config = ConfigDict(frozen=True)

    routes: tuple[Route, ...] = ()
    cors: Cors | None = None


def read_api(template: dict[str, Any]) -> Api:
    """From the OpenAPI document that SAM generates from function events; an empty API without one."""
    documents = [
        resource["Properties"]["Body"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::ApiGatewayV2::Api"
    ]
    if not documents:
        return Api()
    return Api(routes=tuple(_routes(documents[0])), cors=_cors(documents[0]))


def _routes(document: dict[str, Any]) -> Iterator[Route]:
    authorizers = _authorizers(document)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            integration = operation.get("x-amazon-apigateway-integration")
            if integration:
                yield Route(
                    method=ANY_METHOD if method == "x-amazon-apigateway-any-method" else method.upper(),
                    path=path,
                    function=_function_of(integration["uri"]),
                    authorizer=_authorizer_of(operation, authorizers),
                )


def _authorizers(document: dict[str, Any]) -> dict[str, str]:
    schemes = document.get("components", {}).get("securitySchemes", {})
    return {
        name: _function_of(scheme["x-amazon-apigateway-authorizer"]["authorizerUri"])
        for name, scheme in schemes.items()
    }


def _authorizer_of(operation: dict[str, Any], authorizers: dict[str, str]) -> str | None:
    names = [name for requirement in operation.get("security", []) for name in requirement]
    return next((authorizers[name] for name in names if name in authorizers), None)


def _function_of(uri: Any) -> str:
    match = _FUNCTION_IN_URI.search(json.dumps(uri))
    if match is None:
        raise ValueError(f"The integration refers to no function of the template: {uri}")
    return match[1] or match[2]


def _cors(document: dict[str, Any]) -> Cors | None:
    rules = document.get("x-amazon-apigateway-cors")
    if rules is None:
        return None
    return Cors(
        allow_origins=rules.get("allowOrigins", ()),
        allow_methods=rules.get("allowMethods", ()),
        allow_headers=rules.get("allowHeaders", ()),
        expose_headers=rules.get("exposeHeaders", ()),
        allow_credentials=rules.get("allowCredentials", False),
        max_age_s=rules.get("maxAge", 600),
    )
