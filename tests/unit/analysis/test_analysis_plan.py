"""The plan assigns segments to each chunk, and each utterance to one segment."""

from __future__ import annotations

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.kernel.span import span
from cinedex.library.domain.segmenting import SegmentingOptions, cut_segments, group_chunks

from tests.support.memory.app_fixture import spoken

DURATION_S = 400.0
SEGMENTS = cut_segments(DURATION_S, [span(0, DURATION_S)], [], SegmentingOptions())
PLAN = AnalysisPlan(
    duration_s=DURATION_S,
    language="en",
    shots=(span(0, DURATION_S),),
    segments=SEGMENTS,
    chunks=group_chunks(SEGMENTS),
    utterances=tuple(spoken(t, t + 4, "Word.") for t in range(0, 396, 4)),
)


def test_the_chunks_hold_every_segment_once() -> None:
    assert tuple(s for chunk in PLAN.chunks for s in PLAN.segments_of(chunk)) == PLAN.segments
    assert len(PLAN.chunks) > 1


def test_each_utterance_is_heard_in_one_segment() -> None:
    heard = [u for segment in PLAN.segments for u in PLAN.speech_in(segment.span)]
    assert heard == list(PLAN.utterances)


def test_a_plan_survives_being_stored() -> None:
    assert AnalysisPlan.model_validate_json(PLAN.model_dump_json()) == PLAN


def test_a_plan_stored_by_an_earlier_version_is_read() -> None:
    stored = PLAN.model_dump(mode="json")
    stored["parts"] = stored.pop("chunks")
    assert AnalysisPlan.model_validate(stored) == PLAN
