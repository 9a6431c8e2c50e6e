"""The order in which the emulator saves, and before what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.emulator.durability import checkpoint as checkpoint_module
from local.emulator.durability.checkpoint import JOURNAL_BYTES_MAX, Checkpoint
from local.emulator.durability.durable_answers import DurableAnswers
from local.emulator.durability.unsaved_changes import UnsavedChanges


@dataclass
class Steps:
    """Records what happens; the step named `failing` fails as on a full disk."""

    failing: str = ""
    taken: list[str] = field(default_factory=list)

    def __call__(self, name: str, result: Any = None) -> Callable[..., Any]:
        def step(*_: object) -> Any:
            self.taken.append(name)
            if name == self.failing:
                raise OSError(28, "No space left on device")
            return result

        return step

    async def durable(self) -> None:
        self.taken.append("durable")


def checkpoint_of(steps: Steps, folder: Path, unsaved: UnsavedChanges, size_bytes: int = 1) -> Checkpoint:
    journal = SimpleNamespace(
        rotate=steps("rotate", 7), drop_before=steps("drop"), size_bytes=size_bytes, folder=folder
    )
    tables = SimpleNamespace(table_names=lambda: ("t",), saved=steps("tables"))
    objects = SimpleNamespace(place_all=steps("place"))
    services = {"dynamodb": dict, "sqs": dict}
    return Checkpoint(
        cast(Any, journal), cast(Any, tables), cast(Any, objects), unsaved, steps("save"), lambda: services
    )


def test_the_journal_is_deleted_when_the_saved_state_contains_it(tmp_path: Path) -> None:
    steps, unsaved = Steps(), UnsavedChanges()
    unsaved.add()
    checkpoint_of(steps, tmp_path, unsaved).run()
    assert steps.taken == ["rotate", "place", "save", "tables", "drop"]
    assert not unsaved


@pytest.mark.parametrize("failing", ["place", "save"])
def test_a_full_disk_keeps_the_journal_and_what_is_unsaved(tmp_path: Path, failing: str) -> None:
    steps, unsaved = Steps(failing), UnsavedChanges()
    unsaved.add()
    with pytest.raises(OSError, match="No space left"):
        checkpoint_of(steps, tmp_path, unsaved).run()
    assert "drop" not in steps.taken
    assert unsaved


def test_a_change_during_a_checkpoint_is_still_unsaved_after_it(tmp_path: Path) -> None:
    unsaved = UnsavedChanges()
    steps = Steps()
    checkpoint = checkpoint_of(steps, tmp_path, unsaved)
    cast(Any, checkpoint)._save = lambda _: unsaved.add()
    checkpoint.run()
    assert unsaved


@pytest.mark.parametrize(
    ("size_bytes", "since_s", "is_due"),
    [
        (0, 1000.0, False),
        (1, 5.1, True),
        (1, 4.9, False),
        (JOURNAL_BYTES_MAX, 0.0, False),
        (JOURNAL_BYTES_MAX + 1, 0.0, True),
    ],
)
def test_a_checkpoint_is_due_after_five_seconds_or_four_mebibytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size_bytes: int, since_s: float, is_due: bool
) -> None:
    assert JOURNAL_BYTES_MAX == 4 * 1024 * 1024
    checkpoint = checkpoint_of(Steps(), tmp_path, UnsavedChanges(), size_bytes)
    monkeypatch.setattr(checkpoint_module, "time", SimpleNamespace(monotonic=lambda: since_s))
    assert checkpoint.is_due() is is_due


def test_small_states_are_saved_without_the_journaled_one(tmp_path: Path) -> None:
    saved: list[list[str]] = []
    checkpoint = checkpoint_of(Steps(), tmp_path, UnsavedChanges())
    cast(Any, checkpoint)._save = lambda services: saved.append(list(services))
    checkpoint.save_small()
    assert saved == [["sqs"]]


def answered(steps: Steps, unsaved: UnsavedChanges, kind: str = "http") -> list[str]:
    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        for name in ("start", "body"):
            await send({"type": f"http.response.{name}"})

    async def send(message: Any) -> None:
        steps.taken.append(message["type"].rsplit(".", 1)[1])

    journal = SimpleNamespace(durable=steps.durable)
    answers = DurableAnswers(application, cast(Any, journal), unsaved, steps("checkpoint"))
    asyncio.run(answers({"type": kind}, cast(Any, None), send))
    return steps.taken


def test_no_answer_leaves_before_the_journal_is_on_the_disk() -> None:
    assert answered(Steps(), UnsavedChanges()) == ["durable", "start", "body"]


def test_an_answer_to_an_unsaved_change_waits_for_a_checkpoint() -> None:
    unsaved = UnsavedChanges()
    unsaved.add()
    assert answered(Steps(), unsaved) == ["checkpoint", "durable", "start", "body"]


def test_only_answers_of_http_wait() -> None:
    assert answered(Steps(), UnsavedChanges(), "lifespan") == ["start", "body"]
