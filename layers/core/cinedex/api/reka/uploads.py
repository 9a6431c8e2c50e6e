"""`POST /v2/videos`, and presigned uploads for large files."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from cinedex.api.auth import Writer
from cinedex.api.reka.schemas.library import UploadResponse
from cinedex.api.reka.schemas.uploads import (
    UPLOAD_BODY,
    FinishedUpload,
    PresignedUploadRequest,
    PresignedUploadResponse,
    UploadForm,
    UploadTarget,
)
from cinedex.bootstrap.library import complete_upload as complete_upload_usecase
from cinedex.bootstrap.library import upload_video
from cinedex.kernel.errors import InvalidInput

router = APIRouter(prefix="/v2/videos", tags=["videos"])


@router.post("", status_code=202, openapi_extra=UPLOAD_BODY)
async def upload(caller: Writer, request: Request) -> UploadResponse:
    """Upload a file, or give a URL to download it from; exactly one of the two. This starts no analysis."""
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
def create_presigned_upload(caller: Writer, request: PresignedUploadRequest) -> PresignedUploadResponse:
    """Extension, for files of any size: get URLs to which the client PUTs the file, directly into the store."""
    video, presigned = upload_video().create_presigned_upload(
        caller.account_id, request.details(), request.video_name, request.size_bytes, request.checksum_sha256
    )
    return PresignedUploadResponse(video_id=video.video_id, upload=UploadTarget.of(presigned))


@router.post("/{video_id}/uploads/complete", status_code=202)
def complete_upload(caller: Writer, video_id: str, finished: FinishedUpload) -> UploadResponse:
    """Extension: complete a presigned upload once all bytes are sent. Safe to repeat. 409 names what is missing."""
    parts = [(p.part_number, p.etag) for p in finished.parts]
    return UploadResponse.of(complete_upload_usecase()(caller.account_id, video_id, finished.upload_id, parts))


async def _read(request: Request) -> tuple[UploadForm, UploadFile | None]:
    """Reka's clients send multipart, urlencoded and JSON bodies; all have the same fields."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    try:
        if media_type == "application/json":
            return UploadForm.model_validate_json(await request.body()), None
        form = await request.form()
        file = form.get("file")
        fields = {n: v for n, v in form.items() if isinstance(v, str) and n != "file"}
        return UploadForm.model_validate(fields), file if isinstance(file, UploadFile) else None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise InvalidInput(f"{field}: {first['msg']}", field=field) from error
