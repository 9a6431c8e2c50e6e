"""Translates HTTP to API Gateway events of payload format 2.0, and the response of a function back to HTTP.

Format: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from local.emulator.access import ACCOUNT_ID, REGION
from local.gateway.routing import Match

_API_ID = "local"
_TEXTUAL = ("text/", "application/json", "application/javascript", "application/xml")


class HttpRequest(BaseModel):
    """A request, independent of the web framework; `path` keeps its percent-encoding."""

    model_config = ConfigDict(frozen=True)

    method: str
    path: str
    query: str
    query_parameters: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    request_id: str
    received_at: datetime


def event_of(request: HttpRequest, match: Match) -> dict[str, Any]:
    """The event for a function; empty fields are absent, as in AWS."""
    headers = _joined(request.headers)
    cookies = [cookie.strip() for cookie in headers.pop("cookie", "").split(";") if cookie.strip()]
    event = {
        "version": "2.0",
        "routeKey": _route_key(match),
        "rawPath": _without_encoded_slashes(request.path),
        "rawQueryString": request.query,
        "cookies": cookies,
        "headers": headers,
        "queryStringParameters": _joined(request.query_parameters),
        "requestContext": _context(request, match, headers),
        "pathParameters": match.parameters,
        **_body(request.body, headers.get("content-type", "")),
    }
    return {name: value for name, value in event.items() if value not in ([], {})}


def authorizer_event_of(event: dict[str, Any]) -> dict[str, Any]:
    """The event of a REQUEST authorizer without identity source: it gets the request without its body."""
    http = event["requestContext"]["http"]
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT_ID}:{_API_ID}/$default/{http['method']}{http['path']}"
    visible = {name: value for name, value in event.items() if name not in ("body", "isBase64Encoded")}
    return visible | {"type": "REQUEST", "routeArn": arn, "identitySource": None}


def with_authorizer(event: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    return event | {"requestContext": event["requestContext"] | {"authorizer": {"lambda": context}}}


def response_of(result: Any) -> Response:
    """The HTTP response for the result of a function; without `statusCode` it is the body of a 200, as in AWS."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return Response(json.dumps(result), media_type="application/json")
    body = result.get("body") or ""
    content = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    headers = {name: str(value) for name, value in (result.get("headers") or {}).items()}
    response = Response(content, int(result["statusCode"]), headers)
    for cookie in result.get("cookies") or []:
        response.headers.append("set-cookie", cookie)
    return response


def _without_encoded_slashes(path: str) -> str:
    """Functions decode the path before they select a route: an encoded slash stays part of its segment."""
    return path.replace("%2F", "%252F").replace("%2f", "%252f")


def _route_key(match: Match) -> str:
    return "$default" if match.route.path == "$default" else f"{match.route.method} {match.route.path}"


def _joined(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Repeated names become one value, separated by commas."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _context(request: HttpRequest, match: Match, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "accountId": ACCOUNT_ID,
        "apiId": _API_ID,
        "domainName": headers.get("host", ""),
        "domainPrefix": headers.get("host", "").split(".")[0],
        "http": {
            "method": request.method,
            "path": _without_encoded_slashes(request.path),
            "protocol": "HTTP/1.1",
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request.request_id,
        "routeKey": _route_key(match),
        "stage": "$default",
        "time": request.received_at.astimezone(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(request.received_at.timestamp() * 1000),
    }


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    if not body:
        return {"isBase64Encoded": False}
    if content_type.startswith(_TEXTUAL):
        try:
            return {"body": body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
