"""Errors of AWS clients that mean "not now", as errors of the domain."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BrokenConnection

from cinedex.kernel.errors import CinedexError, Failures, StorageFull, StoreUnavailable

AWS_ERRORS = (BotoCoreError, ClientError)
FAILURES: Failures = (CinedexError, *AWS_ERRORS)
STORAGE_FULL = "InsufficientStorage"
"""Code of the local emulator; AWS has no such limit."""
THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "ExecutionLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
        "RequestTimeout",
        "RequestTimeoutException",
    }
)
THROTTLING_REASONS = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded"})
"""Reasons why DynamoDB cancels a transaction that may succeed later."""


def domain_error(error: Exception) -> StoreUnavailable | None:
    """None if the error does not mean "not now", such as a denied permission or an invalid request."""
    if isinstance(error, HTTPClientError | BrokenConnection):
        return StoreUnavailable()
    if not isinstance(error, ClientError):
        return None
    code, status = error.response["Error"].get("Code", ""), _status(error)
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
    if code == STORAGE_FULL:
        return StorageFull()
    if status >= 500 or status == 429 or code in THROTTLED or not THROTTLING_REASONS.isdisjoint(reasons):
        return StoreUnavailable()
    return None


def _status(error: ClientError) -> int:
    """Zero if the error was not a response. The code of a HEAD request, which has no body, is its status."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
