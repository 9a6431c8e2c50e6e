"""The search index of a running local stack, through the function ManageIndex, as in AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from botocore.exceptions import ConnectionError as AwsConnectionError
from botocore.exceptions import HTTPClientError

from local.deploy.deployment import Deployment
from local.emulator.access import EmulatorAccess
from local.emulator.clients import EmulatorClients
from local.emulator.launch import health_url
from local.errors import EmulatorSilent, IndexNotReady, LocalStackError, StackNotRunning
from local.home import Home

State = dict[str, Any]
SLICE_S = 10
"""Duration of one invocation, and so the interval of progress messages."""
ANSWER_S_MAX = 10.0
"""Of the health check before a command, which the emulator answers at once."""
INVOCATION_S_MAX = 60.0
CONFLICTS = ("StateConflict", "StaleRevision")
"""Names of the exception classes in Lambda's `errorType` that mean a conflict."""


@dataclass(frozen=True)
class SearchIndex:
    """Every method returns `{"versions": …, "reindexing": …}` and raises `LocalStackError` on failure.

    An invocation is sent once: the function may do its work even if its answer does not arrive.
    """

    emulator: EmulatorClients
    function: str
    logs: Path

    @classmethod
    def of(cls, home: Home) -> SearchIndex:
        deployment = Deployment.read(home.deployment)
        if home.running() is None or deployment is None:
            raise StackNotRunning(home.root)
        access = EmulatorAccess.of_running_stack(home)
        _require_answer(access, home.logs)
        emulator = EmulatorClients(access, read_timeout_s=INVOCATION_S_MAX, attempts_max=1)
        return cls(emulator, deployment.outputs["ManageIndexFunctionName"], home.logs)

    def status(self) -> State:
        return self._invoke(action="status")

    def reindex(self, segments_per_s: float | None) -> State:
        """Start or continue for `SLICE_S`; the status is "filled" when the index is complete."""
        return self._invoke(action="reindex", seconds_max=SLICE_S, segments_per_s=segments_per_s)

    def swap(self) -> State:
        return self._invoke(action="swap")

    def drop(self, *, also_next: bool) -> State:
        return self._invoke(action="drop", also_next=also_next)

    def _invoke(self, **event: Any) -> State:
        with _answering(INVOCATION_S_MAX, self.logs):
            response = self.emulator.functions.invoke(FunctionName=self.function, Payload=json.dumps(event).encode())
            result: State = json.loads(response["Payload"].read())
        if response.get("FunctionError"):
            kind = IndexNotReady if result.get("errorType") in CONFLICTS else LocalStackError
            raise kind(str(result.get("errorMessage", "The function failed.")))
        return result


def _require_answer(access: EmulatorAccess, logs: Path) -> None:
    with _answering(ANSWER_S_MAX, logs):
        httpx.get(health_url(access), timeout=ANSWER_S_MAX, trust_env=False)


@contextmanager
def _answering(seconds_max: float, logs: Path) -> Iterator[None]:
    """Raises `EmulatorSilent` in place of the errors of the clients."""
    try:
        yield
    except (httpx.TransportError, HTTPClientError, AwsConnectionError) as error:
        raise EmulatorSilent(seconds_max, logs) from error
