"""Detects and reads the regular samples of a video while it is decoded, in a thread of its own."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import count
from types import TracebackType
from typing import Self

from cinedex.analysis.domain.model_results import SampledFrame, SampledFrames, SampledSlice
from cinedex.kernel.span import span
from cinedex.observability import logger

from gpu_tasks.analyze_chunk.change_detection import ChangeDetector
from gpu_tasks.analyze_chunk.frame_loop import FrameJob, FrameResults, process_frame
from gpu_tasks.analyze_chunk.sampling import Sampler
from gpu_tasks.media.frames import DecodedFrame
from gpu_tasks.sampled_frames.request import SampleRequest

SLICE_S = 300.0
"""The work that a killed worker repeats, besides decoding."""
WAITING_MAX = 4
"""Frames that wait for the engines; each holds a decoded picture, 3 MB in 1080p."""


@dataclass
class _Slice:
    """Used by the thread of the engines only, after its construction."""

    number: int
    results: FrameResults
    changes: ChangeDetector = field(default_factory=ChangeDetector)
    frames: list[SampledFrame] = field(default_factory=list)

    def process(self, frame: DecodedFrame) -> None:
        read = len(self.results.texts)
        process_frame(self.results, frame, self.changes)
        was_read = len(self.results.texts) > read
        sample = SampledFrame(
            at_s=round(frame.at_s, 4),
            frame_index=frame.index,
            detections=self.results.detections[-1].detections if self.results.detections else (),
            lines=self.results.texts[-1].lines if was_read else None,
        )
        self.frames.append(sample)


class SampleCollector:
    """Call `push` for every frame of a video, then `finish`.

    One thread runs the engines in the order of the frames, while the caller decodes. After an error of an engine, the
    collector stores nothing more: the chunks then decode their frames again, and report the error if it persists.
    """

    def __init__(self, request: SampleRequest) -> None:
        engines, steps = request.task.engines, request.options.steps
        self._request = request
        self._job = FrameJob(
            path="",
            within=span(0, 0),
            shots=(),
            objects=engines.objects if "detect_objects" in steps else None,
            screen_text=engines.screen_text if "read_text" in steps else None,
            options=request.options.detection,
            size=request.options.frame_size,
        )
        self._sampler = Sampler(n / request.options.detection.sample_fps for n in count())
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engines")
        self._waiting = deque[Future[None]]()
        self._slice: _Slice | None = None
        self._keys: dict[int, str] = {}
        self._failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def push(self, frame: DecodedFrame) -> None:
        for sample in self._sampler.push(frame):
            if not self._failed:
                self._add(sample)

    def finish(self, shown_until_s: float) -> None:
        """Store the samples; the last frame stands until `shown_until_s`, the end of the last picture or sound."""
        for sample in self._sampler.rest():
            if sample.at_s >= shown_until_s or self._failed:
                break
            self._add(sample)
        self._close_slice()
        if self._failed or self._job.size is None:
            return
        width, height = self._job.size
        samples = SampledFrames(
            slice_s=SLICE_S,
            slice_keys=self._keys,
            frame_width=width,
            frame_height=height,
            shown_until_s=shown_until_s,
        )
        self._request.task.store(self._request.key, samples)

    def _add(self, frame: DecodedFrame) -> None:
        if self._job.size is None:
            self._job = replace(self._job, size=(frame.width, frame.height))
        number = int(frame.at_s // SLICE_S)
        if number not in self._keys:
            self._close_slice()
            self._open_slice(number)
        if self._slice is not None:
            self._waiting.append(self._thread.submit(self._slice.process, frame))
            self._wait(WAITING_MAX)

    def _open_slice(self, number: int) -> None:
        """Nothing is computed again for a slice that was stored before the worker was killed."""
        self._keys[number] = self._request.slice_key(number)
        is_stored = self._request.task.results.has(self._keys[number])
        self._slice = None if is_stored else _Slice(number, FrameResults(self._job))

    def _close_slice(self) -> None:
        self._wait(0)
        if self._slice is not None and not self._failed:
            self._request.task.store(self._keys[self._slice.number], SampledSlice(frames=tuple(self._slice.frames)))
        self._slice = None

    def _wait(self, waiting_max: int) -> None:
        while len(self._waiting) > waiting_max:
            error = self._waiting.popleft().exception()
            if error is not None and not self._failed:
                logger.warning("frames cannot be sampled while shots are detected", extra={"reason": str(error)})
                self._failed = True
