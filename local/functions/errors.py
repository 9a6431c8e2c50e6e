"""How an invocation of a function fails.

FunctionFailed          the function raised; `payload` is Lambda's error document
├── InitFailed          no process of the function could be started
├── FunctionTimedOut    the function did not end within its timeout
└── ProcessEnded        the process ended during the invocation
NotAdmitted             the invocation was not started
├── QueueFull           the maximum number of invocations waits
└── WaitedTooLong       no process was free within the time that the caller waits
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class FunctionFailed(Exception):
    def __init__(self, payload: Mapping[str, Any]) -> None:
        super().__init__(f"{payload.get('errorType')}: {payload.get('errorMessage')}")
        self.payload = dict(payload)


class InitFailed(FunctionFailed):
    pass


class FunctionTimedOut(FunctionFailed):
    def __init__(self, timeout_s: float) -> None:
        message = f"Task timed out after {timeout_s:.2f} seconds"
        super().__init__({"errorType": "Sandbox.Timedout", "errorMessage": message})
        self.timeout_s = timeout_s


class ProcessEnded(FunctionFailed):
    def __init__(self) -> None:
        super().__init__(
            {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited before returning a response"}
        )


class NotAdmitted(Exception):
    """`retry_after_s` is when the queue will have room again, at the rate measured at the moment."""

    def __init__(self, function: str, waiting: int, per_s: float, retry_after_s: int) -> None:
        super().__init__(f"{function}: {waiting} invocations wait, {per_s:.1f} end per second; {self.reason}")
        self.waiting, self.per_s, self.retry_after_s = waiting, per_s, retry_after_s

    reason = "not started"


class QueueFull(NotAdmitted):
    reason = "no more may wait"


class WaitedTooLong(NotAdmitted):
    reason = "one has waited for the maximum time"
