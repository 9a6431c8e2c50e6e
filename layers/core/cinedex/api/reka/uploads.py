"""`POST /v2/videos`, and presigned uploads for large files."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from cinedex.api.auth import Writer
from cinedex.api.reka.read_upload import file_name, read_upload
from cinedex.api.reka.schemas.library import UploadResponse
from cinedex.api.reka.schemas.uploads import (
    UPLOAD_BODY,
    FinishedUpload,
    PresignedUploadRequest,
    PresignedUploadResponse,
    UploadTarget,
)
from cinedex.api.signed_urls import Body, signed_again_by
from cinedex.bootstrap.library import complete_upload as complete_upload_usecase
from cinedex.bootstrap.library import upload_video
from cinedex.bootstrap.subtitles import attach_subtitles
from cinedex.kernel.errors import InvalidInput

router = APIRouter(prefix="/v2/videos", tags=["videos"])


@router.post("", status_code=202, openapi_extra=UPLOAD_BODY)
async def upload(caller: Writer, request: Request) -> UploadResponse:
    """Upload a file, or give a URL to download it from; exactly one of the two. This starts no analysis."""
    form, file, subtitles = await read_upload(request)
    if file is None and not form.video_url:
        raise InvalidInput("Send a file in the field 'file', or a URL in the field 'video_url'.", field="file")
    if file is not None and form.video_url:
        raise InvalidInput("Send either file or video_url, not both.", field="file")
    prepare = partial(attach_subtitles().to_new_video, subtitles)
    if file is None:
        start = partial(upload_video().from_url, caller.account_id, form.details(), form.video_url or "", prepare)
        return UploadResponse.of(await run_in_threadpool(start))
    try:
        name = await file_name(file)
        store = partial(upload_video().from_file, caller.account_id, form.details(), name, file.file, prepare)
        return UploadResponse.of(await run_in_threadpool(store))
    finally:
        await file.close()


def _sign_again(account_id: str, body: Body, _request: Body) -> Body:
    """No URLs if the file has arrived, or the video was deleted."""
    presigned = upload_video().sign_again(account_id, body["video_id"])
    target = body["upload"] | {"parts": []} if presigned is None else UploadTarget.of(presigned).model_dump()
    return body | {"upload": target}


@router.post("/uploads", status_code=202)
@signed_again_by(_sign_again)
def create_presigned_upload(caller: Writer, request: PresignedUploadRequest) -> PresignedUploadResponse:
    """Extension, for files of any size: get URLs to which the client PUTs the file, directly into the store."""
    video, presigned = upload_video().create_presigned_upload(
        caller.account_id, request.details(), request.video_name, request.size_bytes, request.checksum_sha256
    )
    return PresignedUploadResponse(video_id=video.video_id, upload=UploadTarget.of(presigned))


@router.post("/{video_id}/uploads/complete", status_code=202)
def complete_upload(caller: Writer, video_id: UUID, finished: FinishedUpload) -> UploadResponse:
    """Extension: complete a presigned upload once all bytes are sent. Safe to repeat. 409 names what is missing."""
    parts = [(p.part_number, p.etag) for p in finished.parts]
    return UploadResponse.of(complete_upload_usecase()(caller.account_id, str(video_id), finished.upload_id, parts))
