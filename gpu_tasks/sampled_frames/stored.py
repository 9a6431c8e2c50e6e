"""Composes the results of a chunk from the stored samples; decodes only the shots between two of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from cinedex.analysis.domain.model_results import (
    FrameDetections,
    FrameText,
    SampledFrame,
    SampledFrames,
    SampledSlice,
    ScreenLine,
)
from cinedex.kernel.span import Span, span

from gpu_tasks.analyze_chunk.change_detection import ChangeDetector
from gpu_tasks.analyze_chunk.frame_loop import FrameJob, FrameResults, process_frame
from gpu_tasks.analyze_chunk.sampling import sample_times_s, sampled, unsampled_times_s
from gpu_tasks.media.frames import TOLERANCE_S, decode_frames
from gpu_tasks.sampled_frames.request import SampleRequest

SEEK_GAP_S = 10.0
"""Frames that are further apart are decoded from key frames of their own."""


def results_from_samples(request: SampleRequest, job: FrameJob, report: Callable[[float], None]) -> FrameResults | None:
    """None when the video was not sampled, or when its length has changed since."""
    task = request.task
    if not task.results.has(request.key):
        return None
    samples = task.load(request.key, SampledFrames)
    if any(t >= samples.shown_until_s for t in sample_times_s(job.within, (), job.options.sample_fps)):
        return None
    regular = list(_stored(request, samples, job.within))
    between = list(_decoded(job, {frame.at_s for frame in regular}, report))
    results = FrameResults(job, width=samples.frame_width, height=samples.frame_height)
    _add_detections(results, [*regular, *between])
    _add_texts(results, regular, between)
    report(1.0)
    return results


def _stored(request: SampleRequest, samples: SampledFrames, within: Span) -> Iterator[SampledFrame]:
    """The samples of the chunk. The first one has the lines that are visible, whether it was read or not."""
    lines: tuple[ScreenLine, ...] | None = None
    is_first = True
    for number, key in sorted(samples.slice_keys.items()):
        if not within.start_s // samples.slice_s <= number <= within.end_s // samples.slice_s:
            continue
        for frame in request.task.load(key, SampledSlice).frames:
            lines = lines if frame.lines is None else frame.lines
            if within.start_s - TOLERANCE_S <= frame.at_s < within.end_s - TOLERANCE_S:
                yield frame.model_copy(update={"lines": lines}) if is_first else frame
                is_first = False


def _decoded(job: FrameJob, known_s: set[float], report: Callable[[float], None]) -> Iterator[SampledFrame]:
    """The shots without a regular sample; each is read, because it shows something else than the samples around it."""
    for times_s in _groups(unsampled_times_s(job.within, job.shots, job.options.sample_fps)):
        within = span(times_s[0], min(times_s[-1] + 1.0, job.within.end_s))
        for frame in sampled(decode_frames(job.path, within, standing=True, clock=job.clock), times_s):
            report((frame.at_s - job.within.start_s) / max(job.within.length_s, 1e-3))
            if round(frame.at_s, 4) in known_s:
                continue
            results = FrameResults(replace(job))
            process_frame(results, frame, ChangeDetector())
            yield SampledFrame(
                at_s=round(frame.at_s, 4),
                frame_index=frame.index,
                detections=results.detections[0].detections if results.detections else (),
                lines=results.texts[0].lines if results.texts else None,
            )


def _groups(times_s: Sequence[float]) -> list[list[float]]:
    groups = [[t] for t in times_s[:1]]
    for before, after in pairwise(times_s):
        if after - before > SEEK_GAP_S:
            groups.append([])
        groups[-1].append(after)
    return groups


def _add_detections(results: FrameResults, frames: Sequence[SampledFrame]) -> None:
    for frame in sorted(frames, key=lambda f: f.at_s):
        found = FrameDetections(at_s=frame.at_s, frame_index=frame.frame_index, detections=frame.detections)
        results.detections.append(found)


def _add_texts(results: FrameResults, regular: Sequence[SampledFrame], between: Sequence[SampledFrame]) -> None:
    """Behind a shot without a sample, the lines of the samples are visible again."""
    lines: tuple[ScreenLine, ...] | None = None
    is_interrupted = False
    others = {frame.at_s for frame in between}
    for frame in sorted([*regular, *between], key=lambda f: f.at_s):
        is_other = frame.at_s in others
        if not is_other and frame.lines is not None:
            lines = frame.lines
        visible = frame.lines if is_other or not is_interrupted else lines
        if visible is not None:
            results.texts.append(FrameText(at_s=frame.at_s, lines=visible))
        is_interrupted = is_other
