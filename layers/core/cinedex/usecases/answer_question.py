"""Answer a question about videos from their evidence, or say that there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from cinedex.domain.answer import Answer, Citation, Message, Role
from cinedex.domain.errors import ImpossibleValue, InvalidInput, StateConflict
from cinedex.domain.feature import Feature, FeatureStatus
from cinedex.domain.question import Question
from cinedex.domain.quote import Quote
from cinedex.domain.span import Span, cover
from cinedex.domain.video import Video
from cinedex.ports.answer_model import AnswerModel
from cinedex.ports.library import VideoRepository
from cinedex.usecases.look_at_frames import LookAtFrames
from cinedex.usecases.pick_evidence import PickEvidence
from cinedex.usecases.resolve_pool import Pool, ResolvePool, Scope
from cinedex.usecases.write_report import counted

CONTEXT_MAX = 5
OPEN_RANGE_S = 10.0
CHARS_MAX = 8_000


class VideoRange(BaseModel):
    """A video, or the part of it from `start_s` to `end_s` (10 s long when only a start is given)."""

    model_config = ConfigDict(frozen=True)

    video_id: str
    start_s: float | None = None
    end_s: float | None = None


class AnswerRequest(BaseModel):
    """The last message is the question. An empty `context` is the whole library."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    messages: tuple[Message, ...]
    context: tuple[VideoRange, ...] = Field(default=())


@dataclass(frozen=True)
class AnswerQuestion:
    videos: VideoRepository
    resolve_pool: ResolvePool
    pick_evidence: PickEvidence
    look_at_frames: LookAtFrames
    answer_model: AnswerModel

    def __call__(self, request: AnswerRequest) -> Answer:
        """Raises `InvalidInput`, `ImpossibleValue` for a range outside its video, `NotFound`, `StateConflict`
        naming the videos whose captions are not ready, and `Unavailable` without an index.
        """
        question = _question(request.messages)
        pool = self._pool(request)
        looked = self._look_again(request, question, pool)
        quotes = self.pick_evidence(request.account_id, question, pool, looked)
        if not quotes:
            return self._no_match(request.messages[-1].content, pool)
        return self.answer_model.answer(request.messages, [_citation(q, pool.videos) for q in quotes])

    def _pool(self, request: AnswerRequest) -> Pool:
        if len(request.context) > CONTEXT_MAX:
            raise InvalidInput(f"context holds at most {CONTEXT_MAX} videos.", param="context")
        if not request.context:
            return self.resolve_pool(request.account_id, Scope(), (Feature.CAPTIONS,))
        named = dict.fromkeys(item.video_id for item in request.context)
        videos = {video_id: self.videos.get(request.account_id, video_id) for video_id in named}
        _require_captions(videos.values())
        windows: dict[str, Span] = {}
        for item in request.context:
            window = _window(item, videos[item.video_id])
            windows[item.video_id] = cover([window, windows.get(item.video_id, window)])
        return Pool(videos, windows)

    def _look_again(self, request: AnswerRequest, question: Question, pool: Pool) -> tuple[Quote, ...]:
        """Who says when the answer is to be found gets the frames of then looked at."""
        if not question.is_about_pictures:
            return ()
        named = [(pool.videos[item.video_id], item) for item in request.context if item.start_s is not None]
        return self.look_at_frames([(video, _window(item, video)) for video, item in named])

    def _no_match(self, asked: str, pool: Pool) -> Answer:
        text = f"No confident match for “{asked.strip()}” in {counted(len(pool.videos), 'video')}."
        return Answer(text=text, model=self.answer_model.name, citations=(), confident=False)


def _question(messages: Sequence[Message]) -> Question:
    """A follow-up without a subject of its own ("and who said that?") is asked about the subject before."""
    if not messages or messages[-1].role is not Role.USER:
        raise InvalidInput("The last message must be the user's question.", param="messages")
    asked = messages[-1].content.strip()
    if not asked or len(asked) > CHARS_MAX:
        raise InvalidInput(f"A question has between 1 and {CHARS_MAX} characters.", param="messages")
    question = Question(text=asked)
    if question.has_subject or question.asks_for_whatever_there_is:
        return question
    earlier = (Question(text=m.content) for m in reversed(messages[:-1]) if m.role is Role.USER)
    subject = next((q for q in earlier if q.has_subject), None)
    return Question(text=f"{asked} {subject.text}") if subject else question


def _require_captions(videos: Iterable[Video]) -> None:
    missing = [v for v in videos if v.feature(Feature.CAPTIONS).status is not FeatureStatus.READY]
    if missing:
        listed = ", ".join(f"{v.video_id} ({v.feature(Feature.CAPTIONS).status.value})" for v in missing)
        raise StateConflict(f"Feature 'captions' is not ready for: {listed}.", param="context")


def _window(item: VideoRange, video: Video) -> Span:
    start_s, whole = item.start_s or 0.0, video.whole
    end_s = item.end_s if item.end_s is not None else whole.end_s if item.start_s is None else start_s + OPEN_RANGE_S
    if start_s < 0:
        raise InvalidInput("start must not be negative.", param="context")
    if end_s <= start_s:
        raise InvalidInput("end must be greater than start.", param="context")
    if start_s >= whole.end_s:
        raise ImpossibleValue(
            f"start {start_s:g} s lies behind the end of the video at {whole.end_s:g} s.", param="context"
        )
    return Span(start_s=start_s, end_s=min(end_s, whole.end_s))


def _citation(quote: Quote, videos: dict[str, Video]) -> Citation:
    return Citation(
        video_id=quote.video_id,
        video_name=videos[quote.video_id].display_name,
        span=quote.span,
        quote=quote.text,
        source=quote.source,
    )
