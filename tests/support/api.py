"""Calls an HTTP function with an event of API Gateway and returns status, headers and body."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cinedex.access.domain.api_keys import Scope
from fastapi import FastAPI
from fastapi.routing import APIRoute

from tests.support.golden import ACCOUNT, received

Handler = Callable[[dict[str, Any], object], dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def error(self) -> dict[str, Any]:
        """The error in the body, which has no other keys."""
        assert list(self.body) == ["error"]
        error: dict[str, Any] = self.body["error"]
        assert {"type", "message"} <= set(error) <= {"type", "message", "param", "details"}
        return error


@dataclass(frozen=True)
class Api:
    """One function, called with a scope, or without an API key if `scope` is None."""

    handler: Handler
    account_id: str = ACCOUNT
    scope: Scope | None = Scope.ADMIN

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", path, query=query)

    def head(self, path: str, **query: Any) -> Answer:
        return self.call("HEAD", path, query=query)

    def post(self, path: str, document: Any = None) -> Answer:
        return self.call("POST", path, document=document)

    def patch(self, path: str, document: Any) -> Answer:
        return self.call("PATCH", path, document=document)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        document: Any = None,
        body: bytes | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        if document is not None:
            body = json.dumps(document).encode()
        event = self._event(method, path, urlencode(query or {}, doseq=True))
        event["headers"] |= headers or {}
        if body is not None:
            event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
            event["headers"] |= {"content-type": content_type, "content-length": str(len(body))}
        return answer_of(self.handler(event, None))

    def _event(self, method: str, path: str, query: str) -> dict[str, Any]:
        event: dict[str, Any] = received("api_gateway_get_video")
        context = event["requestContext"]
        context["http"] |= {"method": method, "path": path}
        if self.scope is None:
            caller = {"refused": "An API key is required."}
        else:
            caller = {"account_id": self.account_id, "key_id": "key", "scope": self.scope.label}
        context["authorizer"]["lambda"] = caller
        return event | {"rawPath": path, "rawQueryString": query}


def api_routes(app: FastAPI) -> list[APIRoute]:
    """FastAPI keeps the routers that an application includes, with their routes."""
    routers = [included.original_router for included in app.routes if hasattr(included, "original_router")]
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def answer_of(answer: dict[str, Any]) -> Answer:
    body = answer.get("body") or ""
    text = base64.b64decode(body).decode() if answer.get("isBase64Encoded") else body
    return Answer(int(answer["statusCode"]), answer["headers"], json.loads(text) if text else None)
