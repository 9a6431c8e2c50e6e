"""`/v2/drop`: what has arrived in the drop folder, what was rejected, uploads into it, and backfills."""

from __future__ import annotations

import shlex

from fastapi import APIRouter

from cinedex.api.auth import Admin, Reader, Writer
from cinedex.api.reka.drop.schemas import (
    BackfillListResponse,
    BackfillRequest,
    BackfillResponse,
    DropCountsResponse,
    DroppedFile,
    DropResponse,
    DropUploadRequest,
    DropUploadResponse,
    FinishedDropUpload,
    RejectedListResponse,
)
from cinedex.api.reka.lists import Paging
from cinedex.api.reka.schemas.library import StatusResponse
from cinedex.api.reka.schemas.uploads import UploadTarget
from cinedex.api.signed_urls import Body, signed_again_by
from cinedex.bootstrap import imports as bootstrap
from cinedex.kernel.errors import JobNotFound
from cinedex.kernel.ids import require_id
from cinedex.settings import DropSettings

router = APIRouter(prefix="/v2/drop", tags=["drop folder"])


@router.get("")
def get_drop(caller: Reader) -> DropResponse:
    """Get the drop folder of the account: where files belong, how many have arrived, and the latest ones."""
    read, root, settings = bootstrap.read_drop(), bootstrap.drop_sources().own(caller.account_id), DropSettings()
    counts = read.counts(caller.account_id)
    prefix = f"s3://{root.bucket}/{root.prefix}"
    return DropResponse(
        prefix=prefix,
        command=copy_command(prefix, settings.endpoint_url),
        deletion=settings.deletion,
        features=list(bootstrap.manage_policies().features(caller.account_id, None)),
        counts=DropCountsResponse(arrived=counts.arrived, ready=counts.ready, rejected=counts.rejected),
        recent=[DroppedFile.of(entry) for entry in read.recent(caller.account_id)],
    )


def copy_command(prefix: str, endpoint_url: str) -> str:
    endpoint = f"--endpoint-url {shlex.quote(endpoint_url)} " if endpoint_url else ""
    return f"aws {endpoint}s3 cp clip.mp4 {shlex.quote(f'{prefix}My group/clip.mp4')}"


@router.get("/rejected")
def list_rejected(caller: Reader, paging: Paging) -> RejectedListResponse:
    """List the files that cannot be used, each with its reason, newest first. The files themselves stay."""
    page = bootstrap.read_drop().rejected(caller.account_id, paging.limit, paging.token)
    return RejectedListResponse(results=[DroppedFile.of(entry) for entry in page.items], **paging.link(page))


def _sign_again(account_id: str, body: Body, request: Body) -> Body:
    if body["upload"] is None:
        return body
    path, size_bytes, upload_id = request["path"], request["size_bytes"], body["upload"]["upload_id"]
    signed = bootstrap.upload_to_drop().sign_again(account_id, path, size_bytes, upload_id)
    return body | {"upload": UploadTarget.of(signed).model_dump()}


@router.post("/uploads")
@signed_again_by(_sign_again)
def create_drop_upload(caller: Writer, request: DropUploadRequest) -> DropUploadResponse:
    """Get URLs to which the client PUTs a file of the drop folder, directly into the store."""
    upload = bootstrap.upload_to_drop().create(caller.account_id, request.path, request.size_bytes, request.etag)
    root = bootstrap.drop_sources().own(caller.account_id)
    return DropUploadResponse(key=f"{root.prefix}{request.path}", upload=UploadTarget.of(upload) if upload else None)


@router.post("/uploads/complete")
def complete_drop_upload(caller: Writer, finished: FinishedDropUpload) -> StatusResponse:
    """Complete an upload in parts."""
    parts = [(part.part_number, part.etag) for part in finished.parts]
    bootstrap.upload_to_drop().complete(caller.account_id, finished.path, finished.upload_id, parts)
    return StatusResponse(message="Upload completed")


@router.post("/backfill", status_code=202)
def start_backfill(caller: Admin, request: BackfillRequest) -> BackfillResponse:
    """Bring files into the library that are in a bucket already. They are read in place; the job can be repeated."""
    return BackfillResponse.of(bootstrap.backfill_drop().start(caller.account_id, request.source, request.group_name))


@router.get("/backfill")
def list_backfills(caller: Reader, paging: Paging) -> BackfillListResponse:
    """List the backfills of the last 30 days, newest first."""
    page = bootstrap.backfill_drop().page(caller.account_id, paging.limit, paging.token)
    return BackfillListResponse(results=[BackfillResponse.of(job) for job in page.items], **paging.link(page))


@router.get("/backfill/{job_id}")
def get_backfill(caller: Reader, job_id: str) -> BackfillResponse:
    """Get one backfill and its progress."""
    return BackfillResponse.of(bootstrap.backfill_drop().get(caller.account_id, require_id(job_id, JobNotFound)))
