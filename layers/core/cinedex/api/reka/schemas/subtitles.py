"""Bodies of the subtitle routes. All of them are an extension."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from cinedex.library.domain.subtitle_track import SubtitleSource, SubtitleTrack


class SubtitleTrackResponse(BaseModel):
    """One track of subtitles of a video."""

    subtitle_id: str
    source: SubtitleSource = Field(description="Inside the file of the video, or sent with it.")
    format: str = Field(description="Such as `subrip`, `webvtt`, `ass`, `mov_text`, `hdmv_pgs_subtitle`.")
    language: str | None = Field(default=None, description="As the file or the client states it.")
    title: str | None = None
    is_default: bool = False
    is_forced: bool = False
    is_hearing_impaired: bool = False
    encoding: str | None = Field(default=None, description="Of a file that was sent: as given or detected.")
    cue_count: int | None = Field(default=None, description="Null as long as the track is not read.")
    unread: str | None = Field(default=None, description="Why the track cannot be read.")

    @classmethod
    def of(cls, track: SubtitleTrack) -> SubtitleTrackResponse:
        return cls(subtitle_id=track.track_id, **track.model_dump(include=set(cls.model_fields)))


class SubtitleListResponse(BaseModel):
    data: list[SubtitleTrackResponse]


_FIELDS: dict[str, Any] = {
    "file": {"type": "string", "format": "binary", "description": "SubRip, WebVTT or ASS, up to 4 MiB."},
    "language": {"type": "string", "description": "Such as `en` or `pt-BR`. Also helps to detect the encoding."},
    "title": {"type": "string"},
    "encoding": {"type": "string", "description": "Such as `cp1251`. Detected if absent."},
    "default": {"type": "boolean"},
    "forced": {"type": "boolean"},
    "hearing_impaired": {"type": "boolean"},
}
SUBTITLE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": _FIELDS}}},
    }
}
