"""The functions of the analysis machine, with what its states send them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.domain.state_events import PlanInputs
from cinedex.analysis.domain.vectors import pack_vectors
from cinedex.library.domain.feature import Feature, FeatureStatus

from functions import (
    begin_analysis,
    build_documents,
    fail_analysis,
    finish_analysis,
    merge_chunks,
    plan_chunks,
    publish_documents,
)
from tests.support.golden import ACCOUNT, VIDEO, published, received
from tests.support.memory.app_fixture import InMemoryApp

STATE_PAYLOAD_BYTES_MAX = 32 * 1024


@pytest.fixture
def run(memory_app: InMemoryApp) -> AnalysisRun:
    """The run that the golden events speak of."""
    _, run = memory_app.analysing(memory_app.uploaded(video_id=VIDEO, account_id=ACCOUNT))
    assert run.run_id == received("state_begin_analysis")["run_id"]
    return run


def sent(answer: Any) -> Any:
    """The output of a state: JSON of limited size."""
    text = json.dumps(answer)
    assert len(text) < STATE_PAYLOAD_BYTES_MAX
    return json.loads(text)


def planned(memory_app: InMemoryApp) -> Any:
    event = received("state_plan_chunks")
    memory_app.transcribe_and_detect_shots(PlanInputs.model_validate(event["keys"]))
    return sent(plan_chunks.handler(event, None))


def watch(memory_app: InMemoryApp, run: AnalysisRun, event: dict[str, Any]) -> None:
    """Store the results of the workers under the keys of the event."""
    for chunk, result in zip(event["chunks"], memory_app.analyze_chunks(run, event["plan_key"]), strict=True):
        for step, key in chunk["results"].items():
            memory_app.results.put(key, memory_app.results.get(result.results[step]))


def test_the_events_of_the_machine_carry_a_video_to_its_end(memory_app: InMemoryApp, run: AnalysisRun) -> None:
    order = sent(begin_analysis.handler(received("state_begin_analysis"), None))
    assert (order["transcribe"], order["analyze_chunks"], order["embed"]) == (True, True, True)

    plan = planned(memory_app)
    merging, indexing = received("state_merge_chunks"), received("state_publish_documents")
    assert plan["plan_key"] == merging["plan_key"]
    assert [p["index"] for p in plan["chunks"]] == [p["chunk"] for p in merging["chunks"]]
    assert set(plan["chunks"][0]) == set(published("task_message.v1.analyze_chunk")["chunk"])

    watch(memory_app, run, merging)
    assert sent(merge_chunks.handler(merging, None)) == {"chunks": 1}

    gathered = sent(build_documents.handler(received("state_build_documents"), None))
    assert gathered["documents_key"] == indexing["documents_key"]
    vectors = pack_vectors("toy-3d", [(1.0, 0.0, 0.0)] * gathered["count"])
    memory_app.results.put(indexing["embeddings_key"], vectors.model_dump(mode="json"))
    assert sent(publish_documents.handler(indexing, None))["indexed"] == 3

    finish_analysis.handler(received("state_finish_analysis"), None)
    states = memory_app.videos.get(ACCOUNT, VIDEO).features.values()
    assert {s.status for s in states} == {FeatureStatus.READY}
    assert memory_app.runs.list_open() == []


def test_a_bad_chunk_fails_what_needs_pictures_and_the_machine_continues(
    memory_app: InMemoryApp, run: AnalysisRun
) -> None:
    begin_analysis.handler(received("state_begin_analysis"), None)
    planned(memory_app)
    merge_chunks.handler(received("state_merge_chunks_bad_chunk"), None)
    video = memory_app.videos.get(ACCOUNT, VIDEO)
    assert (video.feature(Feature.CAPTIONS).error or "").startswith("Chunk 0 (0-60 s) failed")
    assert video.feature(Feature.EMBEDDINGS).status is FeatureStatus.PROCESSING


def test_a_failure_reaches_people_as_a_sentence(memory_app: InMemoryApp, run: AnalysisRun) -> None:
    begin_analysis.handler(received("state_begin_analysis"), None)
    planned(memory_app)
    fail_analysis.handler(received("state_fail_analysis"), None)
    video = memory_app.videos.get(ACCOUNT, VIDEO)
    error = video.feature(Feature.CAPTIONS).error or ""
    assert error.startswith("Chunk 0 (0-60 s) failed")
    assert error.endswith("cannot be decoded.")
    assert video.feature(Feature.EMBEDDINGS).status is FeatureStatus.BLOCKED


@pytest.mark.parametrize("failure", [{}, {"error": None, "cause": None}, {"error": "States.Timeout"}])
def test_a_failure_without_error_or_cause_still_ends_the_run(
    memory_app: InMemoryApp, run: AnalysisRun, failure: dict[str, Any]
) -> None:
    fail_analysis.handler(received("state_begin_analysis") | failure, None)
    assert memory_app.videos.get(ACCOUNT, VIDEO).feature(Feature.TRANSCRIPT).status is FeatureStatus.FAILED
    assert memory_app.runs.list_open() == []
