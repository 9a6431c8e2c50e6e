"""The result of probing a media file."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from cinedex.library.domain.subtitle_track import SubtitleTrack


class ClockPiece(BaseModel):
    """A stretch of the file on one clock of its own.

    `offset_s` is added to its timestamps, so that it starts at `at_s`; `byte` is its position in the file.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    at_s: float
    offset_s: float
    byte: int | None = None


class AudioTrack(BaseModel):
    """One audio track of the file, in the order of the file; `is_default` is the flag of the container."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    index: int = Field(ge=0)
    codec: str
    channels: int | None = None
    language: str | None = None
    title: str | None = None
    is_default: bool = False


class Probe(BaseModel):
    """Measured from the file itself; picture fields are None for pure audio.

    `width` and `height` are pixels as shown, that is after rotation and with square pixels. `recorded_at` is the time
    that the metadata of the file states. `key_frame_gap_s` is the longest distance of two key frames, None if the
    container has no index. `cost_s` is the estimated time of a worker for the whole analysis. `subtitle_tracks` are
    those inside the file; None if an earlier version has probed it, which did not list them.

    `duration_s` is an estimate before the analysis, which measures it. The analysis also sets `clock`, whose pieces
    are more than one for recordings that were joined, and the shares of picture and sound that it could not decode, and
    the seconds of speech whose words the model does not know.
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
    audio_tracks: tuple[AudioTrack, ...] = ()
    subtitle_tracks: tuple[SubtitleTrack, ...] | None = None
    clock: tuple[ClockPiece, ...] = ()
    unreadable_picture: float = Field(default=0.0, ge=0, le=1)
    unreadable_sound: float = Field(default=0.0, ge=0, le=1)
    unknown_speech_s: float = Field(default=0.0, ge=0)
    key_frame_gap_s: float | None = None
    cost_s: float | None = None

    @property
    def has_video(self) -> bool:
        return self.video_codec is not None

    @property
    def unreadable(self) -> str | None:
        """What the analysis could not decode, as a sentence; None when it could decode everything."""
        shares = {"pictures": self.unreadable_picture, "sound": self.unreadable_sound}
        parts = [f"{_percentage(share)} of the {name}" for name, share in shares.items() if share > 0]
        return f"The file is damaged: {' and '.join(parts)} could not be decoded." if parts else None

    @property
    def untranscribed(self) -> str | None:
        """Which speech is not in the transcript, and why, as a sentence; None when all of it is."""
        if self.unknown_speech_s <= 0:
            return None
        length = f"About {max(round(self.unknown_speech_s), 1)} s of speech"
        return f"{length} are not in the transcript: in a language that the speech model does not know, or too unclear."


def _percentage(share: float) -> str:
    if share >= 1:
        return "all"
    return "less than 0.1 %" if share < 0.001 else f"{min(round(100 * share, 1), 99.9):g} %"
