"""Frames of a range looked at on demand: how many, until when, and what is told of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from cinedex.analysis.domain.model_results import Box, Detection, FrameDetections, FrameText, ScreenLine
from cinedex.kernel.span import span
from cinedex.timeline.modality import Modality

from gpu_tasks.frame_observations import object_sights, text_sights
from gpu_tasks.functions.analyze_frames import FRAMES_MAX, AnalyzeFramesRequest, view
from tests.support.clips import plain, write_video
from tests.support.tasks import ToldShelf

BOX = Box(x1=0, y1=0, x2=10, y2=10)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("clips") / "plain.mp4", [plain((20, 60, 90))] * 250)


def order(clip: Path, start_s: float, end_s: float, seconds_max: float = 20.0) -> AnalyzeFramesRequest:
    return AnalyzeFramesRequest.model_construct(url=str(clip), start_s=start_s, end_s=end_s, seconds_max=seconds_max)


def test_two_frames_a_second_are_looked_at_inside_the_range(clip: Path) -> None:
    viewed = view(order(clip, 4.0, 6.0), ToldShelf())
    assert viewed.frame_times_s == pytest.approx([4.0, 4.52, 5.0, 5.52])
    assert viewed.models == ("told-objects@1", "told-text@1")


def test_a_thing_and_a_line_are_told_with_the_frames_that_show_them(clip: Path) -> None:
    sights = view(order(clip, 4.0, 6.0), ToldShelf()).observations
    assert [(s.text, s.source) for s in sights] == [("a person", Modality.OBJECTS), ("HELLO", Modality.SCREEN_TEXT)]
    assert all((s.span.start_s, s.span.end_s) == pytest.approx((4.0, 5.52)) for s in sights)


@pytest.mark.parametrize("length_s", [0.1, 10.0, 30.0, 60.0, 3600.0])
def test_no_more_than_sixty_frames_are_wanted_of_any_range(clip: Path, length_s: float) -> None:
    times_s = order(clip, 5.0, 5.0 + length_s).times_s
    assert 1 <= len(times_s) <= FRAMES_MAX
    assert times_s[0] == 5.0
    assert times_s[-1] < 5.0 + length_s


def test_looking_stops_when_the_time_is_up(clip: Path) -> None:
    assert view(order(clip, 0.0, 10.0, seconds_max=1e-9), ToldShelf()).frame_times_s == (0.0,)


def test_frames_far_apart_are_sought_and_told_in_order(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_tasks.functions.analyze_frames.SEEK_STEP_S", 0.0)
    viewed = view(order(clip, 1.0, 9.0), ToldShelf())
    assert viewed.frame_times_s == pytest.approx(order(clip, 1.0, 9.0).times_s, abs=0.041)


def test_the_first_of_frames_far_apart_cover_the_whole_range(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_tasks.functions.analyze_frames.SEEK_STEP_S", 0.0)
    ticks = iter([0.0, 0.0, 0.0, 1.0])
    monkeypatch.setattr("gpu_tasks.functions.analyze_frames.time", SimpleNamespace(monotonic=lambda: next(ticks)))
    viewed = view(order(clip, 0.0, 8.0, seconds_max=0.5), ToldShelf())
    assert viewed.frame_times_s == pytest.approx((0.0, 2.0, 4.0), abs=0.041)


def test_how_many_there_are_is_what_two_frames_agree_on() -> None:
    frames = [_people(0.0, 2), _people(0.5, 3), _people(1.0, 2), _people(1.5, 1)]
    assert [(s.text, s.span) for s in object_sights(frames, 100)] == [("two people", span(0.0, 1.5))]


def test_a_thing_overlooked_in_one_frame_was_there_and_one_missing_longer_was_not() -> None:
    counts = [1, 0, 1, 1, 0, 0, 1, 1]
    frames = [_people(number / 2, count) for number, count in enumerate(counts)]
    assert [s.span for s in object_sights(frames, 100)] == [span(0.0, 1.5), span(3.0, 3.5)]


def test_a_line_stands_until_a_frame_is_read_without_it() -> None:
    read = [_text(0.0, "ONE", "TWO"), _text(2.0, "TWO")]
    sights = text_sights([0.0, 0.5, 1.0, 1.5, 2.0, 2.5], read)
    assert [(s.text, s.span) for s in sights] == [("ONE", span(0.0, 1.5)), ("TWO", span(0.0, 2.5))]


def _people(at_s: float, count: int) -> FrameDetections:
    people = (Detection(label="person", score=0.9, box=BOX),) * count
    return FrameDetections(at_s=at_s, frame_index=0, detections=people)


def _text(at_s: float, *lines: str) -> FrameText:
    return FrameText(at_s=at_s, lines=tuple(ScreenLine(text=line, score=0.9, box=BOX) for line in lines))
