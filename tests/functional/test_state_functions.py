"""The functions of the analysis machine, with what its states send them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cinedex.domain.errors import AnalysisFailed
from cinedex.domain.feature import Feature, FeatureStatus
from cinedex.domain.run import AnalysisRun
from cinedex.domain.vectors import pack_vectors

from functions import (
    begin_analysis,
    fail_analysis,
    finish_analysis,
    gather_segments,
    index_segments,
    merge_chunks,
    plan_chunks,
)
from tests.support.golden import ACCOUNT, VIDEO, published, received
from tests.support.memory.house import House

STATE_PAYLOAD_BYTES_MAX = 32 * 1024


@pytest.fixture
def run(house: House) -> AnalysisRun:
    """The run that the golden events speak of."""
    _, run = house.analysing(house.uploaded(video_id=VIDEO, account_id=ACCOUNT))
    assert run.run_id == received("state_begin_analysis")["run_id"]
    return run


def sent(answer: Any) -> Any:
    """What a state hands on: JSON, and small."""
    text = json.dumps(answer)
    assert len(text) < STATE_PAYLOAD_BYTES_MAX
    return json.loads(text)


def planned(house: House) -> Any:
    event = received("state_plan_chunks")
    house.hear_and_see(event["keys"])
    return sent(plan_chunks.handler(event, None))


def watch(house: House, run: AnalysisRun, event: dict[str, Any]) -> None:
    """Leave what workers found where the event says that it lies."""
    for told, found in zip(event["parts"], house.watch_parts(run, event["plan_key"]), strict=True):
        for step, key in told["results"].items():
            house.results.put(key, house.results.get(found["results"][step]))


def test_the_events_of_the_machine_carry_a_video_to_its_end(house: House, run: AnalysisRun) -> None:
    order = sent(begin_analysis.handler(received("state_begin_analysis"), None))
    assert (order["transcribe"], order["watch"], order["embed"]) == (True, True, True)

    plan = planned(house)
    merging, indexing = received("state_merge_chunks"), received("state_index_segments")
    assert plan["plan_key"] == merging["plan_key"]
    assert [p["index"] for p in plan["parts"]] == [p["part"] for p in merging["parts"]]
    assert set(plan["parts"][0]) == set(published("task_message.v1.watch_part")["part"])

    watch(house, run, merging)
    assert sent(merge_chunks.handler(merging, None)) == {"parts": 1}

    gathered = sent(gather_segments.handler(received("state_gather_segments"), None))
    assert gathered["documents_key"] == indexing["documents_key"]
    vectors = pack_vectors("toy-3d", [(1.0, 0.0, 0.0)] * gathered["count"])
    house.results.put(indexing["embeddings_key"], vectors.model_dump(mode="json"))
    assert sent(index_segments.handler(indexing, None))["indexed"] == 3

    finish_analysis.handler(received("state_finish_analysis"), None)
    states = house.videos.get(ACCOUNT, VIDEO).features.values()
    assert {s.status for s in states} == {FeatureStatus.READY}
    assert house.runs.list_open() == []


def test_a_bad_part_leaves_as_an_error_that_the_machine_catches(house: House, run: AnalysisRun) -> None:
    begin_analysis.handler(received("state_begin_analysis"), None)
    planned(house)
    with pytest.raises(AnalysisFailed, match=r"Part 0 \(0-60 s\) failed"):
        merge_chunks.handler(received("state_merge_chunks_bad_part"), None)


def test_a_failure_reaches_people_as_a_sentence(house: House, run: AnalysisRun) -> None:
    begin_analysis.handler(received("state_begin_analysis"), None)
    planned(house)
    fail_analysis.handler(received("state_fail_analysis"), None)
    video = house.videos.get(ACCOUNT, VIDEO)
    told = video.feature(Feature.CAPTIONS).error or ""
    assert told.startswith("Part 0 (0-60 s) failed")
    assert told.endswith("cannot be decoded.")
    assert video.feature(Feature.EMBEDDINGS).status is FeatureStatus.BLOCKED


@pytest.mark.parametrize("told", [{}, {"error": None, "cause": None}, {"error": "States.Timeout"}])
def test_a_failure_without_error_or_cause_still_ends_the_run(
    house: House, run: AnalysisRun, told: dict[str, Any]
) -> None:
    fail_analysis.handler({"order": received("state_begin_analysis"), **told}, None)
    assert house.videos.get(ACCOUNT, VIDEO).feature(Feature.TRANSCRIPT).status is FeatureStatus.FAILED
    assert house.runs.list_open() == []
