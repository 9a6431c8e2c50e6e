"""`POST /v2/videos` and its extension for large files: how a video comes in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import from_json
from starlette.datastructures import UploadFile

from cinedex.api.auth import Writer
from cinedex.api.reka.schemas.library import Line, Name, Recorded, UploadResponse
from cinedex.bootstrap.library import upload_video
from cinedex.kernel.errors import InvalidInput
from cinedex.library.domain.user_metadata import UserMetadata
from cinedex.library.ports.media_store import PresignedUpload
from cinedex.library.usecases.upload_video import VideoDetails

router = APIRouter(prefix="/v2/videos", tags=["videos"])


def parsed(told: object) -> object:
    """A form has no objects: there it is JSON in a field."""
    return from_json(told, allow_inf_nan=False) if isinstance(told, str) else told


class UploadForm(Recorded):
    """What comes beside the file, as form fields or as JSON."""

    video_url: str | None = Field(default=None, max_length=8192)
    video_name: Line | None = None
    title: Line | None = None
    description: str | None = Field(default=None, max_length=10_000)
    group_id: str | None = None
    metadata: Annotated[UserMetadata | None, BeforeValidator(parsed)] = None

    def details(self) -> VideoDetails:
        return VideoDetails(
            name=(self.video_name or "").strip() or None,
            title=(self.title or "").strip() or None,
            description=self.description or None,
            collection_id=self.group_id or None,
            recorded_at=self.start,
            user_metadata=self.metadata or {},
        )


class PresignedUploadRequest(UploadForm):
    video_name: Name
    size_bytes: int


class PresignedUploadResponse(BaseModel):
    video_id: str
    upload: PresignedUpload


class FinishedPart(BaseModel):
    part_number: int = Field(ge=1)
    etag: str


class FinishedUpload(BaseModel):
    """`upload_id` and `parts` only for an upload in parts."""

    upload_id: str | None = None
    parts: list[FinishedPart] = []


UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {
                "schema": {
                    "type": "object",
                    "properties": {
                        **({"file": {"type": "string", "format": "binary"}} if "multipart" in kind else {}),
                        "video_url": {"type": "string", "description": "http or https URL to download from."},
                        "video_name": {"type": "string"},
                        "title": {"type": "string", "description": "Extension."},
                        "description": {"type": "string"},
                        "group_id": {"type": "string"},
                        "recorded_at": {"type": "string", "format": "date-time", "description": "Extension."},
                        "video_start_timestamp_utc_ms": {"type": "integer", "description": "Extension."},
                        "metadata": {
                            "type": "object" if "json" in kind else "string",
                            "description": "Extension: a flat object to find the video by; JSON in a form.",
                        },
                    },
                }
            }
            for kind in ("multipart/form-data", "application/x-www-form-urlencoded", "application/json")
        },
    }
}


@router.post("", status_code=202, openapi_extra=UPLOAD_BODY)
async def upload(caller: Writer, request: Request) -> UploadResponse:
    """Upload a file, or name a URL to download from; exactly one of the two. Nothing is analysed yet."""
    form, file = await _read(request)
    if (file is None) == (not form.video_url):
        raise InvalidInput("Send exactly one of file and video_url.", field="file")
    use_case = upload_video()
    if file is not None:
        filename = form.video_name or file.filename or "video"
        video = use_case.from_file(caller.account_id, form.details(), file.filename or filename, file.file)
    else:
        video = use_case.from_url(caller.account_id, form.details(), form.video_url or "")
    return UploadResponse.of(video)


@router.post("/uploads", status_code=202)
def promise_upload(caller: Writer, promised: PresignedUploadRequest) -> PresignedUploadResponse:
    """Extension, for files of any size: answers where to PUT the bytes, straight into the store."""
    video, ticket = upload_video().create_presigned_upload(
        caller.account_id, promised.details(), promised.video_name, promised.size_bytes
    )
    return PresignedUploadResponse(video_id=video.video_id, upload=ticket)


@router.post("/{video_id}/uploads/complete", status_code=202)
def complete_upload(caller: Writer, video_id: str, finished: FinishedUpload) -> UploadResponse:
    """Extension: the bytes are sent; put the parts together. Safe to repeat."""
    parts = [(p.part_number, p.etag) for p in finished.parts]
    return UploadResponse.of(upload_video().complete_upload(caller.account_id, video_id, finished.upload_id, parts))


async def _read(request: Request) -> tuple[UploadForm, UploadFile | None]:
    """The Reka clients send multipart, urlencoded and JSON; all mean the same."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    try:
        if kind == "application/json":
            return UploadForm.model_validate_json(await request.body()), None
        form = await request.form()
        file = form.get("file")
        fields = {n: v for n, v in form.items() if isinstance(v, str) and n != "file"}
        return UploadForm.model_validate(fields), file if isinstance(file, UploadFile) else None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise InvalidInput(f"{field}: {first['msg']}", field=field) from error
