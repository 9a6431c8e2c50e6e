"""The shapes of asking and answering in the Reka dialect, the same whether the answer streams or not."""

from __future__ import annotations

from pydantic import BaseModel, Field

from cinedex.answers.domain.answer import Answer, Citation, Message
from cinedex.answers.usecases.answer_question import AnswerRequest, VideoRange
from cinedex.timeline.modality import Modality


class ContextItem(BaseModel):
    """A video, and the seconds of it that matter."""

    video_id: str
    start: float | None = None
    end: float | None = None


class ChatBody(BaseModel):
    messages: list[Message] = Field(min_length=1, max_length=200)
    context: list[ContextItem] | None = Field(
        default=None, min_length=1, max_length=5, description="Extension: left out, it means the whole library."
    )

    def request(self, account_id: str) -> AnswerRequest:
        ranges = tuple(VideoRange(video_id=c.video_id, start_s=c.start, end_s=c.end) for c in self.context or ())
        return AnswerRequest(account_id=account_id, messages=tuple(self.messages), video_ranges=ranges)


class CitationItem(BaseModel):
    """A quote, word for word, and where it can be seen or heard."""

    video_id: str
    video_name: str
    start: float
    end: float
    quote: str
    source: Modality

    @classmethod
    def of(cls, citation: Citation) -> CitationItem:
        return cls(
            video_id=citation.video_id,
            video_name=citation.video_name,
            start=citation.span.start_s,
            end=citation.span.end_s,
            quote=citation.quote,
            source=citation.source,
        )


class ChatResponse(BaseModel):
    response: str
    model: str
    citations: list[CitationItem] = Field(description="Extension: the evidence of the answer.")
    confident: bool = Field(description="Extension: false when nothing found answers the question.")

    @classmethod
    def of(cls, answer: Answer) -> ChatResponse:
        return cls(
            response=answer.text,
            model=answer.model,
            citations=[CitationItem.of(c) for c in answer.citations],
            confident=answer.confident,
        )
