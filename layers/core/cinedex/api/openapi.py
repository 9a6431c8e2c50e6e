"""The OpenAPI document: merges those of all applications and adds what their routes share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fastapi import FastAPI

from cinedex.api.auth import PUBLIC_PATHS
from cinedex.api.dialect import Dialect, Json
from cinedex.api.dialects import DIALECTS, dialect_of

TITLE, VERSION = "Cinedex", "2"
DESCRIPTION = """Video understanding, self-hosted. Compatible with Reka Vision v2; additions are marked "Extension".

Times inside a video are seconds. Every response carries `X-Request-ID`. The body of an error is `Error`,
or `VideoVectorError` below `/api/v2`."""
STATUS_DESCRIPTIONS = {
    400: "The request is malformed.",
    401: "The API key is missing or invalid.",
    403: "The scope of the API key does not allow this request.",
    404: "Not found, or owned by another account.",
    409: "Conflict with the current state, or a request with this idempotency key is in progress.",
    413: "The body is too large.",
    422: "Syntactically valid, but a value is not allowed.",
    429: "The request limit of the API key is reached; retry after `retry-after` seconds.",
    500: "An internal error occurred; the log has its traceback under the request id.",
    503: "A part of the deployment is absent or down.",
    507: "The disk of this deployment is full: reads are served, and nothing is stored.",
}
HEADERS: Json = {
    "X-Request-ID": {"schema": {"type": "string"}, "description": "Identifies the request in the log."},
    "x-ratelimit-requests-limit": {
        "schema": {"type": "integer"},
        "description": "Requests that the API key may make in a time window.",
    },
    "x-ratelimit-requests-remaining": {
        "schema": {"type": "integer"},
        "description": "Requests left in the current window.",
    },
    "x-ratelimit-requests-reset": {
        "schema": {"type": "integer"},
        "description": "Seconds until the next window starts.",
    },
    "retry-after": {
        "schema": {"type": "integer"},
        "description": "Seconds to wait before the next request; 0 for none.",
    },
}
EVENT_STREAM = "text/event-stream"
RESPONSE_HEADERS: Json = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
SECURITY: Json = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "Bearer": {"type": "http", "scheme": "bearer"},
}


def merge_documents(apps: Iterable[FastAPI]) -> Json:
    """One document of several applications. If two have the same path, the first is described."""
    paths: Json = {}
    schemas: Json = {dialect.schema_name: dialect.schema for dialect in DIALECTS}
    for app in apps:
        document = app.openapi()
        paths |= {path: operations for path, operations in document["paths"].items() if path not in paths}
        schemas |= document.get("components", {}).get("schemas", {})
    for path, method, operation in _operations(paths):
        _complete(path, method, operation)
    unused = ("HTTPValidationError", "ValidationError")
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": DESCRIPTION},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {name: schemas[name] for name in sorted(schemas) if name not in unused},
            "responses": {
                _response_name(d, status): _error_response(d, status)
                for d in reversed(DIALECTS)
                for status in d.statuses
            },
            "headers": HEADERS,
            "securitySchemes": SECURITY,
        },
    }


def _operations(paths: Json) -> Iterator[tuple[str, str, Json]]:
    for path, operations in paths.items():
        for method, operation in operations.items():
            yield path, method, operation


def _complete(path: str, method: str, operation: Json) -> None:
    """Adds what no route declares itself: headers, security, error responses and the parameters of the dialect."""
    dialect, responses = dialect_of(path), operation["responses"]
    responses.pop("422", None)  # FastAPI's own, which has another shape
    for response in responses.values():
        # FastAPI describes a stream as one string; OpenAPI 3.1 cannot describe the events in it.
        response.get("content", {}).get(EVENT_STREAM, {}).pop("schema", None)
        response["headers"] = RESPONSE_HEADERS | response.get("headers", {})
    public = path in PUBLIC_PATHS
    operation["security"] = [] if public else [{name: []} for name in SECURITY]
    if not public:
        for status in dialect.statuses:
            responses[str(status)] = {"$ref": f"#/components/responses/{_response_name(dialect, status)}"}
    parameters = dialect.post_parameters(path) if method == "post" else []
    if parameters:
        operation.setdefault("parameters", []).extend(parameters)


def _response_name(dialect: Dialect, status: int) -> str:
    return f"{dialect.schema_name}{status}"


def _error_response(dialect: Dialect, status: int) -> Json:
    schema = {"$ref": f"#/components/schemas/{dialect.schema_name}"}
    return {
        "description": STATUS_DESCRIPTIONS[status],
        "headers": RESPONSE_HEADERS,
        "content": {"application/json": {"schema": schema}},
    }
