"""The errors of the domain. Each API under `cinedex.api` maps them to its status codes, names and messages.

CinedexError
├── InvalidInput                the request is malformed
├── ImpossibleValue             the request is well formed, but a value is not allowed
│   ├── KeyReused                   the idempotency key was used for another request
│   └── KeyConflict                 one request names two idempotency keys
├── NotAuthenticated            no API key, or an invalid one
├── NotPermitted                the scope of the API key does not allow the request
├── NotFound                    missing, or owned by another account
│   └── EntityNotFound              an id names no entity of the account; one subclass for each entity
│       ├── VideoNotFound
│       ├── CollectionNotFound
│       ├── JobNotFound
│       ├── RunNotFound
│       ├── ApiKeyNotFound
│       ├── SessionNotFound
│       ├── TurnNotFound
│       ├── SubtitlesNotFound
│       ├── WebhookNotFound
│       └── PromptRunNotFound
├── StateConflict               the current state does not allow the request
│   ├── StaleRevision               a concurrent writer was faster; read again and retry
│   ├── RequestInProgress           the first request with this idempotency key has not finished
│   └── CollectionNameTaken         another collection of the account has this name
├── TooLarge                    the request or the item is over a size limit
├── TooManyRequests             a rate limit is reached
│   └── BudgetExceeded              a daily budget of the account is used up
│       ├── TurnBudgetExceeded
│       ├── TokenBudgetExceeded
│       └── VideoBudgetExceeded
├── Unavailable                 a part of the deployment is absent or down
│   ├── StoreUnavailable            a store does not answer now, or throttles; the same request may succeed later
│   │   └── StorageFull                 the disk of a local stack is full
│   ├── LanguageModelUnavailable    the language model does not answer in time, throttles, or is down
│   └── InternalError               a fault of the product, logged with its traceback; never a fault of the file
├── MediaError                  the file cannot be used; never retried
└── AnalysisFailed              a model step failed for good
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal


class CinedexError(Exception):
    """A message for people and, where one field of the request caused it, the domain's name of that field."""

    def __init__(self, message: str, *, field: str | None = None, details: list[Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.details = details or []


Failures = tuple[type[Exception], ...]
"""What a use case that works on many items logs for one of them; bootstrap adds the errors of the vendor."""


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


class EntityNotFound(NotFound):
    """`entity_id` is named in the message only if given: a request with a single id needs no repetition of it."""

    noun: ClassVar[str]
    id_field: ClassVar[str]

    def __init__(self, entity_id: str | None = None, *, field: str | None = None) -> None:
        self.which = "." if entity_id is None else f": {entity_id[:64]}"
        super().__init__(f"No such {self.noun}{self.which}", field=field or self.id_field)


class VideoNotFound(EntityNotFound):
    noun, id_field = "video", "video_id"


class CollectionNotFound(EntityNotFound):
    noun, id_field = "collection", "collection_id"


class JobNotFound(EntityNotFound):
    noun, id_field = "job", "job_id"


class RunNotFound(EntityNotFound):
    noun, id_field = "run", "run_id"


class ApiKeyNotFound(EntityNotFound):
    noun, id_field = "API key", "key_id"


class SessionNotFound(EntityNotFound):
    noun, id_field = "chat session", "session_id"


class TurnNotFound(EntityNotFound):
    noun, id_field = "turn", "turn_id"


class SubtitlesNotFound(EntityNotFound):
    noun, id_field = "subtitle track", "subtitle_id"


class WebhookNotFound(EntityNotFound):
    noun, id_field = "webhook", "webhook_id"


class PromptRunNotFound(EntityNotFound):
    noun, id_field = "prompt run", "prompt_run_id"


class StateConflict(CinedexError):
    pass


class StaleRevision(StateConflict):
    pass


class RequestInProgress(StateConflict):
    pass


class CollectionNameTaken(StateConflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"A collection named {name!r} already exists.", field="name")
        self.name = name


class TooLarge(CinedexError):
    pass


class TooManyRequests(CinedexError):
    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class BudgetExceeded(TooManyRequests):
    """The budget is full again at `resets_at`."""

    def __init__(self, message: str, *, retry_after_s: int, resets_at: datetime) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.resets_at = resets_at


class TurnBudgetExceeded(BudgetExceeded):
    pass


class TokenBudgetExceeded(BudgetExceeded):
    pass


class VideoBudgetExceeded(BudgetExceeded):
    pass


class Unavailable(CinedexError):
    pass


class StoreUnavailable(Unavailable):
    retry_after_s: ClassVar[int] = 2

    def __init__(self, message: str = "A store of this deployment does not answer now. Try again in a moment.") -> None:
        super().__init__(message)


class StorageFull(StoreUnavailable):
    """Reads are still served. It ends when space was freed, without a restart."""

    retry_after_s: ClassVar[int] = 60

    def __init__(self) -> None:
        super().__init__("The disk is full, so that nothing can be stored. Free some space and try again.")


class LanguageModelUnavailable(Unavailable):
    """The same request may succeed later."""

    retry_after_s: ClassVar[int] = 5


class InternalError(Unavailable):
    """A fault of the product. A request that can do without the failed part is still answered."""

    def __init__(self, message: str = "An internal error occurred; the log has its traceback.") -> None:
        super().__init__(message)


INTERNAL_ERROR = "internal_error"
"""The `error_code` of videos and features whose processing ended with an `InternalError`."""


MediaErrorCode = Literal[
    "unsupported_media",
    "corrupt_media",
    "no_streams",
    "too_long",
    "too_large",
    "too_costly",
    "probe_timeout",
    "fetch_failed",
    "upload_expired",
    "incomplete_upload",
    "checksum_mismatch",
]


class MediaError(CinedexError):
    """`code` is stable and stored with the video; the message describes the fault."""

    def __init__(self, code: MediaErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class AnalysisFailed(CinedexError):
    pass
