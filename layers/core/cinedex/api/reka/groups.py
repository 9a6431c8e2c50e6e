"""`/v2/video-groups`: collections, which Reka calls video groups."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from cinedex.api.auth import Admin, Reader, Writer
from cinedex.api.reka.schemas.library import StatusResponse, VideoListResponse
from cinedex.api.reka.videos import video_response
from cinedex.api.requests.ids import Id
from cinedex.api.requests.strict_body import StrictBody
from cinedex.bootstrap.library import manage_collections
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


class GroupListResponse(BaseModel):
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


class MoveResponse(BaseModel):
    status: str = "success"
    moved_count: int
    group_id: str
    video_ids: list[str]


@router.get("")
def list_groups(caller: Reader) -> GroupListResponse:
    """List all groups of the account, newest first."""
    collections = manage_collections().list(caller.account_id)
    return GroupListResponse(results=[GroupResponse.of(c) for c in collections])


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
    """Delete a group. Its videos are kept."""
    manage_collections().delete(caller.account_id, group_id)
    return StatusResponse()


@router.get("/{group_id}/videos")
def list_group_videos(caller: Reader, group_id: GroupId) -> VideoListResponse:
    """List the videos of a group, newest first."""
    videos = manage_collections().videos_of(caller.account_id, group_id)
    return VideoListResponse(results=[video_response(v) for v in videos])


@router.post("/{group_id}/videos")
def move_videos(caller: Writer, group_id: GroupId, move: Move) -> MoveResponse:
    """Move videos into a group: all of them, or none if an id is unknown."""
    moved = list(manage_collections().move(caller.account_id, group_id, move.video_ids))
    return MoveResponse(moved_count=len(moved), group_id=group_id, video_ids=moved)
