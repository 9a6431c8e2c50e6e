"""The search index of a running local stack, through the function ManageIndex, as in AWS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from local.deploy.deployment import Deployment
from local.emulator import launch
from local.emulator.clients import EmulatorClients
from local.errors import LocalStackError, NotReady, StackNotRunning
from local.home import Home

Answer = dict[str, Any]
SLICE_S = 10
"""Duration of one invocation, and so the interval of progress messages."""
CONFLICTS = ("StateConflict", "StaleRevision")
"""Names of the exception classes in Lambda's `errorType` that mean a conflict."""


@dataclass(frozen=True)
class SearchIndex:
    """Every method answers `{"versions": …, "backfill": …}`; raises `LocalStackError` with the reason."""

    emulator: EmulatorClients
    function: str

    @classmethod
    def of(cls, home: Home) -> SearchIndex:
        deployment = Deployment.read(home.deployment)
        if home.running() is None or deployment is None:
            raise StackNotRunning(home.root)
        emulator = EmulatorClients(launch.endpoint_url(int(home.emulator_port.read_text())))
        return cls(emulator, deployment.outputs["ManageIndexFunctionName"])

    def status(self) -> Answer:
        return self._order(action="status")

    def backfill(self, segments_per_s: float | None) -> Answer:
        """Begin, or go on for a while; "filled" when there is nothing left to do."""
        return self._order(action="backfill", seconds_max=SLICE_S, segments_per_s=segments_per_s)

    def swap(self) -> Answer:
        return self._order(action="swap")

    def drop(self, *, also_next: bool) -> Answer:
        return self._order(action="drop", also_next=also_next)

    def _order(self, **order: Any) -> Answer:
        answer = self.emulator.functions.invoke(FunctionName=self.function, Payload=json.dumps(order).encode())
        told: Answer = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            failed = NotReady if told.get("errorType") in CONFLICTS else LocalStackError
            raise failed(str(told.get("errorMessage", "The function failed.")))
        return told
