"""The state machine and the models of its payloads name the same fields, in both directions."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any, get_args, get_type_hints

import pytest
from cinedex.analysis.domain.state_events import AnalysisJob, ChunkResult, PlanInputs, RunEvent
from cinedex.analysis.domain.task_message import TaskName
from pydantic import BaseModel

from tests.support.template import analyze_video, entry_point, resource, states, strings

STATES = dict(states(analyze_video()))
LAMBDA_STATES = {n: s for n, s in STATES.items() if s.get("Resource") == "arn:aws:states:::lambda:invoke"}
RESULT = r"\$states\.result\.Payload\.(\w+)"


def hints(state: str) -> dict[str, Any]:
    """The types of the event and of the result of the function behind a state."""
    module = import_module(entry_point(resource(f"{state}Function")).rsplit(".", 1)[0])
    return get_type_hints(module.handler.__wrapped__)


def fields(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def references(pattern: str, value: Any) -> set[str]:
    return {name for text in strings(value) for name in re.findall(pattern, text)}


@pytest.mark.parametrize("state", LAMBDA_STATES)
def test_a_state_sends_the_fields_of_the_event_and_no_others(state: str) -> None:
    assert set(LAMBDA_STATES[state]["Arguments"]["Payload"]) == fields(hints(state)["event"])


@pytest.mark.parametrize("state", [n for n, s in LAMBDA_STATES.items() if references(RESULT, s)])
def test_a_state_reads_only_fields_of_its_result(state: str) -> None:
    assert references(RESULT, LAMBDA_STATES[state]) <= fields(hints(state)["return"])


def test_the_job_has_the_fields_that_the_states_read_and_no_others() -> None:
    assert hints("BeginAnalysis")["return"] is AnalysisJob
    begin = references(RESULT, STATES["BeginAnalysis"])
    parallel = references(r"\$states\.input\.(\w+)", STATES["TranscribeAndDetectShots"])  # its input is the job
    parallel -= {"error", "cause"}  # of a branch that has failed
    later = references(r"(?:\$|\.input\.)job\.(\w+)", analyze_video())
    assert begin | parallel | later == fields(AnalysisJob)


def test_options_are_read_for_every_task() -> None:
    assert references(r"\.options\.(\w+)", analyze_video()) == set(get_args(TaskName))


def test_the_input_of_the_execution_has_the_fields_of_a_run() -> None:
    assert references(r"\$states\.context\.Execution\.Input\.(\w+)", analyze_video()) == fields(RunEvent)


def test_the_output_of_a_chunk_has_the_fields_of_its_result_and_no_others() -> None:
    state = STATES["AnalyzeChunk"]
    outputs = [state["Output"], *(catch["Output"] for catch in state["Catch"])]
    assert references(r"'(\w+)':", outputs) == fields(ChunkResult)


def test_the_plan_is_made_from_the_results_of_the_parallel_tasks() -> None:
    branches = STATES["TranscribeAndDetectShots"]["Branches"]
    inner = [s for branch in branches for s in branch["States"].values() if s["Type"] == "Task"]
    tasks = {s["Arguments"]["MessageBody"]["task"] for s in inner}
    assert tasks | {f"{task}_failure" for task in tasks} == fields(PlanInputs)
    assert {name for s in inner for name in references(r"'(\w+_failure)'", s["Catch"])} == {
        f"{t}_failure" for t in tasks
    }


def test_embed_segments_passes_on_what_publish_documents_needs() -> None:
    assert references(r"'(\w+)':", STATES["EmbedSegments"]["Output"]) == references(
        r"\$states\.input\.(\w+)", STATES["PublishDocuments"]["Arguments"]
    )
