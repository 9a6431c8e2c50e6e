"""Bodies of the chat routes in the Reka dialect, for responses at once and for streams."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from cinedex.answers.domain.answer import Answer, Citation, Degradation, Message, MessageRole
from cinedex.answers.usecases.answer_question import AnswerRequest, VideoRange
from cinedex.api.requests.ids import Id
from cinedex.api.requests.strict_body import StrictBody
from cinedex.timeline.modality import Modality

Role = Literal["user", "assistant", "system", "developer"]
ROLES: dict[Role, MessageRole] = {
    "user": MessageRole.USER,
    "assistant": MessageRole.ASSISTANT,
    "system": MessageRole.SYSTEM,
    "developer": MessageRole.SYSTEM,
}
TEXT_PART = {
    "type": "object",
    "required": ["type", "text"],
    "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
}


def text_of(content: Any) -> Any:
    """The text of a list of parts, as clients of OpenAI's API send it. Other values stay as they are."""
    if not isinstance(content, list):
        return content
    for number, part in enumerate(content):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind != "text" or not isinstance(part.get("text"), str):
            shown = f"is of type {kind[:50]!r}" if isinstance(kind, str) else "has no type"
            problem = "has no text" if kind == "text" else shown
            raise ValueError(f"must have text parts only; part {number} {problem}")
        unknown = next((name for name in part if name not in TEXT_PART["properties"]), None)
        if unknown is not None:
            raise ValueError(f"must have parts of type and text only; part {number} has {unknown[:50]!r}")
    return "\n".join(part["text"] for part in content)


Content = Annotated[
    str,
    BeforeValidator(text_of),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": TEXT_PART}]}),
]


class ChatMessage(StrictBody):
    """Extensions: `content` may be a list of text parts; `system` and `developer` ask for a language or a style."""

    role: Role
    content: Content


class ContextItem(StrictBody):
    """A video and, in seconds, the range of it that the question is about."""

    video_id: Id
    start: float | None = None
    end: float | None = None


class ChatBody(StrictBody):
    messages: list[ChatMessage] = Field(min_length=1, max_length=200)
    context: list[ContextItem] | None = Field(
        default=None, min_length=1, max_length=5, description="Extension: null means the whole library."
    )

    def request(self, account_id: str) -> AnswerRequest:
        return AnswerRequest(
            account_id=account_id,
            messages=tuple(Message(role=ROLES[m.role], content=m.content) for m in self.messages),
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
    confident: bool = Field(
        description="Extension: false if no evidence answers the question, or if sentences were dropped because their "
        "citations do not bear them out."
    )
    degraded: bool = Field(description="Extension: true if the answer is less than it could be.")
    degraded_by: list[Degradation] = Field(
        description="Extension: sentences of the language model were dropped; the search store, or the text model, was "
        "not available."
    )

    @classmethod
    def of(cls, answer: Answer) -> ChatResponse:
        return cls(
            response=answer.text,
            model=answer.model,
            citations=[CitationItem.of(c) for c in answer.citations],
            confident=answer.confident,
            degraded=bool(answer.degraded_by),
            degraded_by=list(answer.degraded_by),
        )
