"""What can go wrong between this machine and a deployment, each with the exit code of the command it ends.

ClientError            1  the work itself failed
├── WrongRequest       2  the deployment does not accept what was asked (400, 413, 422)
├── Unreachable        3  nobody answers there
├── NotAuthorised      3  no key, a wrong one, or one that may not do this (401, 403)
├── NotFound           4  there is no such thing, or it belongs to somebody else (404)
├── NotReady           5  something else must happen first (409)
└── Overloaded         6  still busy or broken after every retry (429, 5xx)
"""

from __future__ import annotations

from typing import Any

import httpx


class ClientError(Exception):
    """`message` says what is wrong, `mend` what to do about it, `request_id` where to look in the logs."""

    exit_code = 1

    def __init__(self, message: str, *, mend: str = "", request_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.request_id = request_id


class WrongRequest(ClientError):
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
_MENDS: dict[type[ClientError], str] = {
    NotAuthorised: "Give a key with --key or CINEDEX_API_KEY; the one of this machine is in .cinedex/api_key.",
    Overloaded: "Try again in a moment.",
}


def error_of(response: httpx.Response) -> ClientError:
    """The error that an answer of 400 or above stands for, in the words of the deployment."""
    kind = _BY_STATUS.get(response.status_code, Overloaded if response.is_server_error else ClientError)
    return kind(_message_of(response), mend=_MENDS.get(kind, ""), request_id=response.headers.get("x-request-id"))


def _message_of(response: httpx.Response) -> str:
    fallback = f"{response.request.url.host} answered {response.status_code} {response.reason_phrase}."
    try:
        body: Any = response.json()
    except ValueError:
        return fallback
    envelope = body.get("error") if isinstance(body, dict) else None
    return str(envelope.get("message") or fallback) if isinstance(envelope, dict) else fallback
