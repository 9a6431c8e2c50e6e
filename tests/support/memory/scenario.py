"""What the use cases ask for beyond storage: a clock to set, a machine and a fetcher that only remember."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cinedex.adapters.web.iterator_reader import ChunkReader
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.domain.task_message import TaskResult
from cinedex.detection.frame_analyzer import FrameAnalysis, Observation
from cinedex.detection.prompted_detector import PromptedFrame, PromptedFrames
from cinedex.kernel.errors import MediaError, Unavailable
from cinedex.kernel.span import Span
from cinedex.library.domain.probe import ClockPiece, Probe
from cinedex.library.ports.web_download import Download, ResumePoint

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TALKING_CLIP = Probe(
    duration_s=60.0, format="mp4", width=640, height=360, avg_fps=25.0, video_codec="h264", audio_codec="aac"
)


@dataclass
class FakeClock:
    """`Clock` that stands still until a test moves it. A sleep lasts at most 10 ms, so that other threads run."""

    at: datetime = NOON
    slept_s: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp() + sum(self.slept_s)

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        time.sleep(min(seconds, 0.01))

    def advance(self, **units: float) -> None:
        self.at += timedelta(**units)


@dataclass
class MemoryAnalysisRunner:
    """`AnalysisRunner`: executions by name, with whether they run now."""

    executions: dict[str, bool] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)

    def start(self, run: AnalysisRun) -> None:
        self.executions.setdefault(run.execution_name, True)

    def is_running(self, run: AnalysisRun) -> bool:
        return self.executions.get(run.execution_name, False)

    def has_started(self, run: AnalysisRun) -> bool:
        return run.execution_name in self.executions

    def running(self) -> Set[str]:
        return {name for name, runs in self.executions.items() if runs}

    def stop(self, run: AnalysisRun, reason: str) -> None:
        if self.executions.get(run.execution_name):
            self.executions[run.execution_name] = False
            self.stopped.append(run.execution_name)

    def crash(self) -> None:
        """Ends all executions without a callback, as a crash does."""
        self.executions = dict.fromkeys(self.executions, False)


@dataclass
class MemoryMediaFetcher:
    """`MediaFetcher`."""

    requested: list[tuple[str, str, str]] = field(default_factory=list)

    def request_fetch(self, account_id: str, video_id: str, url: str) -> None:
        self.requested.append((account_id, video_id, url))


@dataclass
class FakeProbe:
    """`MediaProbe` that returns a given result; `before_answering` runs before it returns."""

    answer: Probe | Exception = TALKING_CLIP
    calls: int = 0
    before_answering: Callable[[], None] = lambda: None

    def probe(self, source: str) -> Probe:
        self.calls += 1
        self.before_answering()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class FakeWebDownload:
    """`WebDownload` of one page; breaks off after its chunks when `breaks` is set.

    It resumes at any byte when the client sends its validator.
    """

    chunks: tuple[bytes, ...] = (b"first ", b"second")
    content_type: str | None = "video/mp4"
    refusal: MediaError | None = None
    breaks: BaseException | None = None
    validator: str | None = None
    opened: list[str] = field(default_factory=list)
    started: list[int] = field(default_factory=list)

    @contextmanager
    def open(self, url: str, resume_from: ResumePoint | None = None) -> Iterator[Download]:
        self.opened.append(url)
        if self.refusal is not None:
            raise self.refusal
        same = resume_from is not None and resume_from.validator == self.validator
        start = resume_from.start if resume_from and same else 0
        self.started.append(start)
        yield Download(self.content_type, ChunkReader(self._transfer(start)), start, self.validator)

    def _transfer(self, start: int) -> Iterator[bytes]:
        for chunk in self.chunks:
            yield chunk[start:]
            start = max(0, start - len(chunk))
        if self.breaks is not None:
            raise self.breaks


@dataclass
class MemoryTaskCallback:
    """`TaskCallback`."""

    failures: list[tuple[str, str, str]] = field(default_factory=list)

    def succeed(self, task_token: str, result: TaskResult) -> bool:
        return True

    def fail(self, task_token: str, error: str, cause: str) -> bool:
        self.failures.append((task_token, error, cause))
        return True

    def keep_alive(self, task_token: str) -> bool:
        return True


class FakePromptedDetector:
    """`PromptedDetector` that sees nothing, in one frame."""

    def detect(
        self, url: str, within: Span, prompts: tuple[str, ...], threshold: float, clock: Sequence[ClockPiece] = ()
    ) -> PromptedFrames:
        return PromptedFrames(model="fake", frames=(PromptedFrame(at_s=within.start_s, detections=()),))


@dataclass
class FakeFrameAnalyzer:
    """`FrameAnalyzer` that returns those of its observations that are in the range, and records the ranges."""

    observations: tuple[Observation, ...] = ()
    down: bool = False
    requests: list[tuple[str, Span, float]] = field(default_factory=list)

    def analyze(self, url: str, within: Span, seconds_max: float, clock: Sequence[ClockPiece] = ()) -> FrameAnalysis:
        self.requests.append((url, within, seconds_max))
        if self.down:
            raise Unavailable("The frame analyzer is down.")
        inside = tuple(o for o in self.observations if o.span.overlaps(within))
        return FrameAnalysis(models=("fake",), frame_times_s=(within.start_s,), observations=inside)
