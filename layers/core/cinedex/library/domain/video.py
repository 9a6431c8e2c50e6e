"""The video: its file, the result of its probe, and the state of each of its features."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from cinedex.kernel.errors import StateConflict
from cinedex.kernel.span import Span
from cinedex.library.domain.expected_file import ExpectedFile
from cinedex.library.domain.feature import CATALOG, Feature, FeatureState, FeatureStatus
from cinedex.library.domain.probe import ClockPiece, Probe
from cinedex.library.domain.segmenting import SegmentingOptions
from cinedex.library.domain.source_url import public_url
from cinedex.library.domain.subtitle_track import SubtitleTrack
from cinedex.library.domain.user_metadata import Value


class UploadStatus(StrEnum):
    UPLOADING = "uploading"
    UPLOADED = "uploaded"
    FAILED = "failed"


class StoredMedia(BaseModel):
    """One version of the file; `sequencer` orders the S3 events of one key."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bucket: str
    key: str
    etag: str = ""
    size_bytes: int = 0
    sequencer: str = ""


class Transfer(BaseModel):
    """A download in progress: the id of its multipart upload, and the validator that identifies the file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    upload_id: str
    validator: str


class Video(BaseModel):
    """Immutable; every change is a named transition that yields the next one.

    `expected` is what a client has announced of a presigned upload; older uploads have none.
    `revision` counts stored writes: a repository refuses to store over a revision it did not read. `source` is the URL
    of the download without credentials. `fetch_url` is the whole URL, until the download has ended. `subtitles` are
    those inside the file and those that were sent with it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    video_id: str
    account_id: str
    media: StoredMedia
    status: UploadStatus = UploadStatus.UPLOADING
    created_at: datetime
    name: str | None = None
    title: str | None = None
    description: str | None = None
    source: str | None = None
    fetch_url: str | None = None
    expected: ExpectedFile | None = None
    transfer: Transfer | None = None
    collection_id: str | None = None
    recorded_at: datetime | None = None
    user_metadata: dict[str, Value] = Field(default_factory=dict)
    probe: Probe | None = None
    error: str | None = None
    error_code: str | None = None
    features: dict[Feature, FeatureState] = Field(default_factory=dict)
    segmenting: SegmentingOptions = SegmentingOptions()
    language: str | None = None
    languages: tuple[str, ...] = ()
    translated_to: str | None = None
    plan_key: str | None = None
    chunk_count: int = Field(default=0, validation_alias=AliasChoices("chunk_count", "part_count"))
    documents_key: str | None = None
    embeddings_key: str | None = None
    subtitles: tuple[SubtitleTrack, ...] = ()
    revision: int = 0

    @model_validator(mode="before")
    @classmethod
    def _separate_credentials(cls, fields: Any) -> Any:
        """Versions before 0.2 stored the whole URL as `source`."""
        if not isinstance(fields, dict) or not fields.get("source"):
            return fields
        source, waits = fields["source"], fields.get("status", UploadStatus.UPLOADING) == UploadStatus.UPLOADING
        fetch_url = fields.get("fetch_url") or source if waits else None
        return fields | {"source": public_url(source), "fetch_url": fetch_url}

    @property
    def display_name(self) -> str:
        return self.title or self.name or self.media.key.rsplit("/", 1)[-1]

    @property
    def whole(self) -> Span:
        return Span(start_s=0.0, end_s=self.probe.duration_s if self.probe else 0.0)

    def feature(self, name: Feature) -> FeatureState:
        return self.features.get(name, FeatureState())

    @property
    def has_segments(self) -> bool:
        """It is cut into segments: either its speech or its scenes may have failed, but not both."""
        ready = FeatureStatus.READY
        return any(self.feature(f).status is ready for f in (Feature.TRANSCRIPT, Feature.SCENES))

    @property
    def has_no_pictures(self) -> bool:
        return self.probe is not None and not self.probe.has_video

    @property
    def in_flight(self) -> tuple[Feature, ...]:
        """The features that a run has to end."""
        return tuple(name for name, state in self.features.items() if state.status.in_flight)

    def changed(self, **fields: Any) -> Self:
        return self.model_copy(update=fields)

    def with_feature(self, name: Feature, state: FeatureState) -> Self:
        return self.changed(features={**self.features, name: state})

    def uploaded(self, media: StoredMedia, probe: Probe) -> Self:
        """The file is stored and can be decoded. A recording time given by the user overrides the file's."""
        known = self._holding(media).changed(status=UploadStatus.UPLOADED, probe=probe, error=None, error_code=None)
        known = known.with_embedded_subtitles(probe.subtitle_tracks or ())
        return known.changed(recorded_at=self.recorded_at or probe.recorded_at, fetch_url=None)

    def measured(
        self, duration_s: float, clock: tuple[ClockPiece, ...], unreadable_picture: float, unreadable_sound: float
    ) -> Self:
        """The analysis has decoded the file, which the probe has only looked at."""
        if self.probe is None:
            return self
        measurements = {
            "duration_s": round(duration_s, 6),
            "clock": clock,
            "unreadable_picture": unreadable_picture,
            "unreadable_sound": unreadable_sound,
        }
        return self.changed(probe=self.probe.model_copy(update=measurements))

    def transcribed(self, languages: tuple[str, ...], unknown_speech_s: float, translated_to: str | None) -> Self:
        """`languages`: those of the speech, the main one first; `unknown_speech_s`: the length without a transcript."""
        probe = self.probe and self.probe.model_copy(update={"unknown_speech_s": unknown_speech_s})
        language = next(iter(languages), None)
        return self.changed(language=language, languages=languages, translated_to=translated_to, probe=probe)

    @property
    def spoken_languages(self) -> tuple[str, ...]:
        """Also of a video that an earlier version has analysed."""
        return self.languages or ((self.language,) if self.language else ())

    def with_embedded_subtitles(self, tracks: Sequence[SubtitleTrack]) -> Self:
        """Those inside the file; files that were sent with the video stay."""
        return self.changed(subtitles=(*tracks, *(t for t in self.subtitles if not t.is_embedded)))

    def with_subtitles(self, track: SubtitleTrack) -> Self:
        """Replaces a track of the same id."""
        return self.changed(subtitles=(*self.without_subtitles(track.track_id).subtitles, track))

    def without_subtitles(self, track_id: str) -> Self:
        return self.changed(subtitles=tuple(t for t in self.subtitles if t.track_id != track_id))

    def rejected(self, code: str, reason: str, media: StoredMedia | None = None) -> Self:
        """There is no usable file; `media` is the file that was probed, if any."""
        failed = self._holding(media or self.media).changed(status=UploadStatus.FAILED, error=reason, error_code=code)
        return failed.changed(fetch_url=None)

    def sent_again(self) -> Self:
        """A complete file has replaced one that was refused, and is not probed yet."""
        if self.status is not UploadStatus.FAILED:
            return self
        return self.changed(status=UploadStatus.UPLOADING, error=None, error_code=None)

    def _holding(self, media: StoredMedia) -> Self:
        """A different file resets every feature to `none`."""
        same_bytes = self.media.etag in ("", media.etag)
        features = self.features if same_bytes else {n: s.reset() for n, s in self.features.items()}
        return self.changed(media=media, features=features)

    @property
    def upload_error(self) -> str | None:
        """Why there is no usable file, which is also why no feature can be computed; None if there is one."""
        if self.status is not UploadStatus.FAILED:
            return None
        return f"The upload failed: {self.error}" if self.error else "The upload failed."

    def require_uploaded(self) -> Self:
        if self.status is not UploadStatus.UPLOADED:
            problem = self.upload_error or f"Its upload is {self.status.value}."
            raise StateConflict(f"The video is not ready to be analysed. {problem}")
        return self

    def require_ready(self, name: Feature) -> Self:
        state = self.feature(name)
        if state.status is not FeatureStatus.READY:
            reason = state.error or self.upload_error
            message = f"Feature '{name.value}' is not ready. Current status: {state.status.value}."
            raise StateConflict(f"{message} {reason}" if reason else message, field=name.value)
        return self

    def missing_for(self, name: Feature) -> tuple[Feature, ...]:
        """The dependencies of `name` that are not met."""
        return tuple(d for d in CATALOG[name].depends_on if not self.meets(d))

    def meets(self, dependency: Feature) -> bool:
        """Ready, or failed for good in a video that is cut into segments: the other evidence is used without it."""
        status = self.feature(dependency).status
        return status is FeatureStatus.READY or (status is FeatureStatus.FAILED and self.has_segments)
