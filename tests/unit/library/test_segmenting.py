"""Segments cover a video without gaps, within the requested lengths, cut at shots and pauses of speech."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from cinedex.kernel.span import Span, span
from cinedex.library.domain.segmenting import (
    CHUNK_LENGTH_MIN_S,
    CHUNKS_MAX,
    SHORTEST_SCENE_SEGMENT_S,
    SHORTEST_SEGMENT_S,
    Segment,
    SegmentingOptions,
    cut_segments,
    group_chunks,
)
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

DAY_S = 86_400.0
STATE_PAYLOAD_BYTES_MAX = 32 * 1024
LENGTHS = st.floats(min_value=1, max_value=60, allow_nan=False)


@st.composite
def videos(draw: st.DrawFn) -> tuple[float, list[Span], list[Span]]:
    """A duration, shots that cover it without gaps, and speech anywhere in it."""
    lengths = draw(st.lists(st.floats(min_value=0.04, max_value=90), min_size=1, max_size=40))
    shots, at_s = list[Span](), 0.0
    for length_s in lengths:
        shots.append(span(at_s, at_s + length_s))
        at_s += length_s
    times = st.tuples(st.floats(0, at_s), st.floats(0, at_s))
    speech = draw(st.lists(times.map(lambda t: span(min(t), max(t))), max_size=20))
    return at_s, shots, speech


@st.composite
def options(draw: st.DrawFn) -> SegmentingOptions:
    shortest, longest = sorted((draw(LENGTHS), draw(LENGTHS)))
    return SegmentingOptions(min_len_s=shortest, max_len_s=longest, use_scene_detection=draw(st.booleans()))


@given(videos(), options())
def test_segments_cover_the_video_without_gaps_or_overlaps(
    video: tuple[float, list[Span], list[Span]], segmenting: SegmentingOptions
) -> None:
    duration_s, shots, speech = video
    segments = cut_segments(duration_s, shots, speech, segmenting)
    assert [s.index for s in segments] == list(range(len(segments)))
    assert (segments[0].span.start_s, segments[-1].span.end_s) == (0.0, duration_s)
    assert all(a.span.end_s == b.span.start_s for a, b in pairwise(segments))


@given(videos(), options())
def test_no_segment_is_longer_than_requested(
    video: tuple[float, list[Span], list[Span]], segmenting: SegmentingOptions
) -> None:
    longest_s = max(s.span.length_s for s in cut_segments(*video, segmenting))
    assert longest_s <= segmenting.max_len_s + SHORTEST_SEGMENT_S + 1e-6


@given(videos(), options())
def test_without_scenes_only_the_last_segment_may_be_short(
    video: tuple[float, list[Span], list[Span]], segmenting: SegmentingOptions
) -> None:
    *others, _last = cut_segments(*video, segmenting.model_copy(update={"use_scene_detection": False}))
    assert all(s.span.length_s >= segmenting.min_len_s - 1e-6 for s in others)


@given(videos())
def test_with_scenes_every_cut_is_a_shot_boundary_while_shots_are_short_enough(
    video: tuple[float, list[Span], list[Span]],
) -> None:
    duration_s, shots, speech = video
    whole = SegmentingOptions(min_len_s=600, max_len_s=600, use_scene_detection=True)
    segments = cut_segments(min(duration_s, 600), [s for s in shots if s.end_s <= 600], speech, whole)
    assert {s.span.start_s for s in segments} <= {0.0} | {s.start_s for s in shots}


def test_a_shot_boundary_between_the_bounds_is_where_a_segment_ends() -> None:
    segments = cut_segments(40, [span(0, 18), span(18, 40)], [span(2, 19)], SegmentingOptions())
    assert [s.span for s in segments] == [span(0, 18), span(18, 40)]


def test_without_a_boundary_the_longest_pause_of_speech_is_cut_in_its_middle() -> None:
    speech = [span(0, 16), span(16.5, 19), span(22, 40)]
    segments = cut_segments(40, [span(0, 40)], speech, SegmentingOptions())
    assert segments[0].span.end_s == pytest.approx(20.5)


def test_a_pause_that_ends_where_a_segment_may_is_too_early_to_be_cut() -> None:
    segments = cut_segments(40, [span(0, 40)], [span(0, 14), span(15, 40)], SegmentingOptions())
    assert segments[0].span == span(0, 25)


def test_speech_without_a_pause_is_cut_at_the_longest_length() -> None:
    segments = cut_segments(40, [span(0, 40)], [span(0, 40)], SegmentingOptions())
    assert segments[0].span == span(0, 25)


def test_a_remainder_too_short_to_show_joins_the_segment_before() -> None:
    assert [s.span for s in cut_segments(25.4, [], [], SegmentingOptions())] == [span(0, 25.4)]


@pytest.mark.parametrize("use_scene_detection", [False, True])
@pytest.mark.parametrize(("length_s", "count"), [(24.9, 1), (25.0, 1), (25.6, 2)])
def test_a_shot_or_a_video_of_exactly_the_longest_length_is_one_segment(
    length_s: float, count: int, use_scene_detection: bool
) -> None:
    options = SegmentingOptions(min_len_s=15, max_len_s=25, use_scene_detection=use_scene_detection)
    shots = [span(0, length_s), span(length_s, length_s + 25.0)] if use_scene_detection else [span(0, length_s)]
    pause = [span(0, 18), span(20, shots[-1].end_s)]  # a segment that is too long is cut in it
    segments = cut_segments(shots[-1].end_s, shots, pause, options)
    assert [s.span.start_s < length_s for s in segments].count(True) == count
    assert segments[-1].span.length_s <= 25.0


def test_a_montage_of_fast_cuts_is_one_segment() -> None:
    shots = [span(i / 2, (i + 1) / 2) for i in range(4)] + [span(2, 10)]
    segments = cut_segments(10, shots, [], SegmentingOptions(use_scene_detection=True))
    assert [s.span for s in segments] == [span(0, 10)]
    assert shots[0].length_s < SHORTEST_SCENE_SEGMENT_S


def test_a_video_without_length_is_one_segment() -> None:
    assert [s.span for s in cut_segments(0, [], [], SegmentingOptions())] == [span(0, 0)]


@pytest.mark.parametrize(("min_len_s", "max_len_s"), [(0, 25), (0.01, 25), (15, 601), (26, 25), (15, float("nan"))])
def test_lengths_that_make_no_sense_are_refused(min_len_s: float, max_len_s: float) -> None:
    with pytest.raises(ValidationError):
        SegmentingOptions(min_len_s=min_len_s, max_len_s=max_len_s)


@given(videos(), options())
def test_chunks_are_whole_segments_in_order_and_leave_none_out(
    video: tuple[float, list[Span], list[Span]], segmenting: SegmentingOptions
) -> None:
    segments = cut_segments(*video, segmenting)
    chunks = group_chunks(segments)
    held = [i for p in chunks for i in range(p.first_segment, p.first_segment + p.segment_count)]
    assert held == [s.index for s in segments]
    assert len(chunks) <= CHUNKS_MAX
    assert all(p.span.length_s >= CHUNK_LENGTH_MIN_S for p in chunks[:-1])


@pytest.mark.parametrize(("shot_s", "joined"), [(2.99, True), (3.0, False)])
def test_shots_under_three_seconds_are_joined_with_their_neighbour(shot_s: float, joined: bool) -> None:
    shots = [span(0, 10), span(10, 10 + shot_s), span(10 + shot_s, 20 + shot_s)]
    segments = cut_segments(20 + shot_s, shots, [], SegmentingOptions(use_scene_detection=True))
    assert len(segments) == (2 if joined else 3)


@pytest.mark.parametrize(("rest_s", "count"), [(0.49, 1), (0.5, 2)])
def test_a_remainder_under_half_a_second_joins_the_segment_before(rest_s: float, count: int) -> None:
    assert len(cut_segments(25 + rest_s, [], [], SegmentingOptions())) == count


def test_segments_are_15_to_25_seconds_long_without_scenes_unless_a_request_says_otherwise() -> None:
    assert SegmentingOptions() == SegmentingOptions(min_len_s=15, max_len_s=25, use_scene_detection=False)
    for length_s in (1, 600):
        assert SegmentingOptions(min_len_s=length_s, max_len_s=length_s).max_len_s == length_s
    for lengths in ({"min_len_s": 0.99}, {"min_len_s": 1, "max_len_s": 0.99}, {"max_len_s": 600.1}):
        with pytest.raises(ValidationError):
            SegmentingOptions(**lengths)
    with pytest.raises(ValidationError, match="min_len"):
        SegmentingOptions(min_len_s=601, max_len_s=601)


@pytest.mark.parametrize(("boundary_s", "end_s"), [(14.9, 25), (15, 15), (24.9, 24.9), (25, 25), (0, 25)])
def test_a_segment_ends_at_a_boundary_from_its_shortest_length_on(boundary_s: float, end_s: float) -> None:
    shots = [span(0, boundary_s), span(boundary_s, 60)]
    assert cut_segments(60, shots, [span(0, 60)], SegmentingOptions())[0].span == span(0, end_s)


def test_the_last_of_several_boundaries_is_where_a_segment_ends() -> None:
    shots = [span(0, 16), span(16, 20), span(20, 60)]
    assert cut_segments(60, shots, [], SegmentingOptions())[0].span == span(0, 20)


def test_speech_that_overlaps_has_no_pause_and_what_follows_it_is_one() -> None:
    overlapping = [span(0, 24), span(5, 8), span(24, 60)]
    assert cut_segments(60, [], overlapping, SegmentingOptions())[0].span == span(0, 25)
    assert cut_segments(60, [], [span(0, 17)], SegmentingOptions())[0].span == span(0, 21)


@pytest.mark.parametrize(
    ("duration_s", "gap_s", "first_s"),
    [(300, 0, 120), (300, 119, 120), (300, 150, 150), (48 * 120, 0, 120), (48 * 150, 0, 150)],
)
def test_chunks_are_two_minutes_long_or_as_long_as_key_frames_are_apart_or_one_of_48(
    duration_s: float, gap_s: float, first_s: float
) -> None:
    segments = [Segment(index=i, span=span(i * 10, (i + 1) * 10)) for i in range(int(duration_s / 10))]
    chunks = group_chunks(segments, gap_s)
    assert chunks[0].span == span(0, first_s)
    assert len(chunks) <= 48
    assert (chunks[1].index, chunks[1].first_segment, chunks[1].span.start_s) == (1, first_s / 10, first_s)


def test_no_segments_are_no_chunks() -> None:
    assert group_chunks(()) == ()


def _references(segments: tuple[Segment, ...]) -> str:
    """What the Map answers for a forced run: three results for each chunk, with the longest ids there are."""
    account_id = video_id = "0198c1de-aaaa-7bbb-8ccc-ddddeeeeffff"
    scope = f"{video_id}-t999c999e999o999"
    steps = ("detect_objects", "read_text", "describe_segments")
    return json.dumps(
        [
            {
                "chunk": chunk.index,
                "results": {
                    s: f"results/{account_id}/{video_id}/{scope}/{s}/part-{chunk.index:04d}-{'0' * 24}.json"
                    for s in steps
                },
            }
            for chunk in group_chunks(segments)
        ]
    )


def test_payloads_between_states_stay_small_for_a_day_of_video() -> None:
    segments = cut_segments(DAY_S, [], [], SegmentingOptions())
    chunks = json.dumps([p.model_dump(mode="json") for p in group_chunks(segments)])
    assert len(group_chunks(segments)) == CHUNKS_MAX
    assert len(chunks) < STATE_PAYLOAD_BYTES_MAX
    assert len(_references(segments)) < STATE_PAYLOAD_BYTES_MAX - 1024
