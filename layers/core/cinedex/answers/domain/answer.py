"""Messages of a conversation, and an answer with its citations."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span
from cinedex.timeline.modality import Modality


class MessageRole(StrEnum):
    """`SYSTEM` is what the calling program asks of the style of answers; it never changes how answers are verified."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)

    role: MessageRole
    content: str


class Degradation(StrEnum):
    """Why an answer is less than it could be. Names are part of the stored format and of the HTTP API."""

    UNSUPPORTED_SENTENCES = "unsupported_sentences"
    SEARCH = "search"
    TEXT_MODEL = "text_model"


class Citation(BaseModel):
    """A verbatim quote with its video, its time and its kind of evidence."""

    model_config = ConfigDict(frozen=True)

    video_id: str
    video_name: str
    span: Span
    quote: str
    source: Modality


class Answer(BaseModel):
    """`confident` is False when no evidence answers the question, or when sentences of the model were dropped."""

    model_config = ConfigDict(frozen=True)

    text: str
    model: str
    citations: tuple[Citation, ...]
    confident: bool
    degraded_by: tuple[Degradation, ...] = ()
