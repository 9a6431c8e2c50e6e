"""Bodies of the routes of the drop folder."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from cinedex.api.reka.lists import PagedResponse
from cinedex.api.reka.schemas.uploads import FinishedPart, UploadTarget
from cinedex.api.requests.strict_body import StrictBody
from cinedex.imports.domain.drop_backfill import DropBackfill
from cinedex.imports.domain.drop_entry import DropEntry
from cinedex.imports.domain.drop_object import DropState
from cinedex.library.domain.collection_policy import RETENTION_DAYS_MAX, CollectionPolicy
from cinedex.library.domain.feature import Feature

PATH_CHARS_MAX = 1024
Path = Annotated[str, Field(min_length=1, max_length=PATH_CHARS_MAX, description="`<group name>/any/path/clip.mp4`.")]


class DroppedFile(BaseModel):
    """`video_id` is null unless the file is a video of the library, or was one."""

    bucket: str
    key: str
    state: DropState
    size_bytes: int
    video_id: str | None
    error_code: str | None = Field(description="Why it was rejected, for programs.")
    error: str | None = Field(description="Why it was rejected, as a sentence.")
    at: datetime

    @classmethod
    def of(cls, entry: DropEntry) -> DroppedFile:
        return cls(
            bucket=entry.bucket,
            key=entry.key,
            state=entry.state,
            size_bytes=entry.size_bytes,
            video_id=entry.video_id,
            error_code=entry.rejection.code if entry.rejection else None,
            error=entry.rejection.reason if entry.rejection else None,
            at=entry.at,
        )


class DropCountsResponse(BaseModel):
    arrived: int = Field(description="Files that were received and are still there: those that are ready or rejected.")
    ready: int = Field(description="Files that are videos of the library.")
    rejected: int = Field(description="Files that cannot be used: `GET /v2/drop/rejected`.")


class DropResponse(BaseModel):
    prefix: str = Field(description="Files belong below this prefix, in a folder with the name of their group.")
    command: str = Field(description="A line to copy, for the AWS command-line program.")
    deletion: str = Field(description="What happens to a video whose file is removed: `keep` or `delete`.")
    features: list[Feature] = Field(description="Computed for a file, unless the policy of its group names others.")
    counts: DropCountsResponse
    recent: list[DroppedFile] = Field(description="The 20 latest changes of the last 7 days, newest first.")


class RejectedListResponse(PagedResponse):
    results: list[DroppedFile]


class DropUploadRequest(StrictBody):
    path: Path
    size_bytes: int = Field(description="The exact size; a file of another size is refused.")
    etag: str | None = Field(
        default=None, max_length=100, description="Nothing needs to be sent if the drop folder has this version."
    )


class DropUploadResponse(BaseModel):
    key: str
    upload: UploadTarget | None = Field(description="Null if the drop folder has this version of the file already.")


class FinishedDropUpload(StrictBody):
    path: Path
    upload_id: str = Field(min_length=1, max_length=1024)
    parts: list[FinishedPart] = Field(min_length=1, max_length=10_000)


class BackfillRequest(StrictBody):
    source: str | None = Field(
        default=None, max_length=1100, description="`s3://bucket/prefix`; by default the drop folder of the account."
    )
    group_name: str | None = Field(
        default=None, description="Of another bucket: the group of all files. Without it, the first folder names it."
    )


class BackfillResponse(BaseModel):
    job_id: str
    source: str
    status: str = Field(description="`running`, `done` or `failed`.")
    listed: int = Field(description="Objects below the prefix that were looked at.")
    queued: int = Field(description="Those of them that the library did not have in this version.")
    error: str | None
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, job: DropBackfill) -> BackfillResponse:
        ended = "failed" if job.error else "done"
        return cls(
            job_id=job.job_id,
            source=job.source,
            status=ended if job.ended_at else "running",
            listed=job.listed,
            queued=job.queued,
            error=job.error,
            created_at=job.created_at,
            updated_at=job.updated_at,
            ended_at=job.ended_at,
        )


class BackfillListResponse(PagedResponse):
    results: list[BackfillResponse]


class AccountPolicyRequest(StrictBody):
    """Replaces the policy as a whole."""

    features: list[Feature] | None = Field(
        default=None, max_length=20, description="Computed for dropped files; null: those of the deployment."
    )


class GroupPolicyRequest(StrictBody):
    """Replaces the policy as a whole."""

    features: list[Feature] | None = Field(
        default=None, max_length=20, description="Computed for dropped files; null: those of the account's policy."
    )
    retention_days: int | None = Field(
        default=None, ge=1, le=RETENTION_DAYS_MAX, description="A daily sweep deletes older videos; null: none."
    )


class AccountPolicyResponse(BaseModel):
    features: list[Feature] | None
    effective_features: list[Feature] = Field(description="What is computed for a dropped file.")


class GroupPolicyResponse(AccountPolicyResponse):
    group_id: str
    retention_days: int | None

    @classmethod
    def of(cls, policy: CollectionPolicy, effective: tuple[Feature, ...]) -> GroupPolicyResponse:
        return cls(
            group_id=policy.collection_id,
            features=None if policy.features is None else list(policy.features),
            effective_features=list(effective),
            retention_days=policy.retention_days,
        )
