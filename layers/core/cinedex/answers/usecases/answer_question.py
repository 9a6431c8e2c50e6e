"""Answer a question about videos from their evidence, or state that there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from cinedex.answers.domain.agent import AgentAnswered, AgentEvent, AgentScope, AgentTask, Evidence
from cinedex.answers.domain.answer import Answer, Citation, Message, MessageRole
from cinedex.answers.ports.agent import Agent
from cinedex.kernel.errors import ImpossibleValue, InvalidInput, StateConflict, Unavailable
from cinedex.kernel.span import Span, VideoSpan, cover
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository

RANGES_MAX = 5
OPEN_RANGE_S = 10.0
CHARS_MAX = 8_000


class VideoRange(BaseModel):
    """A video, or the part of it from `start_s` to `end_s` (10 s long when only a start is given)."""

    model_config = ConfigDict(frozen=True)

    video_id: str
    start_s: float | None = None
    end_s: float | None = None


class AnswerRequest(BaseModel):
    """The last message is the question. Empty `video_ranges` are the whole library."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    messages: tuple[Message, ...]
    video_ranges: tuple[VideoRange, ...] = Field(default=())


@dataclass(frozen=True)
class AnswerQuestion:
    """Validates a question and the videos that it refers to, and runs the agent."""

    videos: VideoRepository
    agent: Agent

    def __call__(self, request: AnswerRequest) -> Answer:
        """Raises the errors of `events`, and `Unavailable` when the agent cannot run."""
        for event in self.events(request):
            if isinstance(event, AgentAnswered):
                return answer_of(event)
        raise Unavailable("The agent stopped without an answer.")

    def events(self, request: AnswerRequest) -> Iterator[AgentEvent]:
        """The events of the turn. The request is validated at the call, not when the first event is read.

        Raises `InvalidInput`, `ImpossibleValue` for a range outside its video, `NotFound`, and `StateConflict`
        naming the videos whose captions are not ready.
        """
        return self.agent.run(self.task(request))

    def task(self, request: AnswerRequest) -> AgentTask:
        """The task of the agent. Raises the same errors as `events`."""
        _require_question(request.messages)
        if len(request.video_ranges) > RANGES_MAX:
            raise InvalidInput(f"A question refers to at most {RANGES_MAX} videos.", field="video_ranges")
        task = AgentTask(account_id=request.account_id, conversation=request.messages)
        if not request.video_ranges:
            return task
        named = dict.fromkeys(item.video_id for item in request.video_ranges)
        videos = {video_id: self.videos.get(request.account_id, video_id) for video_id in named}
        _require_captions(videos.values())
        ranges = [(item, _window(item, videos[item.video_id])) for item in request.video_ranges]
        windows: dict[str, Span] = {}
        for item, window in ranges:
            windows[item.video_id] = cover([window, windows.get(item.video_id, window)])
        spans = tuple(VideoSpan(video_id=i.video_id, span=window) for i, window in ranges if i.start_s is not None)
        scope = AgentScope(video_ids=tuple(videos), windows=windows)
        return task.model_copy(update={"scope": scope, "ranges": spans})


def answer_of(event: AgentAnswered) -> Answer:
    citations = tuple(_citation(citation.evidence) for citation in event.citations)
    return Answer(
        text=event.text,
        model=event.stats.model,
        citations=citations,
        confident=event.confident,
        degraded_by=event.degraded_by,
    )


def _require_question(messages: Sequence[Message]) -> None:
    if not messages or messages[-1].role is not MessageRole.USER:
        raise InvalidInput("The last message must be the user's question.", field="messages")
    question = messages[-1].content.strip()
    if not question or len(question) > CHARS_MAX:
        raise InvalidInput(f"A question has between 1 and {CHARS_MAX} characters.", field="messages")


def _require_captions(videos: Iterable[Video]) -> None:
    missing = [v for v in videos if v.feature(Feature.CAPTIONS).status is not FeatureStatus.READY]
    if missing:
        listed = ", ".join(f"{v.video_id} ({v.feature(Feature.CAPTIONS).status.value})" for v in missing)
        raise StateConflict(f"Feature 'captions' is not ready for: {listed}.", field="video_ranges")


def _window(item: VideoRange, video: Video) -> Span:
    start_s, whole = item.start_s or 0.0, video.whole
    end_s = item.end_s if item.end_s is not None else whole.end_s if item.start_s is None else start_s + OPEN_RANGE_S
    if start_s < 0:
        raise InvalidInput("start must not be negative.", field="video_ranges")
    if end_s <= start_s:
        raise InvalidInput("end must be greater than start.", field="video_ranges")
    if start_s >= whole.end_s:
        raise ImpossibleValue(
            f"start {start_s:g} s is after the end of the video at {whole.end_s:g} s.", field="video_ranges"
        )
    return Span(start_s=start_s, end_s=min(end_s, whole.end_s))


def _citation(evidence: Evidence) -> Citation:
    return Citation(
        video_id=evidence.video_id,
        video_name=evidence.video_name,
        span=evidence.span,
        quote=evidence.text,
        source=evidence.source,
    )
