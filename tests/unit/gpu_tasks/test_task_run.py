"""The inputs of a task are stored documents; a task without them is invalid and says which one is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from cinedex.analysis.domain.model_results import ModelInfo, ReadText, Shots

from gpu_tasks.task_errors import InvalidTask
from gpu_tasks.task_run import TaskRun
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import FakeEngines, message, task_run

SHOTS = Shots(shots=(), duration_s=5.0)


def run_with(inputs: dict[str, str]) -> TaskRun:
    results = MemoryResultStore()
    results.put("results/shots.json", SHOTS.model_dump(mode="json"))
    return task_run(message("analyze_chunk", inputs=inputs), Path("clip.mp4"), FakeEngines(), results)


def test_an_input_is_the_stored_document_of_its_key() -> None:
    run = run_with({"shots": "results/shots.json"})
    assert run.input("shots", Shots) == SHOTS
    assert run.input_document("shots") == SHOTS.model_dump(mode="json")


@pytest.mark.parametrize(
    ("inputs", "cause"),
    [
        ({}, "The task analyze_chunk needs the input 'shots'."),
        ({"shots": "results/x.json"}, "The input 'shots' does not exist in the result store: results/x.json."),
    ],
)
def test_a_task_without_its_input_is_invalid(inputs: dict[str, str], cause: str) -> None:
    with pytest.raises(InvalidTask) as failure:
        run_with(inputs).input_document("shots")
    assert str(failure.value) == cause


def test_an_input_of_another_kind_is_invalid() -> None:
    with pytest.raises(InvalidTask, match="The input 'shots' is not a ReadText: Field required"):
        run_with({"shots": "results/shots.json"}).input("shots", ReadText)


def test_a_stored_result_is_loaded_again_by_its_key() -> None:
    run = run_with({})
    models = (ModelInfo(id="m", version="1"), ModelInfo(id="n", version="2"))
    key = run.key("detect_shots", models, threshold=27)
    run.store(key, SHOTS)
    assert run.load(key, Shots) == SHOTS
    assert len({key, run.key("detect_shots", models), run.key("detect_shots", models[:1], threshold=27)}) == 3
