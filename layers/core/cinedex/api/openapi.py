"""The OpenAPI document of the HTTP API: what all routes share, and how the parts become one document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import FastAPI

from cinedex.api.videovector.errors import speaks

Json = dict[str, Any]

TITLE, VERSION = "Cinedex", "2"
DESCRIPTION = """Video understanding, self-hosted. Compatible with Reka Vision v2; what goes beyond it says "Extension".

Times inside a video are seconds. Every response carries `X-Request-ID`; every refusal has the body `Error`,
or below `/api/v2` the body `VideoVectorError`."""
MEANINGS = {
    "400": "The request is malformed.",
    "401": "No API key, or none that is valid.",
    "403": "The scope of the API key does not suffice.",
    "404": "There is no such thing, or it belongs to somebody else.",
    "409": "Not now: something else must happen first, or a repetition came too early.",
    "413": "The body is too large.",
    "422": "Well formed, but it cannot be.",
    "429": "The API key has used up its requests; `retry-after` says when there are more.",
    "500": "A fault on our side; the request id finds it in the log.",
    "503": "A part of the deployment is absent or down.",
}
ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["type", "message"],
            "properties": {
                "type": {
                    "type": "string",
                    "enum": [
                        "validation_error",
                        "authentication_error",
                        "permission_error",
                        "not_found_error",
                        "conflict_error",
                        "rate_limit_error",
                        "server_error",
                    ],
                },
                "message": {"type": "string"},
                "param": {"type": "string", "description": "The parameter at fault, where there is one."},
                "details": {"type": "array", "items": {}},
            },
        }
    },
}
VIDEOVECTOR_ERROR: Json = {
    "type": "object",
    "description": "A refusal below /api/v2.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details", "request_id", "timestamp"],
            "properties": {
                "code": {"type": "string", "description": "Stable, such as `resource_chat_session_not_found`."},
                "message": {"type": "string"},
                "details": {"type": "object"},
                "request_id": {"type": ["string", "null"]},
                "timestamp": {"type": "string", "format": "date-time"},
            },
        }
    },
}
HEADERS: Json = {
    "X-Request-ID": {"schema": {"type": "string"}, "description": "Finds the request in the log."},
    "x-ratelimit-requests-limit": {"schema": {"type": "integer"}, "description": "Requests of the key in a window."},
    "x-ratelimit-requests-remaining": {"schema": {"type": "integer"}, "description": "What is left of them."},
    "x-ratelimit-requests-reset": {"schema": {"type": "integer"}, "description": "Seconds until a new window."},
    "retry-after": {"schema": {"type": "integer"}, "description": "Seconds to wait; 0 when there is no need to."},
}
TOLD: Json = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
SECURITY: Json = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "Bearer": {"type": "http", "scheme": "bearer"},
}
IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "A repetition within 24 hours gets the first response, and changes nothing.",
}
METERING: Json = {
    "name": "X-Enable-Overwrite-Metering",
    "in": "header",
    "required": False,
    "schema": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    "description": "Accepted, and without effect.",
}
PUBLIC = {"/health", "/openapi.json"}
METERED_ENDINGS = ("/search", "/chat", "/chat/stream", "/segment", "/features/{feature}", "/features")


def merged(apps: Iterable[FastAPI]) -> Json:
    """One document of several applications; where two answer the same path, the first is described."""
    paths: Json = {}
    schemas: Json = {"Error": ERROR, "VideoVectorError": VIDEOVECTOR_ERROR}
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
                **{f"Refused{status}": _refusal(meaning, "Error") for status, meaning in MEANINGS.items()},
                **{f"ApiRefused{s}": _refusal(m, "VideoVectorError") for s, m in MEANINGS.items() if s != "400"},
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
    responses = operation["responses"]
    responses.pop("422", None)  # the framework's own; ours says more
    for response in responses.values():
        response["headers"] = TOLD | response.get("headers", {})
    videovector = speaks(path)
    public = path in PUBLIC
    operation["security"] = [] if public else [{name: []} for name in SECURITY]
    if not public:
        refused, kinds = ("ApiRefused", [s for s in MEANINGS if s != "400"]) if videovector else ("Refused", MEANINGS)
        responses |= {status: {"$ref": f"#/components/responses/{refused}{status}"} for status in kinds}
    if method == "post" and not videovector:
        metered = path.endswith(METERED_ENDINGS)
        operation.setdefault("parameters", []).extend([IDEMPOTENCY_KEY, *([METERING] if metered else [])])


def _refusal(meaning: str, shape: str) -> Json:
    schema = {"$ref": f"#/components/schemas/{shape}"}
    return {"description": meaning, "headers": TOLD, "content": {"application/json": {"schema": schema}}}
