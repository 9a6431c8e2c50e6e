"""Frames that are sampled while shots are detected give the same results as decoding each chunk."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cinedex.analysis.domain.model_results import Box, DetectedObjects, Detection, ReadText, ScreenLine, Shots
from cinedex.kernel.span import Span, span

from gpu_tasks.analyze_chunk import task as analyze_chunk
from gpu_tasks.analyze_chunk.frame_loop import process_chunk
from gpu_tasks.engines.roles import Picture
from gpu_tasks.sampled_frames import collector
from gpu_tasks.task_errors import InvalidTask
from gpu_tasks.task_run import TaskInterrupted
from gpu_tasks.task_table import TASKS
from tests.support.clips import FPS, textured, tone, write_video
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import FakeEngines, FakeObjects, FakeScreenText, message, plan_of, task_run

BOTH = ["detect_objects", "read_text"]


class SeesBrightness(FakeObjects):
    """The score of the detection depends on the picture."""

    def detect(self, picture: Picture, score_min: float = 0.5, /) -> tuple[Detection, ...]:
        (found,) = super().detect(picture)
        return (found.model_copy(update={"score": round(float(picture.mean()) / 255, 4)}),)


class ReadsBrightness(FakeScreenText):
    """The text depends on the picture; `read_count` pictures were read."""

    read_count = 0

    def read(self, picture: Picture) -> tuple[ScreenLine, ...]:
        self.read_count += 1
        return (ScreenLine(text=str(round(float(picture.mean()))), score=0.9, box=Box(x1=1, y1=1, x2=9, y2=9)),)


class Analysis:
    """Runs `detect_shots` with or without sampling, and then `analyze_chunk` over the whole clip."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path, self.results, self.engines = path, MemoryResultStore(), FakeEngines()
        self.reader = ReadsBrightness()
        self.engines._ready.update({"objects": SeesBrightness(), "screen_text": self.reader})
        self.decoded: list[Span] = []
        monkeypatch.setattr(analyze_chunk, "process_chunk", self._process_chunk)

    def _process_chunk(self, job: Any, report: Any) -> Any:
        self.decoded.append(job.within)
        return process_chunk(job, report)

    def shots(self, report: Any = lambda _: None, **options: Any) -> Shots:
        task = message("detect_shots", options=options)
        result = TASKS["detect_shots"](task_run(task, self.path, self.engines, self.results, report))
        return Shots.model_validate(self.results.get(result.results["detect_shots"]))

    def sample(self, report: Any = lambda _: None, **options: Any) -> Shots:
        return self.shots(report, sample_frames={"steps": BOTH, **options})

    def chunk(self, length_s: float, shots: tuple[Span, ...] = ()) -> tuple[DetectedObjects, ReadText]:
        plan, chunk = plan_of(length_s, shots)
        self.results.put("plan", plan.model_dump(mode="json"))
        task = message("analyze_chunk", chunk=chunk, options={"steps": BOTH}, inputs={"plan": "plan"})
        keys = TASKS["analyze_chunk"](task_run(task, self.path, self.engines, self.results)).results
        objects = DetectedObjects.model_validate(self.results.get(keys["detect_objects"]))
        return objects, ReadText.model_validate(self.results.get(keys["read_text"]))


def scenes(*lengths_s: float) -> list[Picture]:
    """A picture of its own for each length."""
    return [textured(seed) for seed, length_s in enumerate(lengths_s) for _ in range(round(length_s * FPS))]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_video(tmp_path / "clip.mp4", scenes(2.2, 0.5, 3.3), sound=tone(6))


def standing(folder: Path) -> Path:
    """Five pictures, of which the fourth stands for five seconds, and the last one until the sound ends at 14 s."""
    at = [0, 1, 2, 127, 150]
    return write_video(folder / "a.mp4", scenes(0.12, 0.08), sound=tone(14), pts_of=lambda index: at[index])


@pytest.mark.parametrize("slice_s", [300.0, 2.0])
def test_a_sampled_clip_has_the_results_of_a_decoded_one(
    clip: Path, monkeypatch: pytest.MonkeyPatch, slice_s: float
) -> None:
    monkeypatch.setattr(collector, "SLICE_S", slice_s)
    sampled, decoded = Analysis(clip, monkeypatch), Analysis(clip, monkeypatch)
    assert sampled.sample().shots == decoded.shots().shots
    read_count = sampled.reader.read_count
    (objects, text), (expected_objects, expected_text) = sampled.chunk(6.0), decoded.chunk(6.0)
    assert objects == expected_objects
    assert lines_at(text, 6) == lines_at(expected_text, 6)
    assert (sampled.decoded, sampled.reader.read_count) == ([], read_count)


