"""`/v2/jobs`, an extension: jobs that move the videos of a group in the background."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cinedex.api.auth import Reader
from cinedex.api.reka.lists import PagedResponse, Paging
from cinedex.bootstrap.library import move_collection
from cinedex.kernel.errors import JobNotFound
from cinedex.kernel.ids import require_id
from cinedex.library.domain.collection_job import CollectionJob

router = APIRouter(prefix="/v2/jobs", tags=["jobs"])
KINDS = {"delete_collection": "delete_group", "move_collection": "move_group"}


class JobResponse(BaseModel):
    job_id: str
    kind: str = Field(description="`delete_group` or `move_group`.")
    status: str = Field(description="`running` or `done`.")
    group_id: str
    target_group_id: str | None
    videos_total: int | None = Field(description="When the job began; null while the lists are not counted yet.")
    videos_moved: int
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, job: CollectionJob) -> JobResponse:
        return cls(
            job_id=job.job_id,
            kind=KINDS[job.kind.value],
            status="running" if job.ended_at is None else "done",
            group_id=job.collection_id,
            target_group_id=job.target_id,
            videos_total=job.videos_total,
            videos_moved=job.videos_moved,
            created_at=job.created_at,
            updated_at=job.updated_at,
            ended_at=job.ended_at,
        )


class JobListResponse(PagedResponse):
    results: list[JobResponse]


@router.get("")
def list_jobs(caller: Reader, paging: Paging) -> JobListResponse:
    """List the jobs of the account, newest first."""
    page = move_collection().page(caller.account_id, paging.limit, paging.token)
    return JobListResponse(results=[JobResponse.of(job) for job in page.items], **paging.link(page))


@router.get("/{job_id}")
def get_job(caller: Reader, job_id: str) -> JobResponse:
    """Get one job and its progress."""
    return JobResponse.of(move_collection().get(caller.account_id, require_id(job_id, JobNotFound)))
