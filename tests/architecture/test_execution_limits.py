"""What an execution of the state machine may have, and what it has for the longest video.

Quotas of Step Functions (its developer guide, 2026-11): an event history of 25,000 events, 256 KiB for the input and
output of a state and for a variable. Prices count state transitions: each state that is entered, and each retry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pytest
from cinedex.analysis.domain.run import AnalysisRun, Priority, run_id_of
from cinedex.analysis.domain.state_events import AnalysisJob, ChunkResult, MergeChunksEvent
from cinedex.analysis.domain.task_message import MediaReference, TaskCost
from cinedex.analysis.usecases.begin_analysis import FRAME_STEPS
from cinedex.kernel.ids import new_id
from cinedex.library.domain.feature import CATALOG, Feature
from cinedex.library.domain.object_keys import UploadKey, plan_key, task_result_key
from cinedex.library.domain.segmenting import CHUNKS_MAX, Chunk, Segment, SegmentingOptions, cut_segments, group_chunks
from cinedex.settings import MediaSettings

from tests.support.memory.scenario import NOON
from tests.support.template import REPOSITORY, analyze_video

HISTORY_EVENTS_MAX = 25_000
PAYLOAD_BYTES_MAX = 262_144
VIDEO_S: float = MediaSettings.model_fields["seconds_max"].default
EVENTS = {"Pass": 2, "Choice": 2, "Succeed": 2, "Fail": 1, "Task": 5, "Parallel": 4, "Map": 4}
"""Of a state that succeeds at once, without those of its branches or iterations."""
FAIL_BRANCH = {"FailAnalysis", "Failed", "SpeechAndShotsFailed"}


class Load(NamedTuple):
    events: int
    transitions: int

    def __add__(self, other: Any) -> Load:
        return Load(self.events + other.events, self.transitions + other.transitions)

    def times(self, number: int) -> Load:
        return Load(self.events * number, self.transitions * number)


def chunks_of(seconds: float, options: SegmentingOptions | None = None) -> tuple[Chunk, ...]:
    segments: Sequence[Segment] = cut_segments(seconds, [], [], options or SegmentingOptions())
    return group_chunks(segments)


def load(states: dict[str, Any], name: str, items: int, *, retries: bool) -> Load:
    """From a state to the end, on the way with the most events that does not fail."""
    state = states[name]
    own = Load(EVENTS[state["Type"]], 1)
    if state["Type"] == "Task":
        waits = state["Resource"].endswith("waitForTaskToken")
        attempts = sum(retry["MaxAttempts"] for retry in state["Retry"]) if retries else 0
        own += Load(waits + attempts * (3 + waits), attempts)
    if state["Type"] == "Map":
        inner = state["ItemProcessor"]
        own += (load(inner["States"], inner["StartAt"], items, retries=retries) + Load(2, 0)).times(items)
    for branch in state.get("Branches", ()):
        own += load(branch["States"], branch["StartAt"], items, retries=retries)
    following = [n for n in _next(state) if n not in FAIL_BRANCH]
    return own + max((load(states, n, items, retries=retries) for n in following), default=Load(0, 0))


def _next(state: dict[str, Any]) -> Iterator[str]:
    yield from (state[key] for key in ("Next", "Default") if key in state)
    yield from (choice["Next"] for choice in state.get("Choices", ()))


def execution(seconds: float, *, retries: bool = False) -> Load:
    machine = analyze_video()
    return Load(2, 0) + load(machine["States"], machine["StartAt"], len(chunks_of(seconds)), retries=retries)


def largest_run() -> AnalysisRun:
    video_id, generations = new_id(), dict.fromkeys(CATALOG, 9_999)
    return AnalysisRun(
        run_id=run_id_of(video_id, generations),
        account_id="a" * 128,
        video_id=video_id,
        generations=generations,
        started_at=NOON,
    )


def largest_job(run: AnalysisRun) -> AnalysisJob:
    key = str(UploadKey(account_id=run.account_id, video_id=run.video_id, filename="f" * 200))
    options = {"language": "x" * 35, "steps": list(FRAME_STEPS[Feature.CAPTIONS]), "detection": {"conf": 0.123456789}}
    return AnalysisJob(
        account_id=run.account_id,
        video_id=run.video_id,
        run_id=run.run_id,
        scope=run.run_id,
        media=MediaReference(bucket="b" * 63, key=key, etag="e" * 64),
        priority=Priority.LIVE,
        cost=TaskCost(per_s=0.1234, video_s=VIDEO_S),
        chunks_at_once=40,
        **dict.fromkeys(("transcribe", "read_subtitles", "analyze_chunks", "embed"), True),
        options=dict.fromkeys(("transcribe_speech", "detect_shots", "analyze_chunk", "embed_segments"), options),
        plan_key=plan_key(run.account_id, run.video_id, run.run_id),
        chunks=chunks_of(VIDEO_S, SegmentingOptions(min_len_s=1, max_len_s=1)),
    )


def merged(run: AnalysisRun, **failure: str) -> MergeChunksEvent:
    """What all chunks together return."""
    steps = FRAME_STEPS[Feature.CAPTIONS]
    keys = {s: task_result_key(run.account_id, run.video_id, run.run_id, s, "00047-" + "f" * 64) for s in steps}
    results = {} if failure else keys
    chunks = tuple(ChunkResult(chunk=n, results=results, **failure) for n in range(CHUNKS_MAX))
    ids = {"account_id": run.account_id, "video_id": run.video_id, "run_id": run.run_id}
    return MergeChunksEvent(**ids, plan_key="p" * 300, chunks=chunks)


@pytest.mark.parametrize("segment_s", [1, 25, 600])
def test_the_longest_video_has_at_most_48_chunks(segment_s: float) -> None:
    assert len(chunks_of(VIDEO_S, SegmentingOptions(min_len_s=segment_s, max_len_s=segment_s))) <= CHUNKS_MAX == 48


def test_the_history_of_the_longest_video_is_far_from_its_quota_even_if_every_task_is_retried() -> None:
    assert 10 * execution(VIDEO_S, retries=True).events < HISTORY_EVENTS_MAX


def test_what_travels_between_states_is_far_from_its_quota_for_the_longest_video() -> None:
    run = largest_run()
    job = largest_job(run)
    item = {"chunk": job.chunks[-1].model_dump_json(), "job": job.model_dump_json(), "plan_key": job.plan_key}
    failed = merged(run, error="E" * 256, cause="c" * 200)
    payloads = [job.model_dump_json(), str(item), merged(run).model_dump_json(), failed.model_dump_json()]
    assert {4 * len(payload.encode()) < PAYLOAD_BYTES_MAX for payload in payloads} == {True}


def test_the_page_tells_the_transitions_of_a_video() -> None:
    """The price of a video follows from them."""
    page = " ".join((REPOSITORY / "docs/13-scale.md").read_text().split())
    short, long = execution(60.0), execution(VIDEO_S)
    worst = execution(VIDEO_S, retries=True)
    assert f"A video of a minute has {short.transitions} state transitions, one of 12 hours {long.transitions}" in page
    assert f"{long.events:,} events, {worst.events:,} if every task is retried as often as possible" in page