def test_a_shot_without_a_regular_sample_is_decoded_and_read(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shots = (span(0, 2.2), span(2.2, 2.7), span(2.7, 6))
    sampled, decoded = Analysis(clip, monkeypatch), Analysis(clip, monkeypatch)
    sampled.sample()
    (objects, text), (expected_objects, expected_text) = sampled.chunk(6.0, shots), decoded.chunk(6.0, shots)
    assert [f.at_s for f in objects.frames] == [0, 1, 2, 2.48, 3, 4, 5]
    assert objects == expected_objects
    assert lines_at(text, 6) == lines_at(expected_text, 6)
    assert sampled.decoded == []


def test_pictures_that_stand_have_the_results_of_a_decoded_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = standing(tmp_path)
    sampled, decoded = Analysis(path, monkeypatch), Analysis(path, monkeypatch)
    assert sampled.sample().duration_s == pytest.approx(14, abs=0.1)
    (objects, text), (expected_objects, expected_text) = sampled.chunk(14.0), decoded.chunk(14.0)
    assert objects == expected_objects
    assert len(objects.frames) == 14
    assert lines_at(text, 14) == lines_at(expected_text, 14)


def test_lines_are_visible_again_behind_a_shot_between_two_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = textured(1), textured(2)
    path = write_video(tmp_path / "a.mp4", [one] * 55 + [other] * 12 + [one] * 58)
    analysis = Analysis(path, monkeypatch)
    analysis.sample()
    _, text = analysis.chunk(5.0, (span(0, 2.2), span(2.2, 2.68), span(2.68, 5)))
    assert [f.at_s for f in text.frames] == [0, 2.44, 3]
    assert text.frames[0].lines == text.frames[2].lines != text.frames[1].lines


def test_the_first_frame_of_a_later_chunk_has_the_visible_lines(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = Analysis(clip, monkeypatch)
    analysis.sample()
    plan, chunk = plan_of(6.0)
    later = chunk.model_copy(update={"index": 1, "span": span(4.5, 6.0)})
    analysis.results.put("plan", plan.model_dump(mode="json"))
    task = message("analyze_chunk", chunk=later, options={"steps": BOTH}, inputs={"plan": "plan"})
    keys = TASKS["analyze_chunk"](task_run(task, clip, analysis.engines, analysis.results)).results
    (frame,) = ReadText.model_validate(analysis.results.get(keys["read_text"])).frames
    assert (frame.at_s, [line.text for line in frame.lines]) == (5.0, lines_at(analysis.chunk(6.0)[1], 6)[5])


def test_a_killed_worker_does_not_repeat_stored_slices(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "SLICE_S", 2.0)
    analysis, whole = Analysis(clip, monkeypatch), Analysis(clip, monkeypatch)

    def kill(fraction: float) -> None:
        if fraction > 0.9:
            raise TaskInterrupted

    with pytest.raises(TaskInterrupted):
        analysis.sample(kill)
    read_before = analysis.reader.read_count
    assert (analysis.sample(), whole.sample()) == (whole.shots(), analysis.shots())
    assert analysis.reader.read_count - read_before < whole.reader.read_count
    assert analysis.results.documents == whole.results.documents


def test_an_error_of_an_engine_leaves_the_shots(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaks(FakeScreenText):
        def read(self, picture: Picture) -> tuple[ScreenLine, ...]:
            raise ValueError("unreadable")

    analysis = Analysis(clip, monkeypatch)
    analysis.engines._ready["screen_text"] = Breaks()
    assert len(analysis.sample().shots) == 2
    with pytest.raises(ValueError, match="unreadable"):
        analysis.chunk(6.0)


def test_samples_with_other_options_are_not_used(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = Analysis(clip, monkeypatch)
    analysis.sample(detection={"max_fps": 2})
    analysis.chunk(6.0)
    assert analysis.decoded == [span(0, 6)]


def test_samples_that_end_before_the_chunk_are_not_used(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = Analysis(clip, monkeypatch)
    analysis.sample()
    analysis.chunk(60.0)
    assert analysis.decoded == [span(0, 60)]


@pytest.mark.parametrize("given", [{"steps": []}, {"steps": ["describe_segments"]}, {}, "all"])
def test_invalid_steps_are_an_invalid_task(clip: Path, monkeypatch: pytest.MonkeyPatch, given: Any) -> None:
    with pytest.raises(InvalidTask, match="sample_frames"):
        Analysis(clip, monkeypatch).shots(sample_frames=given)


def lines_at(text: ReadText, seconds: int) -> list[list[str]]:
    """The visible lines at each second; a frame that was not read shows those of the one before."""
    visible = []
    for at_s in np.arange(seconds):
        before = [frame for frame in text.frames if frame.at_s <= at_s + 0.05]
        visible.append([line.text for line in before[-1].lines] if before else [])
    return visible
