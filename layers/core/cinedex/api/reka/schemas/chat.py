"""Bodies of the chat routes in the Reka dialect, for responses at once and for streams."""

from __future__ import annotations

from pydantic import BaseModel, Field

from cinedex.answers.domain.answer import Answer, Citation, Message, MessageRole
from cinedex.answers.usecases.answer_question import AnswerRequest, VideoRange
from cinedex.timeline.modality import Modality


class ChatMessage(BaseModel):
    role: MessageRole
    content: str


class ContextItem(BaseModel):
    """A video and, in seconds, the range of it that the question is about."""

    video_id: str
    start: float | None = None
    end: float | None = None


class ChatBody(BaseModel):
    messages: list[ChatMessage] = Field(min_length=1, max_length=200)
    context: list[ContextItem] | None = Field(
        default=None, min_length=1, max_length=5, description="Extension: null means the whole library."
    )

    def request(self, account_id: str) -> AnswerRequest:
        return AnswerRequest(
            account_id=account_id,
            messages=tuple(Message(role=m.role, content=m.content) for m in self.messages),
            video_ranges=tuple(
                VideoRange(video_id=c.video_id, start_s=c.start, end_s=c.end) for c in self.context or ()
            ),
        )


class CitationItem(BaseModel):
    """A verbatim quote, with its video, its time range in seconds and its kind of evidence."""

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
    confident: bool = Field(description="Extension: false if no evidence answers the question.")

    @classmethod
    def of(cls, answer: Answer) -> ChatResponse:
        return cls(
            response=answer.text,
            model=answer.model,
            citations=[CitationItem.of(c) for c in answer.citations],
            confident=answer.confident,
        )
