"""Events of S3 as EventBridge passes them on."""

from __future__ import annotations

from pydantic import BaseModel, Field

from cinedex.library.domain.object_keys import UploadKey, parse_upload_key
from cinedex.library.domain.video import StoredMedia


class CreatedObject(BaseModel):
    """The key is not URL-encoded."""

    key: str
    etag: str = ""
    size: int = 0
    sequencer: str = ""


class EventBucket(BaseModel):
    name: str


class ObjectCreatedDetail(BaseModel):
    bucket: EventBucket
    created: CreatedObject = Field(alias="object")


class ObjectCreatedEvent(BaseModel):
    detail: ObjectCreatedDetail

    @property
    def media(self) -> StoredMedia:
        created = self.detail.created
        return StoredMedia(
            bucket=self.detail.bucket.name,
            key=created.key,
            etag=created.etag.strip('"'),
            size_bytes=created.size,
            sequencer=created.sequencer,
        )

    @property
    def account_id(self) -> str | None:
        return self._key.account_id if self._key else None

    @property
    def video_id(self) -> str | None:
        return self._key.video_id if self._key else None

    @property
    def _key(self) -> UploadKey | None:
        return parse_upload_key(self.detail.created.key)
