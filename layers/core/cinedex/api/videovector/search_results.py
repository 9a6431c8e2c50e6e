"""A moment in the format of the VideoVector API, the same in search results and in the evidence of chat.

Fields that its client rejects as null are never null: `marker` is an object, texts are strings.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from cinedex.answers.domain.agent import Evidence

PREVIEW_CHARS_MAX = 200


class ResultMoment(BaseModel):
    result_type: Literal["segment"] = "segment"
    result_id: str
    video_id: str
    video_name: str | None = None
    segment_id: str | None = None
    start_time: float | None = Field(default=None, description="Seconds.")
    end_time: float | None = None
    text_content: str
    content_preview: str = ""
    metadata_text: str | None = None
    similarity_score: float | None = None
    media_type: Literal["video"] = "video"
    metadata: dict[str, Any] | None = None
    match_type: str | None = Field(default=None, description="The kind of evidence: speech, caption, …")
    thumbnail_available: bool = False
    gif_available: bool = False
    run_id: str | None = None
    source_index_id: str | None = None
    marker: dict[str, Any] = {}
    extracted_metadata_markers: dict[str, Any] = {}

    @classmethod
    def of(cls, evidence: Evidence) -> ResultMoment:
        return cls(
            result_id=evidence.result_id,
            video_id=evidence.video_id,
            video_name=evidence.video_name,
            segment_id=segment_id_of(evidence),
            start_time=evidence.span.start_s,
            end_time=evidence.span.end_s,
            text_content=evidence.text,
            content_preview=evidence.text[:PREVIEW_CHARS_MAX],
            metadata_text=evidence.text,
            similarity_score=evidence.score,
            match_type=evidence.source.value,
        )


def segment_id_of(evidence: Evidence) -> str | None:
    """Without characters that need escaping, because the client does not escape ids in paths."""
    return None if evidence.segment_index is None else f"{evidence.video_id}_{evidence.segment_index}"
