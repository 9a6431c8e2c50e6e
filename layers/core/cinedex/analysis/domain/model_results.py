"""The results that workers store, one model for each kind."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.span import Span
from cinedex.library.domain.probe import ClockPiece
from cinedex.library.domain.subtitle_track import SubtitleTrack
from cinedex.subtitles.cue import Cue


class ModelResult(BaseModel):
    """Immutable; unknown fields of a newer writer are ignored, so N-1 can read N."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ModelInfo(ModelResult):
    """A model that computed a result; stored with it, so that stale results can be identified later."""

    id: str
    version: str
    sha256: str | None = None
    licence: str = ""

    @property
    def label(self) -> str:
        return f"{self.id}@{self.version}"


class Word(ModelResult):
    span: Span
    text: str
    probability: float = Field(ge=0, le=1)


class Utterance(ModelResult):
    """One stretch of speech, about a sentence long; `language` is None in transcripts of earlier versions."""

    span: Span
    text: str
    words: tuple[Word, ...] = ()
    language: str | None = None


class Transcript(ModelResult):
    """Result of `transcribe_speech`; no utterances without speech or without audio.

    `audio_track` is the track that was transcribed, `decoded_until_s` the end of its last sample, and `unreadable` the
    share of it that cannot be decoded. `unknown_speech_s` is the length of the speech that is not in the transcript,
    because the model does not know its words; if that is most of the speech, there are no utterances.

    `language` is that of most of the speech: a code of ISO 639-1, `und` if it was not detected, or None without speech.
    `translation` is what was spoken in `translated_to`, not a part of the transcript; both are empty if not requested.
    """

    language: str | None
    utterances: tuple[Utterance, ...]
    translated_to: str | None = None
    translation: tuple[Utterance, ...] = ()
    models: tuple[ModelInfo, ...] = ()
    audio_track: int | None = None
    decoded_until_s: float = Field(default=0.0, ge=0)
    unreadable: float = Field(default=0.0, ge=0, le=1)
    unknown_speech_s: float = Field(default=0.0, ge=0)


class Shots(ModelResult):
    """Result of `detect_shots`: shots in order, without gaps, from 0 to `duration_s`.

    `duration_s` is the end of the last picture or sound. `clock` has the pieces of the clock of the file, and
    `unreadable` is the share of the pictures that cannot be decoded.
    """

    shots: tuple[Span, ...]
    duration_s: float = Field(ge=0)
    models: tuple[ModelInfo, ...] = ()
    clock: tuple[ClockPiece, ...] = ()
    unreadable: float = Field(default=0.0, ge=0, le=1)


class EmbeddedSubtitles(ModelResult):
    """Result of `read_subtitles`: the tracks of a file, and the cues of each; none for a track that cannot be read."""

    tracks: tuple[SubtitleTrack, ...]
    cues: tuple[tuple[Cue, ...], ...]

    def stored_under(self, key: str) -> tuple[SubtitleTrack, ...]:
        """The tracks with the place of their cues."""
        return tuple(
            track if track.unread else track.model_copy(update={"key": key, "position": n, "cue_count": len(cues)})
            for n, (track, cues) in enumerate(zip(self.tracks, self.cues, strict=True))
        )


class Box(ModelResult):
    """Pixels of the stored video as shown (rotation applied); `x2`, `y2` lie outside the box."""

    x1: int
    y1: int
    x2: int
    y2: int


class Detection(ModelResult):
    label: str
    score: float = Field(ge=0, le=1)
    box: Box


class ScreenLine(ModelResult):
    """One line of on-screen text."""

    text: str
    score: float = Field(ge=0, le=1)
    box: Box


class FrameDetections(ModelResult):
    """The objects of one sampled frame; `frame_index` counts decoded frames from the video's start."""

    at_s: float = Field(ge=0)
    frame_index: int = Field(ge=0)
    detections: tuple[Detection, ...]


class FrameText(ModelResult):
    at_s: float = Field(ge=0)
    lines: tuple[ScreenLine, ...]


class DetectedObjects(ModelResult):
    """Result of the detector over one chunk: every sampled frame, empty ones too."""

    frames: tuple[FrameDetections, ...]
    frame_width: int
    frame_height: int
    sample_fps: float
    models: tuple[ModelInfo, ...] = ()


class ReadText(ModelResult):
    """Result of the text reader over one chunk: every frame that was read, also without text.

    A frame that looks like the one before is not read again; the text before it stays valid.
    """

    frames: tuple[FrameText, ...]
    models: tuple[ModelInfo, ...] = ()


class SampledFrame(ModelResult):
    """A frame of the regular samples of a video; `lines` is None for a frame that was not read, because it looks like
    the one before.
    """

    at_s: float = Field(ge=0)
    frame_index: int = Field(ge=0)
    detections: tuple[Detection, ...] = ()
    lines: tuple[ScreenLine, ...] | None = None


class SampledSlice(ModelResult):
    """The regular samples of a slice of a video. The first frame of a slice is always read."""

    frames: tuple[SampledFrame, ...]


class SampledFrames(ModelResult):
    """The regular samples of a whole video, which are stored in slices of `slice_s` seconds.

    Boxes are in pixels of `frame_width` and `frame_height`. The last frame stands until
    `shown_until_s`.
    """

    slice_s: float = Field(gt=0)
    slice_keys: dict[int, str]
    frame_width: int
    frame_height: int
    shown_until_s: float


NOTHING_RECOGNISED = "Nothing was recognised here: no known objects, no readable text and no speech."
NO_PICTURE = "There is no picture here, and no speech was recognised."
PLACEHOLDER_CAPTIONS = frozenset((NOTHING_RECOGNISED, NO_PICTURE))
"""Captions that are shown but not indexed, because their texts and vectors are similar to every vague query."""


class SegmentCaption(ModelResult):
    segment_index: int
    span: Span
    text: str
    model: str


class SegmentCaptions(ModelResult):
    """Result of the caption model over one chunk: one caption for each segment of the chunk."""

    captions: tuple[SegmentCaption, ...]
    models: tuple[ModelInfo, ...] = ()


class Embeddings(ModelResult):
    """Vectors of a list of texts, in the same order.

    `vectors_base64` is base64 of little-endian float16, row-major, shape `(count, dimension)`,
    each row of unit length.
    """

    model: str
    dimension: int
    count: int
    vectors_base64: str
