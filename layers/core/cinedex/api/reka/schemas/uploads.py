"""Bodies of the upload routes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import from_json

from cinedex.api.reka.schemas.library import GroupId, Line, Name, RecordingStart, collection_of
from cinedex.api.requests.strict_body import StrictBody
from cinedex.api.signed_urls import SignedUrl
from cinedex.library.domain.user_metadata import UserMetadata
from cinedex.library.ports.media_store import PresignedUpload
from cinedex.library.usecases.upload_video import VideoDetails


def parse_json_text(value: object) -> object:
    """Form fields hold no objects: there, metadata is a string of JSON."""
    try:
        return from_json(value.removeprefix("\ufeff"), allow_inf_nan=False) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError("must be an object as JSON") from error


class UploadForm(RecordingStart):
    """The fields beside the file, sent as form fields or as JSON."""

    video_url: str | None = Field(default=None, max_length=8192)
    video_name: Line | None = None
    title: Line | None = None
    description: str | None = Field(default=None, max_length=10_000)
    group_id: GroupId | None = None
    metadata: Annotated[UserMetadata | None, BeforeValidator(parse_json_text)] = None

    def details(self) -> VideoDetails:
        return VideoDetails(
            name=(self.video_name or "").strip() or None,
            title=(self.title or "").strip() or None,
            description=self.description or None,
            collection_id=collection_of(self.group_id),
            recorded_at=self.start,
            user_metadata=self.metadata or {},
        )


class PresignedUploadRequest(UploadForm):
    video_name: Name
    size_bytes: int = Field(description="The exact size; a file of another size is refused.")
    checksum_sha256: str | None = Field(
        default=None, max_length=100, description="Of the whole file, in base64 or hex; another file is refused."
    )
    content_type: str | None = Field(
        default=None, max_length=255, description="Has no effect: the file itself decides. Earlier clients send it."
    )


class PartUrl(BaseModel):
    part_number: int
    url: SignedUrl


class UploadTarget(BaseModel):
    """Where to PUT the file: one `url`, or one for each of the `parts`."""

    method: str
    url: SignedUrl = None
    headers: dict[str, str] = {}
    upload_id: str | None = None
    part_size_bytes: int | None = None
    parts: list[PartUrl] = []

    @classmethod
    def of(cls, upload: PresignedUpload) -> UploadTarget:
        return cls(
            method=upload.method,
            url=upload.url,
            headers=dict(upload.headers),
            upload_id=upload.upload_id,
            part_size_bytes=upload.part_size_bytes,
            parts=[PartUrl(part_number=part.part_number, url=part.url) for part in upload.parts],
        )


class PresignedUploadResponse(BaseModel):
    video_id: str
    upload: UploadTarget


class FinishedPart(StrictBody):
    part_number: int = Field(ge=1)
    etag: str


class FinishedUpload(StrictBody):
    """`upload_id` and `parts` are for uploads in parts only."""

    upload_id: str | None = None
    parts: list[FinishedPart] = Field(default=[])


_FILES: dict[str, Any] = {
    "file": {"type": "string", "format": "binary"},
    "subtitles": {
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "description": "Extension: SubRip, WebVTT or ASS files, as in `POST /v2/videos/{video_id}/subtitles`.",
    },
}


def _upload_fields(media_type: str) -> dict[str, Any]:
    is_json = media_type == "application/json"
    return {
        **(_FILES if media_type == "multipart/form-data" else {}),
        "video_url": {"type": "string", "description": "http or https URL of the file to download."},
        "video_name": {"type": "string"},
        "title": {"type": "string", "description": "Extension."},
        "description": {"type": "string"},
        "group_id": {"type": "string"},
        "recorded_at": {"type": "string", "format": "date-time", "description": "Extension."},
        "video_start_timestamp_utc_ms": {"type": "integer", "description": "Extension."},
        "metadata": {
            "type": "object" if is_json else "string",
            "description": "Extension: a flat object to filter videos by. In a form, a string of JSON.",
        },
    }


MEDIA_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded", "application/json")
UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            m: {"schema": {"type": "object", "properties": _upload_fields(m), "additionalProperties": False}}
            for m in MEDIA_TYPES
        },
    }
}
