"""The errors that end a command of `cinedex`, each with its exit code.

CommandError              base of everything that ends a command with a message
└── ClientError        1  the operation failed
    ├── WrongRequest   2  the deployment rejects the request (400, 413, 422), or an input file is invalid
    ├── WrongUsage     2  the address or the API key is malformed; no request is sent
    ├── Unreachable    3  no deployment answers at the address
    ├── NotAuthorised  3  the API key is missing, wrong or lacks the scope (401, 403)
    ├── NotFound       4  not found, or owned by another account (404)
    ├── NotReady       5  conflict with the current state (409)
    └── Overloaded     6  still busy or failing after every retry (429, 5xx)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx


class CommandError(Exception):
    """`message` states the problem, `hint` what to do about it, `request_id` identifies the request in the logs.

    `details` are those of the deployment's response; docs/03 describes them.
    """

    exit_code = 1

    def __init__(
        self, message: str, *, hint: str = "", request_id: str | None = None, details: Sequence[Any] = ()
    ) -> None:
        super().__init__(message)
        self.details = details
        self.message = message
        self.hint = hint
        self.request_id = request_id


class ClientError(CommandError):
    pass


class WrongRequest(ClientError):
    exit_code = 2


class WrongUsage(ClientError):
    exit_code = 2


class Unreachable(ClientError):
    exit_code = 3


class NotAuthorised(ClientError):
    exit_code = 3


class NotFound(ClientError):
    exit_code = 4


class NotReady(ClientError):
    exit_code = 5


class Overloaded(ClientError):
    exit_code = 6


_BY_STATUS: dict[int, type[ClientError]] = {
    400: WrongRequest,
    401: NotAuthorised,
    403: NotAuthorised,
    404: NotFound,
    409: NotReady,
    413: WrongRequest,
    422: WrongRequest,
    429: Overloaded,
}
_HINTS: dict[type[ClientError], str] = {
    NotAuthorised: (
        "Give a key with --key or CINEDEX_API_KEY; the key of a local stack is in the file api_key in the home folder"
        " of the stack."
    ),
    Overloaded: "Try again in a moment.",
}


def error_of(response: httpx.Response) -> ClientError:
    """The error for a response with a status of 400 or above, with the message of the deployment."""
    kind = _BY_STATUS.get(response.status_code, Overloaded if response.is_server_error else ClientError)
    envelope = _envelope_of(response)
    fallback = f"{response.request.url.host} answered {response.status_code} {response.reason_phrase}."
    details = envelope.get("details")
    return kind(
        str(envelope.get("message") or fallback),
        hint=_HINTS.get(kind, ""),
        request_id=response.headers.get("x-request-id"),
        details=details if isinstance(details, list) else (),
    )


def _envelope_of(response: httpx.Response) -> dict[str, Any]:
    """Empty if the response is not one of a deployment."""
    try:
        body: Any = response.json()
    except ValueError:
        return {}
    envelope = body.get("error") if isinstance(body, dict) else None
    return envelope if isinstance(envelope, dict) else {}
