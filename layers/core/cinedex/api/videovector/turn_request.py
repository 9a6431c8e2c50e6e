"""The request that starts a turn, the same whether its response streams or not."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header
from pydantic import Field

from cinedex.api.requests.strict_body import StrictBody
from cinedex.api.videovector.scopes import ScopeBody
from cinedex.chat.usecases.start_turn import MESSAGE_CHARS_MAX, TurnRequest
from cinedex.chat.usecases.turn_idempotency import choose_key

IdempotencyKey = Annotated[
    str | None, Header(description="May also be in `X-Idempotency-Key` or in the body, where it must be the same.")
]
XIdempotencyKey = Annotated[str | None, Header()]


class TurnBody(StrictBody):
    message: str = Field(description=f"1 to {MESSAGE_CHARS_MAX} characters.")
    scope: ScopeBody | None = None
    idempotency_key: str | None = None

    def request(self, account_id: str, session_id: str, key: str | None, x_key: str | None) -> TurnRequest:
        """Raises `KeyConflict`, `InvalidInput`."""
        return TurnRequest(
            account_id=account_id,
            session_id=session_id,
            message=self.message,
            scope=(self.scope or ScopeBody()).scope,
            idempotency_key=key_of(key, x_key, self.idempotency_key),
        )


def key_of(key: str | None, x_key: str | None, in_body: str | None) -> str | None:
    """Raises `KeyConflict`, `InvalidInput`."""
    return choose_key([("Idempotency-Key", key), ("X-Idempotency-Key", x_key), ("idempotency_key", in_body)])
