"""The result of probing a media file."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Probe(BaseModel):
    """Measured from the file itself; picture fields are None for pure audio.

    `width` and `height` are pixels as shown, that is after rotation. `recorded_at` is the time that the
    metadata of the file states.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    duration_s: float = Field(ge=0)
    format: str
    size_bytes: int | None = None
    width: int | None = None
    height: int | None = None
    avg_fps: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    recorded_at: datetime | None = None

    @property
    def has_video(self) -> bool:
        return self.video_codec is not None
