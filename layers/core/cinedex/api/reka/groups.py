"""`/v2/video-groups`: collections, which Reka calls video groups."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from cinedex.api.auth import Admin, Reader, Writer
from cinedex.api.reka.jobs import JobResponse
from cinedex.api.reka.lists import Collections, GroupVideos, PagedResponse, Paging
from cinedex.api.reka.schemas.library import StatusResponse
from cinedex.api.reka.videos import VideoListResponse, video_page
from cinedex.api.requests.ids import Id
from cinedex.api.requests.strict_body import StrictBody
from cinedex.api.response_size import PageBuilder
from cinedex.bootstrap.library import manage_collections, move_collection
from cinedex.kernel.errors import CollectionNotFound
from cinedex.kernel.ids import require_id
from cinedex.library.domain.collection import Collection

router = APIRouter(prefix="/v2/video-groups", tags=["video groups"])


def group_of_path(group_id: str) -> str:
    """Raises `CollectionNotFound` for what is no id."""
    return require_id(group_id, CollectionNotFound)


GroupId = Annotated[str, Depends(group_of_path)]


class GroupResponse(BaseModel):
    group_id: str
    name: str
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, collection: Collection) -> GroupResponse:
        return cls(
            group_id=collection.collection_id,
            name=collection.name,
            metadata=collection.metadata,
            created_at=collection.created_at,
            updated_at=collection.updated_at,
        )


class GroupListResponse(PagedResponse):
    results: list[GroupResponse]


class NewGroup(StrictBody):
    name: str
    metadata: dict[str, Any] | None = None


class GroupUpdate(StrictBody):
    """Fields that are absent or null do not change; `metadata` is replaced as a whole."""

    name: str | None = None
    metadata: dict[str, Any] | None = None


class Move(StrictBody):
    video_ids: list[Id] = Field(min_length=1, max_length=1000)


class GroupMove(StrictBody):
    target_group_id: Id


class MoveResponse(BaseModel):
    status: str = "success"
    moved_count: int
    group_id: str
    video_ids: list[str]


@router.get("")
def list_groups(caller: Reader, query: Collections, paging: Paging) -> GroupListResponse:
    """List the groups of the account, newest first."""
    built = PageBuilder(GroupResponse.of)
    page = manage_collections().page(caller.account_id, query, paging.limit, paging.token, built.admits)
    return GroupListResponse(results=built.responses, **paging.link(page))


@router.post("")
def create_group(caller: Writer, group: NewGroup) -> GroupResponse:
    """Create a group. Its name must be unique in the account."""
    return GroupResponse.of(manage_collections().create(caller.account_id, group.name, group.metadata or {}))


@router.get("/{group_id}")
def get_group(caller: Reader, group_id: GroupId) -> GroupResponse:
    """Get one group."""
    return GroupResponse.of(manage_collections().get(caller.account_id, group_id))


@router.patch("/{group_id}")
def update_group(caller: Writer, group_id: GroupId, update: GroupUpdate) -> GroupResponse:
    """Rename a group or replace its metadata."""
    changed = manage_collections().update(caller.account_id, group_id, update.name, update.metadata)
    return GroupResponse.of(changed)


@router.delete("/{group_id}")
def delete_group(caller: Admin, group_id: GroupId) -> StatusResponse:
    """Delete a group. Its videos are kept; a job takes them out of a large group."""
    job = move_collection().delete(caller.account_id, group_id)
    if job.ended_at is not None:
        return StatusResponse()
    return StatusResponse(message=f"The group is deleted. Its videos leave it in the background: /v2/jobs/{job.job_id}")


@router.post("/{group_id}/move", status_code=202)
def move_group(caller: Writer, group_id: GroupId, move: GroupMove) -> JobResponse:
    """Extension: move all videos of the group into another one, in the background."""
    return JobResponse.of(move_collection().move(caller.account_id, group_id, move.target_group_id))


@router.get("/{group_id}/videos")
def list_group_videos(caller: Reader, group_id: GroupId, query: GroupVideos, paging: Paging) -> VideoListResponse:
    """List the videos of a group, newest first."""
    manage_collections().get(caller.account_id, group_id)
    return video_page(caller.account_id, query.within(group_id), paging)


@router.post("/{group_id}/videos")
def move_videos(caller: Writer, group_id: GroupId, move: Move) -> MoveResponse:
    """Move videos into a group: all of them, or none if an id is unknown."""
    moved = list(manage_collections().move(caller.account_id, group_id, move.video_ids))
    return MoveResponse(moved_count=len(moved), group_id=group_id, video_ids=moved)
