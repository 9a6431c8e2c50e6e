"""The error of a turn in the format of the VideoVector API."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from cinedex.chat.domain.session import TurnError, TurnErrorCode

ERROR_CODES = {
    TurnErrorCode.CANCELLED: "turn_cancelled",
    TurnErrorCode.FAILED: "turn_failed",
    TurnErrorCode.INTERNAL: "internal_error",
    TurnErrorCode.INTERRUPTED: "turn_interrupted",
    TurnErrorCode.NOT_FOUND: "resource_not_found",
    TurnErrorCode.RATE_LIMITED: "rate_limit_exceeded",
    TurnErrorCode.UNAVAILABLE: "service_unavailable",
}


class TurnErrorResponse(BaseModel):
    code: str
    message: str
    details: dict[str, Any] = {}

    @classmethod
    def of(cls, error: TurnError) -> TurnErrorResponse:
        return cls(code=ERROR_CODES[error.code], message=error.message, details=error.details)
