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


class Citation(BaseModel):
    """A verbatim quote with its video, its time and its kind of evidence."""

    model_config = ConfigDict(frozen=True)

    video_id: str
    video_name: str
    span: Span
    quote: str
    source: Modality


class Answer(BaseModel):
    """`confident` is False when no evidence answers the question; then there are no citations."""

    model_config = ConfigDict(frozen=True)

    text: str
    model: str
    citations: tuple[Citation, ...]
    confident: bool
