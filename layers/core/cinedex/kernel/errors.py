"""The tree of everything that can go wrong, mapped once to HTTP and once to Retry/Catch.

CinedexError
├── InvalidInput            400  the request is malformed
├── ImpossibleValue         422  well formed, but it cannot be
│   ├── KeyReused                this idempotency key was used for another request
│   └── KeyConflict              two idempotency keys for one request
├── NotAuthenticated        401
├── NotPermitted            403
├── NotFound                404  also what belongs to somebody else
├── StateConflict           409  not now: something else must happen first
│   ├── StaleRevision            a concurrent writer was faster; read again and retry
│   └── RequestInProgress        the first request with this idempotency key is not over yet
├── TooLarge                413
├── TooManyRequests         429
│   └── BudgetExceeded           the account has used up what it may ask in a day
├── Unavailable             503  this deployment lacks what was asked, or it is down
│   └── InternalError       500  a fault of ours, logged with its traceback; never a fault of the file
├── MediaError              terminal: the file itself is at fault, never retried
└── AnalysisFailed          terminal: a model step gave up
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal


class CinedexError(Exception):
    """A plain sentence for people, and where useful the field at fault."""

    def __init__(self, message: str, *, field: str | None = None, details: list[Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.details = details or []


class InvalidInput(CinedexError):
    pass


class ImpossibleValue(CinedexError):
    pass


class KeyReused(ImpossibleValue):
    pass


class KeyConflict(ImpossibleValue):
    pass


class NotAuthenticated(CinedexError):
    pass


class NotPermitted(CinedexError):
    pass


class NotFound(CinedexError):
    pass


class StateConflict(CinedexError):
    pass


class StaleRevision(StateConflict):
    pass


class RequestInProgress(StateConflict):
    pass


class TooLarge(CinedexError):
    pass


class TooManyRequests(CinedexError):
    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


BudgetCode = Literal["llm_user_budget_exceeded", "llm_daily_budget_exceeded"]


class BudgetExceeded(TooManyRequests):
    """`code` is stable and tells which budget; it is full again at `resets_at`."""

    def __init__(self, code: BudgetCode, message: str, *, retry_after_s: int, resets_at: datetime) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.code = code
        self.resets_at = resets_at


class Unavailable(CinedexError):
    pass


class InternalError(Unavailable):
    """Code of ours broke; a request that can do without its result is still answered."""

    def __init__(self, message: str = "An internal error occurred; the log has its traceback.") -> None:
        super().__init__(message)


INTERNAL_ERROR = "internal_error"
"""The `error_code` of videos and features whose processing ended with a fault of ours."""


MediaErrorCode = Literal[
    "unsupported_media",
    "corrupt_media",
    "no_streams",
    "too_long",
    "too_large",
    "probe_timeout",
    "fetch_failed",
    "upload_expired",
]


class MediaError(CinedexError):
    """The file cannot be used; `code` is stable, the message says why in a sentence."""

    def __init__(self, code: MediaErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class AnalysisFailed(CinedexError):
    pass
