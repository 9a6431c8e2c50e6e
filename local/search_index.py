"""The search index of a running local stack, through the function ManageIndex, as in AWS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from local.deploy.deployment import Deployment
from local.emulator.access import EmulatorAccess
from local.emulator.clients import EmulatorClients
from local.errors import IndexNotReady, LocalStackError, StackNotRunning
from local.home import Home

State = dict[str, Any]
SLICE_S = 10
"""Duration of one invocation, and so the interval of progress messages."""
CONFLICTS = ("StateConflict", "StaleRevision")
"""Names of the exception classes in Lambda's `errorType` that mean a conflict."""


@dataclass(frozen=True)
class SearchIndex:
    """Every method returns `{"versions": …, "reindexing": …}` and raises `LocalStackError` on failure."""

    emulator: EmulatorClients
    function: str

    @classmethod
    def of(cls, home: Home) -> SearchIndex:
        deployment = Deployment.read(home.deployment)
        if home.running() is None or deployment is None:
            raise StackNotRunning(home.root)
        emulator = EmulatorClients(EmulatorAccess.of_running_stack(home))
        return cls(emulator, deployment.outputs["ManageIndexFunctionName"])

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
        response = self.emulator.functions.invoke(FunctionName=self.function, Payload=json.dumps(event).encode())
        result: State = json.loads(response["Payload"].read())
        if response.get("FunctionError"):
            kind = IndexNotReady if result.get("errorType") in CONFLICTS else LocalStackError
            raise kind(str(result.get("errorMessage", "The function failed.")))
        return result
