"""Events of earlier versions of the state machine are read."""

from __future__ import annotations

from cinedex.analysis.domain.state_events import ChunkResult, FailAnalysisEvent, MergeChunksEvent

IDS = {"account_id": "a", "video_id": "v", "run_id": "v-c1"}


def test_chunks_may_be_called_parts() -> None:
    event = MergeChunksEvent.model_validate(IDS | {"plan_key": "plan", "parts": [{"part": 2, "error": "OutOfMemory"}]})
    assert event.chunks == (ChunkResult(chunk=2, error="OutOfMemory"),)


def test_the_ids_of_a_failed_run_may_be_nested() -> None:
    assert FailAnalysisEvent.model_validate({"order": IDS, "error": "States.Timeout"}) == FailAnalysisEvent(
        account_id="a", video_id="v", run_id="v-c1", error="States.Timeout"
    )
