"""Error responses and CORS of the emulated services, as ministack has them for its own authentication."""

from __future__ import annotations

import uuid
from importlib import import_module
from typing import Any

from local.emulator.signature import RequestHead, SignatureRefused
from local.emulator.signed_requests import Response


class MinistackAnswers:
    """`AwsAnswers`."""

    def __init__(self) -> None:
        self._router: Any = import_module("ministack.core.router")
        self._actions: Any = import_module("ministack.core.iam_actions")
        self._s3: Any = import_module("ministack.services.s3")

    def refusal(self, head: RequestHead, refused: SignatureRefused) -> Response:
        headers, query = dict(head.headers), {name: [value] for name, value in head.query}
        service = self._router.detect_service(head.method, head.path, headers, query)
        response: Response = self._actions.access_denied_response(
            service, "", "", str(uuid.uuid4()), error_code=refused.code, message=refused.message, headers=headers
        )
        return response

    def cors_headers(self, head: RequestHead) -> dict[str, str]:
        found: dict[str, str] = self._s3.cors_response_headers(_bucket(head), head.method, dict(head.headers))
        return found

    def preflight(self, head: RequestHead) -> Response:
        bucket, _, key = head.path.lstrip("/").partition("/")
        response: Response = self._s3.cors_preflight(bucket, key, dict(head.headers))
        return response


def _bucket(head: RequestHead) -> str:
    return head.path.lstrip("/").partition("/")[0]
