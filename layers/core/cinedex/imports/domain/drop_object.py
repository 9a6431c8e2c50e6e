"""What is known of an object of a drop folder: which video it is, or why it is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from cinedex.imports.domain.rejection import Rejection
from cinedex.kernel.errors import INTERNAL_ERROR
from cinedex.library.domain.video import StoredMedia

REMOVED_KEPT_FOR = timedelta(days=7)
SIDECAR_WAITS_FOR = timedelta(days=7)
"""Longer than the upload of a large folder takes."""


class DropKind(StrEnum):
    VIDEO = "video"
    SIDECAR = "sidecar"


class DropState(StrEnum):
    """`ARRIVING`: the id of the video is reserved, the video may not be stored yet. `WAITING`: a sidecar without a
    video.
    """

    ARRIVING = "arriving"
    ARRIVED = "arrived"
    WAITING = "waiting"
    APPLIED = "applied"
    REJECTED = "rejected"
    REMOVED = "removed"


class AppliedSidecar(BaseModel):
    """`track_id` is that of subtitles."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    etag: str
    track_id: str | None = None


class DropObject(BaseModel):
    """Records of one stem are in one partition, so that a video and its sidecars find each other.

    `sequencer` orders the events of one key; `entry_id` is that of its entry in the list of rejected files. `applied`
    has the sidecars whose contents a video has, by their `key_id`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str
    stem_id: str
    key_id: str
    kind: DropKind
    bucket: str
    key: str
    state: DropState
    etag: str = ""
    size_bytes: int = 0
    sequencer: str = ""
    video_id: str | None = None
    language: str | None = None
    entry_id: str | None = None
    rejection: Rejection | None = None
    applied: dict[str, AppliedSidecar] = Field(default_factory=dict)
    updated_at: datetime
    expires_at: datetime | None = None
    revision: int = 0

    def changed(self, **fields: Any) -> Self:
        return self.model_copy(update=fields)

    @property
    def is_settled(self) -> bool:
        """A repeated event changes nothing; after an error of the product, it tries once more."""
        failed = self.rejection is not None and self.rejection.code == INTERNAL_ERROR
        return self.state not in (DropState.ARRIVING, DropState.WAITING) and not failed

    def has(self, media: StoredMedia) -> bool:
        return self.etag == media.etag and self.state in (DropState.ARRIVED, DropState.APPLIED)

    def is_current(self, now: datetime) -> bool:
        """The table deletes expired items up to two days late."""
        return self.expires_at is None or self.expires_at > now


def is_stale(sequencer: str, known: DropObject | None) -> bool:
    """True for a repeated event, and for one that is older than what is known. A backfill has no sequencer."""
    if known is None or not sequencer or not known.sequencer:
        return False
    width = max(len(sequencer), len(known.sequencer))
    return sequencer.rjust(width, "0") <= known.sequencer.rjust(width, "0")
