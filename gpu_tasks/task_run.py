"""The arguments of a task: its message, the media file, the engines and the result store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cinedex.analysis.domain.model_results import ModelInfo, ModelResult
from cinedex.analysis.domain.task_message import TaskMessage, result_key
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.kernel.errors import NotFound
from pydantic import ValidationError

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.task_errors import InvalidTask

SomeResult = TypeVar("SomeResult", bound=ModelResult)


@dataclass(frozen=True)
class TaskRun:
    """One execution of a task.

    `fetch_media` downloads the file at its first call and returns the same path afterwards. `report` takes the
    completed share, 0 to 1. Tasks call it often, because it raises `TaskInterrupted` when the task has to stop.
    """

    message: TaskMessage
    engines: EngineRegistry
    results: ResultStore
    fetch_media: Callable[[], Path]
    report: Callable[[float], None]

    def key(self, step: str, models: Sequence[ModelInfo], **options: Any) -> str:
        """The key of the result of a step; `models` and `options` are part of its hash."""
        return result_key(self.message, step, {"models": [m.label for m in models], **options})

    def store(self, key: str, finding: ModelResult) -> None:
        self.results.put(key, finding.model_dump(mode="json"))

    def load(self, key: str, kind: type[SomeResult]) -> SomeResult:
        return kind.model_validate(self.results.get(key))

    def input_document(self, name: str) -> Any:
        """The stored document under the key in `inputs`. Raises `InvalidTask` when there is none."""
        key = self.message.inputs.get(name)
        if key is None:
            raise InvalidTask(f"The task {self.message.task} needs the input {name!r}.")
        try:
            return self.results.get(key)
        except NotFound:
            raise InvalidTask(f"The input {name!r} does not exist in the result store: {key}.") from None

    def input(self, name: str, kind: type[SomeResult]) -> SomeResult:
        try:
            return kind.model_validate(self.input_document(name))
        except ValidationError as error:
            raise InvalidTask(f"The input {name!r} is not a {kind.__name__}: {error.errors()[0]['msg']}.") from error


class TaskInterrupted(Exception):
    """The worker stops, or the state machine no longer waits for the task. Stored results are kept."""
