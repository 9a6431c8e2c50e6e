"""Analysis of the frames of a range: number of frames, deadline and observations."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from cinedex.analysis.domain.model_results import Box, Detection, FrameDetections, FrameText, ScreenLine
from cinedex.kernel.span import span
from cinedex.timeline.modality import Modality

from gpu_tasks.frame_observations import object_observations, text_observations
from gpu_tasks.functions.analyze_frames import FRAMES_MAX, AnalyzeFramesRequest, analyze_frames
from tests.support.clips import plain, write_video
from tests.support.tasks import FakeEngines

BOX = Box(x1=0, y1=0, x2=10, y2=10)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("clips") / "plain.mp4", [plain((20, 60, 90))] * 250)


def request_for(clip: Path, start_s: float, end_s: float, seconds_max: float = 20.0) -> AnalyzeFramesRequest:
    return AnalyzeFramesRequest.model_construct(url=str(clip), start_s=start_s, end_s=end_s, seconds_max=seconds_max)


def test_two_frames_a_second_are_analyzed_inside_the_range(clip: Path) -> None:
    analysis = analyze_frames(request_for(clip, 4.0, 6.0), FakeEngines())
    assert analysis.frame_times_s == pytest.approx([4.0, 4.52, 5.0, 5.52])
    assert analysis.models == ("fake-objects@1", "fake-text@1")


def test_an_object_and_a_line_have_the_span_of_the_frames_that_show_them(clip: Path) -> None:
    observations = analyze_frames(request_for(clip, 4.0, 6.0), FakeEngines()).observations
    assert [(s.text, s.source) for s in observations] == [
        ("a person", Modality.OBJECTS),
        ("HELLO", Modality.SCREEN_TEXT),
    ]
    assert all((s.span.start_s, s.span.end_s) == pytest.approx((4.0, 5.52)) for s in observations)


@pytest.mark.parametrize("length_s", [0.1, 10.0, 30.0, 60.0, 3600.0])
def test_at_most_sixty_frames_of_a_range_are_analyzed(clip: Path, length_s: float) -> None:
    times_s = request_for(clip, 5.0, 5.0 + length_s).times_s
    assert 1 <= len(times_s) <= FRAMES_MAX
    assert times_s[0] == 5.0
    assert times_s[-1] < 5.0 + length_s


def test_the_analysis_ends_at_the_deadline(clip: Path) -> None:
    assert analyze_frames(request_for(clip, 0.0, 10.0, seconds_max=1e-9), FakeEngines()).frame_times_s == (0.0,)


def test_distant_frames_are_decoded_with_seeks_and_returned_in_order(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_tasks.functions.analyze_frames.SEEK_STEP_S", 0.0)
    analysis = analyze_frames(request_for(clip, 1.0, 9.0), FakeEngines())
    assert analysis.frame_times_s == pytest.approx(request_for(clip, 1.0, 9.0).times_s, abs=0.041)


def test_the_first_of_distant_frames_cover_the_whole_range(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_tasks.functions.analyze_frames.SEEK_STEP_S", 0.0)
    ticks = iter([0.0, 0.0, 0.0, 1.0])
    monkeypatch.setattr("gpu_tasks.functions.analyze_frames.time", SimpleNamespace(monotonic=lambda: next(ticks)))
    analysis = analyze_frames(request_for(clip, 0.0, 8.0, seconds_max=0.5), FakeEngines())
    assert analysis.frame_times_s == pytest.approx((0.0, 2.0, 4.0), abs=0.041)


def test_a_count_is_confirmed_by_two_frames() -> None:
    frames = [_people(0.0, 2), _people(0.5, 3), _people(1.0, 2), _people(1.5, 1)]
    assert [(s.text, s.span) for s in object_observations(frames, 100)] == [("two people", span(0.0, 1.5))]


def test_an_observation_spans_a_gap_of_one_frame_but_not_of_two() -> None:
    counts = [1, 0, 1, 1, 0, 0, 1, 1]
    frames = [_people(number / 2, count) for number, count in enumerate(counts)]
    assert [s.span for s in object_observations(frames, 100)] == [span(0.0, 1.5), span(3.0, 3.5)]


def test_a_line_is_visible_until_a_frame_is_read_without_it() -> None:
    read = [_text(0.0, "ONE", "TWO"), _text(2.0, "TWO")]
    observations = text_observations([0.0, 0.5, 1.0, 1.5, 2.0, 2.5], read)
    assert [(s.text, s.span) for s in observations] == [("ONE", span(0.0, 1.5)), ("TWO", span(0.0, 2.5))]


def _people(at_s: float, count: int) -> FrameDetections:
    people = (Detection(label="person", score=0.9, box=BOX),) * count
    return FrameDetections(at_s=at_s, frame_index=0, detections=people)


def _text(at_s: float, *lines: str) -> FrameText:
    return FrameText(at_s=at_s, lines=tuple(ScreenLine(text=line, score=0.9, box=BOX) for line in lines))
