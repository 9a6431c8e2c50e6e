"""A question, an answer to it, and the evidence it stands on."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span
from cinedex.timeline.modality import Modality


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)

    role: Role
    content: str


class Citation(BaseModel):
    """A quote that can be looked up: which video, when, and in which kind of evidence."""

    model_config = ConfigDict(frozen=True)

    video_id: str
    video_name: str
    span: Span
    quote: str
    source: Modality


class Answer(BaseModel):
    """`confident` is False when nothing found answers the question; then there are no citations."""

    model_config = ConfigDict(frozen=True)

    text: str
    model: str
    citations: tuple[Citation, ...]
    confident: bool
